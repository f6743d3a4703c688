import Foundation

extension ScheduleKind {
  /// Half a period of a cosine again and again, each cycle longer than the one before by a factor. Loshchilov and
  /// Hutter, "SGDR", ICLR 2017, equation 5: T₀ is `cycle_length`, T_mult is `cycle_growth`.
  public static let cosineRestarts = ScheduleKind(
    "cosine_restarts", "half a period of a cosine again and again",
    options: [.cycleLength, .cycleGrowth, .finalFraction]
  ) { settings in
    let (from, to) = (settings.peak, settings.peak * settings[.finalFraction])
    let (first, growth) = (Double(settings.steps(.cycleLength)), settings[.cycleGrowth])
    return { step in
      let share = share(of: Double(step), first: first, growth: growth)
      return share == 0 ? from : to + (from - to) * (1 + cos(.pi * share)) / 2
    }
  }

  /// How much of its cycle is over, in [0, 1).
  private static func share(of step: Double, first: Double, growth: Double) -> Double {
    if growth == 1 { return step.truncatingRemainder(dividingBy: first) / first }
    var (start, length) = (0.0, first)
    while step >= start + length {
      start += length
      length *= growth
    }
    return (step - start) / length
  }
}

extension ScheduleOption {
  static let cycleGrowth = integer(
    "cycle_growth", low: 1, high: 100, standard: 1,
    "How many times longer each cycle of cosine_restarts is than the one before.")
}
