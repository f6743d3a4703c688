import Foundation

extension ScheduleKind {
  /// The peak, multiplied by a factor over every interval, without the stairs of `step`.
  public static let exponential = ScheduleKind(
    "exponential", "the peak times a factor to the power of the intervals done",
    options: [.decayFactor, .decayInterval]
  ) {
    settings in
    let (peak, factor, interval) = (settings.peak, settings[.decayFactor], settings.steps(.decayInterval))
    return { step in peak * pow(factor, Double(step) / Double(interval)) }
  }
}
