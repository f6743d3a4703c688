import Foundation

extension ScheduleKind {
  /// Half a period of a cosine from the peak to a fraction of it, at the length; constant from there on. Loshchilov
  /// and Hutter, "SGDR", ICLR 2017, equation 5, without restarts.
  public static let cosine = ScheduleKind(
    "cosine", "half a period of a cosine to the length", options: [.finalFraction], endsAtLength: true
  ) {
    settings in
    let (from, to) = (settings.peak, settings.peak * settings[.finalFraction])
    let steps = settings.stepsToEnd
    return { step in
      // Not by the formula, whose rounding would make the first value another than the peak.
      if step == 0 { return from }
      return step >= steps ? to : to + (from - to) * (1 + cos(.pi * Double(step) / Double(steps))) / 2
    }
  }
}
