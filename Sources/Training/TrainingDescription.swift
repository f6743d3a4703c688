extension TrainingConfiguration {
  /// What the built-in trainer says of itself, whichever model and data it has.
  public static let description = TraineeDescription(
    hyperparameters: TrainingHyperparameters.all.map(\.hyperparameter),
    metrics: [
      Metric(
        name: "dev_accuracy", goal: .maximize,
        summary: "The share of the dev split's samples, or characters, that are predicted right."),
      Metric(
        name: "dev_loss", goal: .minimize,
        summary: "The mean cross entropy on the dev split, in nats a sample, or a character."),
      Metric(
        name: "train_loss", goal: .minimize,
        summary: "The mean loss of the training since the measurement before."),
    ] + ResourceMetric.allCases.map(\.metric))
}

extension ResourceMetric {
  fileprivate var metric: Metric {
    let summary =
      switch self {
      case .parameters: "The trainable numbers of the model."
      case .trainingSeconds: "The wall-clock seconds that the trial's state has trained."
      case .latency: "The milliseconds of a forward pass of 32 dev samples."
      }
    return Metric(name: rawValue, goal: .minimize, summary: summary, isOnRequest: true)
  }
}
