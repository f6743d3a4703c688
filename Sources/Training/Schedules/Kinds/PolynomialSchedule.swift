import Foundation

extension ScheduleKind {
  /// final + (peak − final)·(1 − t / T)^power until the length, T steps after the warm-up; constant from there on.
  /// PyTorch's `PolynomialLR`, whose final rate is 0.
  public static let polynomial = ScheduleKind(
    "polynomial", "(1 - t / T)^power to the length", options: [.power, .finalFraction], endsAtLength: true
  ) { settings in
    let (from, to) = (settings.peak, settings.peak * settings[.finalFraction])
    let (steps, power) = (settings.stepsToEnd, settings[.power])
    return { step in
      // Not by the formula, whose rounding would make the first value another than the peak.
      if step == 0 { return from }
      return step >= steps ? to : to + (from - to) * pow(1 - Double(step) / Double(steps), power)
    }
  }
}

extension ScheduleOption {
  static let power = number(
    "power", .above(0, through: 100), standard: 1, "The power of the decay polynomial; 1 is a straight line.")
}
