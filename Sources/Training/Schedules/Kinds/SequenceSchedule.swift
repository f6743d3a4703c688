extension ScheduleKind {
  /// Schedules one after the other, each counting from its own beginning; the last one goes on to the length.
  public static let sequence = ScheduleKind(
    "sequence", "the `phases` one after the other", endsAtLength: true, lacking: phases(lackingIn:)
  ) {
    settings in
    let phases = settings.configuration.phases
    let known = phases.dropLast().reduce(0) { $0 + ($1.schedule.length ?? 0) }
    var pieces: [(start: Int, schedule: Schedule)] = []
    var start = 0.0
    for phase in phases {
      var schedule = phase.schedule
      schedule.length = schedule.length ?? settings.unitsToEnd - known
      pieces.append((settings.wholeSteps(start), Schedule(of: schedule, scale: phase.scale, in: settings)))
      start += schedule.length ?? 0
    }
    let peak = settings.peak
    return { [pieces] step in
      guard let piece = pieces.last(where: { $0.start <= step }) else { return peak }
      return piece.schedule.value(at: step - piece.start)
    }
  }
}

/// A part of a schedule that is a sequence.
public struct SchedulePhase: Codable, Equatable, Sendable {
  /// What the peak is multiplied with.
  public var scale: Double
  /// Its length is the phase's own; nil for the last one, which goes on to the end.
  public var schedule: ScheduleConfiguration

  public init(scale: Double = 1, _ schedule: ScheduleConfiguration) {
    (self.scale, self.schedule) = (scale, schedule)
  }
}

private func phases(lackingIn schedule: ScheduleConfiguration) -> ScheduleKind.Lack? {
  let phases = schedule.phases
  if phases.isEmpty {
    return ScheduleKind.Lack(
      key: "phases", expected: "phases for the decay sequence", found: "none",
      remedy: "Write, for example, phases: [{decay: constant, length: 5}, {decay: cosine}].")
  }
  for (number, phase) in phases.enumerated() {
    let subject = "phases.\(number + 1)"
    if phase.schedule.decay == .sequence || phase.schedule.decay.observer != nil {
      return ScheduleKind.Lack(
        key: "\(subject).decay", expected: "a decay that follows the steps alone",
        found: phase.schedule.decay.name, remedy: "Choose another one for this phase.")
    }
    if number < phases.count - 1, phase.schedule.length == nil {
      return ScheduleKind.Lack(
        key: "\(subject).length", expected: "the length of the phase", found: "none",
        remedy: "Write how much of the budget it takes; only the last phase goes on to the end.")
    }
  }
  let known = phases.reduce(schedule.warmup) { $0 + ($1.schedule.length ?? 0) }
  if phases.last?.schedule.length == nil, let length = schedule.length, known >= length {
    return ScheduleKind.Lack(
      key: "phases", expected: "phases that leave room for the last one before the length \(text(length))",
      found: "lengths that sum to \(text(known))", remedy: "Shorten them, or give the last one a length.")
  }
  return nil
}

private func text(_ number: Double) -> String { HyperparameterValue.number(number).description }
