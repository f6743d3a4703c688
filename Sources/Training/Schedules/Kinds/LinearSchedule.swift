extension ScheduleKind {
  /// A straight line from the peak to a fraction of it, at the length; constant from there on.
  public static let linear = ScheduleKind(
    "linear", "a straight line to the length", options: [.finalFraction], endsAtLength: true
  ) {
    settings in
    let (from, to) = (settings.peak, settings.peak * settings[.finalFraction])
    let steps = settings.stepsToEnd
    return { step in ramp(from: from, to: to, step, of: steps) }
  }
}
