/// A hyperparameter of optimizers. One name has one meaning and one range, whichever optimizer has it; the
/// default is the optimizer's own.
public struct OptimizerOption: Sendable {
  /// As experiment files and search spaces write it.
  public var name: String
  /// A sentence for the reference page.
  public var summary: String
  public var kind: Hyperparameter.Kind
  public var defaultValue: HyperparameterValue
  /// Whether it may change while a trial runs: not where it decides what is remembered.
  public var isLive: Bool

  static func number(
    _ name: String, _ range: NumberRange, default value: Double, isLive: Bool = true, _ summary: String
  ) -> Self {
    Self(name: name, summary: summary, kind: .number(range), defaultValue: .number(value), isLive: isLive)
  }

  static func integer(
    _ name: String, low: Int, high: Int, default value: Int, isLive: Bool = true, _ summary: String
  ) -> Self {
    Self(
      name: name, summary: summary, kind: .integer(low: low, high: high),
      defaultValue: .number(Double(value)), isLive: isLive)
  }

  static func truth(
    _ name: String, default value: Bool = false, isLive: Bool = true, _ summary: String
  ) -> Self {
    Self(
      name: name, summary: summary, kind: .text(["false", "true"]), defaultValue: .truth(value),
      isLive: isLive)
  }
}

// Those that several optimizers have.
extension OptimizerOption {
  static func learningRate(_ value: Double) -> Self {
    .number(
      "learning_rate", .above(0, through: 1e6), default: value,
      "The peak of the learning-rate schedule, for the reference batch size.")
  }

  static func weightDecay(_ value: Double) -> Self {
    .number(
      "weight_decay", .from(0, through: 1e6), default: value,
      "Decay of the weights: decoupled, or added to the gradient, as the optimizer has it.")
  }

  static func momentum(_ value: Double) -> Self {
    .number(
      "momentum", .from(0, below: 1), default: value, "How much of the past updates goes on with the next.")
  }

  static func nesterov(_ value: Bool = false) -> Self {
    .truth("nesterov", default: value, "Whether the update looks ahead along the momentum.")
  }

  static func beta1(_ value: Double = 0.9) -> Self {
    .number("beta1", .from(0, below: 1), default: value, "The decay of the first moment.")
  }

  static func beta2(_ value: Double = 0.999) -> Self {
    .number("beta2", .from(0, below: 1), default: value, "The decay of the second moment.")
  }

  static func epsilon(_ value: Double = 1e-8) -> Self {
    .number(
      "epsilon", .from(1e-30, through: 1e6), default: value,
      "What keeps the division by the second moment's root finite.")
  }

  static let decoupledDecay = truth(
    "decoupled_decay", "Whether decay moves the weights by itself, or is added to the gradient.")

  static let biasCorrection = truth(
    "bias_correction", default: true, "Whether moments are divided by what they lack because they begin at 0."
  )
}
