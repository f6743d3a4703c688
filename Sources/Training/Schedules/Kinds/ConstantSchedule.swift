extension ScheduleKind {
  /// The peak at every step.
  public static let constant = ScheduleKind("constant", "the peak at every step") { settings in
    let peak = settings.peak
    return { _ in peak }
  }
}
