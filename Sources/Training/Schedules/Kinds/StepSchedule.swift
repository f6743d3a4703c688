import Foundation

extension ScheduleKind {
  /// The peak, multiplied by a factor once after every interval.
  public static let step = ScheduleKind(
    "step", "the peak times a factor to the power of the whole intervals done",
    options: [.decayFactor, .decayInterval]
  ) { settings in
    let (peak, factor, interval) = (settings.peak, settings[.decayFactor], settings.steps(.decayInterval))
    return { step in peak * pow(factor, Double(step / interval)) }
  }
}
