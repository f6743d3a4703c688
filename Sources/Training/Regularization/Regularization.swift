/// What keeps a model from learning its training samples by heart.
///
/// Penalties are of the weights that decay: biases and the gains and shifts of normalization are left out.
/// The training loss that is reported has none of them in it.
public struct Regularization: TrainingOptionGroup {
  /// The factor of the sum of the weights' magnitudes in what is made small; 0 for none.
  public var l1: Double = 0
  /// The factor of the sum of the norms of the groups of weights in what is made small; 0 for none.
  public var groupLasso: Double = 0
  /// The greatest norm of the weights into a unit; 0 for any.
  public var maxNorm: Double = 0
  /// The variance of the noise that is added to the gradient at the first step; 0 for none.
  public var gradientNoise: Double = 0
  /// How fast the variance falls with the number of steps.
  public var gradientNoiseDecay: Double = 0.55

  public init() {}

  /// An optimizer that finds other weights than those that it trains would find ones that these do not bound.
  public func problems(in configuration: TrainingConfiguration) -> [TrainingError] {
    guard configuration.optimizer.averagesItself else { return [] }
    return [("group_lasso", groupLasso), ("max_norm", maxNorm)].filter { $0.1 > 0 }.map { name, value in
      .invalid(
        subject: name, expected: "0 with the optimizer \(configuration.optimizer.kind)",
        found: HyperparameterValue.number(value).description, remedy: "Leave it out, or choose adamw.")
    }
  }

  public static var options: [ConfigurationOption<Self>] {
    [
      .number(
        "l1", .from(0, through: 1e6), \.l1, isLive: true,
        "The penalty on the weights' magnitudes; with weight_decay beside it, the elastic net."),
      .number(
        "group_lasso", .from(0, through: 1e6), \.groupLasso, isLive: true,
        "The penalty on the norm of the weights into each unit, which makes whole units 0."),
      .number(
        "max_norm", .from(0, through: 1e30), \.maxNorm, isLive: true,
        "The norm to which the weights into a unit are shortened; 0 turns it off."),
      .number(
        "gradient_noise", .from(0, through: 1e6), \.gradientNoise, isLive: true,
        "The variance of the noise that the first step adds to the clipped gradient."),
      .number(
        "gradient_noise_decay", .from(0, through: 10), \.gradientNoiseDecay, isLive: true,
        "How fast the noise's variance falls: with (1 + t)^-gradient_noise_decay at step t."),
    ]
  }
}
