/// How a trial that may go on is measured: after a short training with a falling rate, on a copy of its state. What
/// has not cooled down is worse than it will be, by more under a higher rate, so that rungs would prefer low rates.
/// Hägele et al., "Scaling laws and compute-optimal training beyond fixed training durations", NeurIPS 2024, §4.
public struct MeasuredCooldown: TrainingOptionGroup {
  /// In the budget unit, at least 0; 0 is to measure the state itself.
  public var length: Double = 0
  /// How the factor falls from 1 to 0 by which the rate's schedule is multiplied.
  public var descent: Descent = .linear

  public init() {}

  public enum Descent: String, Codable, CaseIterable, Sendable {
    case linear, cosine
    /// 1 − √share.
    case squareRoot = "square_root"
  }

  public static var options: [ConfigurationOption<Self>] {
    [
      .number(
        "cooldown", .from(0, through: 1e9), \.length,
        "The length of the cooldown, on a copy, after which a trial is measured; 0 is none."),
      .choice("cooldown_descent", \.descent, "How the rate falls in the cooldown; square_root is 1 - √x."),
    ]
  }
}
