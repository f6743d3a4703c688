extension ScheduleKind {
  /// peak / (1 + k·t), t being the budget units since the warm-up: the inverse time decay of Robbins and Monro,
  /// "A Stochastic Approximation Method", 1951, as Keras has it.
  public static let timeBased = ScheduleKind(
    "time_based", "peak / (1 + decay_rate * t), t in budget units", options: [.decayRate]
  ) { settings in
    let (peak, rate, unit) = (settings.peak, settings[.decayRate], Double(settings.stepsPerUnit))
    return { step in peak / (1 + rate * Double(step) / unit) }
  }
}

extension ScheduleOption {
  static let decayRate = number(
    "decay_rate", .from(0, through: 1e6), standard: 0.1, "The k of peak / (1 + k * budget).")
}
