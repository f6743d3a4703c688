/// Whether a trial stops to train once its dev loss no longer falls, and goes back to the weights at its lowest:
/// Goodfellow, Bengio and Courville, "Deep Learning", MIT Press 2016, §7.8, Algorithm 7.1. What is left of its budget
/// then costs nothing.
public struct EarlyStopping: TrainingOptionGroup {
  /// Looks in a row at which the dev loss is no new lowest one, until the trial stops; 0 for never.
  public var patience = 0
  /// By how much a loss must be below the lowest to be the new one, at least 0.
  public var delta = 0.0
  /// The budget between two looks, in the study's unit, at least 1.
  public var interval = 1

  public init() {}

  public var isOn: Bool { patience > 0 }

  public static var options: [ConfigurationOption<Self>] {
    [
      .integer(
        "early_stopping", low: 0, high: 1_000_000, \.patience,
        "Looks without a new lowest dev loss after which a trial stops, at the weights of the lowest; 0 for never."
      ),
      .number(
        "early_stopping_delta", .from(0, through: 1e9), \.delta,
        "By how much a dev loss must be below the lowest so far to count."),
      .integer(
        "early_stopping_every", low: 1, high: 1_000_000_000, \.interval,
        "The budget between two looks at the dev loss."),
    ]
  }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    let isAsked = configuration.resourceMetrics?.contains(.bestBudget) ?? false
    guard isOn else {
      guard isAsked else { return [] }
      return [
        .invalid(
          subject: ResourceMetric.bestBudget.rawValue, expected: "early stopping, which has a best budget",
          found: "none", remedy: "Set training.early_stopping, or take the metric out.")
      ]
    }
    let others: [(isOn: Bool, name: String)] = [
      (configuration.averaging.kind != .none, "averaging"),
      (configuration.optimizer.averagesItself, "the optimizer \(configuration.optimizer.kind)"),
      (configuration.cooldown.length > 0, "cooldown"),
    ]
    return others.filter(\.isOn).map {
      .invalid(
        subject: "early_stopping", expected: "weights that are evaluated as they are trained",
        found: "others, by \($0.name)", remedy: "Take one of the two out.")
    }
  }
}
