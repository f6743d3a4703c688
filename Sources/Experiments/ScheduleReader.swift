import Training

/// Reads a schedule: `training.schedule`, one of `training.schedules`, or a phase of either.
struct ScheduleReader {
  let section: Section
  /// Whether it is the learning rate's, whose options have narrower ranges.
  let isRates: Bool

  func read() -> ScheduleConfiguration {
    defer { section.finish() }
    var schedule = ScheduleConfiguration()
    schedule.length = section.optional("length", .number(above: 0), absence: "the study's largest budget")
    readShape(into: &schedule)
    schedule.phases = section.sections(
      "phases", expected: "a list of schedules, each with a length and a scale"
    ).map(readPhase)
    return schedule
  }

  private func readPhase(_ phase: Section) -> SchedulePhase {
    defer { phase.finish() }
    var schedule = ScheduleConfiguration()
    schedule.length = phase.optional("length", .number(above: 0), absence: "the rest")
    let scale = phase.value("scale", .number(above: 0, through: isRates ? 1 : 1_000), default: 1)
    ScheduleReader(section: phase, isRates: isRates).readShape(into: &schedule)
    return SchedulePhase(scale: scale, schedule)
  }

  private func readShape(into schedule: inout ScheduleConfiguration) {
    schedule.warmup = section.value("warmup", .number(atLeast: 0), default: schedule.warmup)
    schedule.decay = section.value("decay", .choice(), default: schedule.decay)
    schedule.by = section.value("by", .choice(), default: schedule.by)
    let milestones = Field<[Double]>.list(of: .number(above: 0), atMost: 10_000)
    schedule.milestones = section.optional("milestones", milestones, absence: "none") ?? schedule.milestones
    for option in ScheduleOption.all { read(option, into: &schedule) }
  }

  private func read(_ option: ScheduleOption, into schedule: inout ScheduleConfiguration) {
    switch isRates ? option.kind : option.kindBesideRate {
    case .number(let range):
      read(option, .number(in: range), into: &schedule) { .number($0) }
    case .integer(let low, let high):
      read(option, .integer(atLeast: low, atMost: high), into: &schedule) { .number(Double($0)) }
    case .text(let choices):
      read(option, .choice(of: choices), into: &schedule) { .text($0) }
    case .any:
      preconditionFailure("the option \(option.name) of a schedule may be anything")
    }
  }

  /// What the decay does not have is read, for the search may choose another one, but left out of the experiment as it
  /// is written out with its defaults.
  private func read<Value>(
    _ option: ScheduleOption, _ field: Field<Value>, into schedule: inout ScheduleConfiguration,
    as make: (Value) -> HyperparameterValue
  ) {
    let value = section.optional(option.name, field, absence: "\(option.standard)")
    if let value { schedule.set(option, to: make(value)) }
  }
}
