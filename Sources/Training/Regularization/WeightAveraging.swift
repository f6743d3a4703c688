/// A mean of the weights that training passes through, which is evaluated in their place.
public struct WeightAveraging: TrainingOptionGroup {
  public enum Kind: String, Codable, CaseIterable, Sendable {
    case none
    /// The exponential moving average.
    case ema
    /// The plain mean (Izmailov et al., "Averaging weights leads to wider optima and better generalization",
    /// UAI 2018, arXiv 1803.05407, Algorithm 1).
    case swa
  }

  /// When weights are taken into the mean.
  public enum Interval: String, Codable, CaseIterable, Sendable {
    /// After every step.
    case step
    /// After every step that completes a unit of the budget.
    case unit
  }

  public var kind: Kind = .none
  /// What is kept of the moving average when new weights come, in [0, 1).
  public var decay: Double = 0.999
  /// Whether less is kept at first.
  public var warmsUp = false
  /// The budget from which on steps count, in the study's unit.
  public var start: Double = 0
  public var every: Interval = .step
  /// Batches of training samples from which the statistics of batch normalization are taken anew, for the
  /// mean, before an evaluation.
  public var batches: Int = 16

  public init() {}

  public static var options: [ConfigurationOption<Self>] {
    [
      .choice("averaging", \.kind, "Which mean of the weights is evaluated in their place."),
      .number(
        "averaging_decay", .from(0, below: 1), \.decay, isLive: true,
        "What is kept of the moving average when new weights come.", needs: "the averaging ema"
      ) { $0.kind == .ema },
      .truth(
        "averaging_warmup", \.warmsUp,
        "Whether at most (1 + n) / (10 + n) of the moving average is kept when it has n weights."),
      .number(
        "averaging_start", .from(0, through: TrainingHyperparameters.longest), \.start,
        "The budget after which weights are averaged; the trained ones are evaluated till then."),
      .choice(
        "averaging_every", \.every, "Whether weights are taken after every step or every unit of budget."),
      .integer(
        "averaging_batches", low: 1, high: 1_000_000, \.batches,
        "Batches of at most 512 training samples that give batch normalization its statistics for the mean."),
    ]
  }

  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    guard kind != .none, configuration.optimizer.averagesItself else { return [] }
    return [
      .invalid(
        subject: "averaging",
        expected: "none for the optimizer \(configuration.optimizer.kind), which averages itself",
        found: kind.rawValue, remedy: "Take averaging out, or choose another optimizer.")
    ]
  }
}

extension OptimizerConfiguration {
  /// Whether what the optimizer has found is not what it trains.
  var averagesItself: Bool { transform(rate: .constant(0)).memory.contains(.evaluationOffset) }
}
