extension TrainingConfiguration {
  /// What the built-in trainer says of itself, whichever model and data it has.
  public static let description = TraineeDescription(
    hyperparameters: TrainingHyperparameters.all.map(\.hyperparameter),
    metrics: [
      Metric(
        name: "dev_accuracy", goal: .maximize,
        summary: "The share of the dev split that is classified rightly, from 0 to 1."),
      Metric(
        name: "dev_loss", goal: .minimize,
        summary: "The mean cross entropy on the dev split, in nats (of text: per character)."),
      Metric(
        name: "train_loss", goal: .minimize,
        summary: "The mean training loss since the last measurement, label smoothing included."),
    ] + ResourceMetric.allCases.map(\.metric))
}

extension ResourceMetric {
  fileprivate var metric: Metric {
    let summary =
      switch self {
      case .parameters: "The trainable numbers of the model."
      case .trainingSeconds:
        "The wall-clock seconds that the trial's state has trained, its ancestors' included."
      case .latency: "The milliseconds of one forward pass of 32 dev samples, the median of 11."
      }
    return Metric(name: rawValue, goal: .minimize, summary: summary, isOnRequest: true)
  }
}
