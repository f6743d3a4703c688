extension ScheduleKind {
  /// The peak at every step.
  public static let constant = ScheduleKind("constant") { settings in
    let peak = settings.peak
    return { _ in peak }
  }
}
