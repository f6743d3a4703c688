import Training

/// Reads a schedule: `training.schedule`.
struct ScheduleReader {
  let section: Section

  func read(into schedule: inout ScheduleConfiguration) {
    schedule.warmup = section.value("warmup", .number(atLeast: 0), default: schedule.warmup)
    schedule.decay = section.value("decay", .choice(), default: schedule.decay)
    schedule.length = section.optional("length", .number(above: 0), absence: "the study's largest budget")
    for option in ScheduleOption.all { read(option, into: &schedule) }
    section.finish()
  }

  private func read(_ option: ScheduleOption, into schedule: inout ScheduleConfiguration) {
    switch option.kind {
    case .number(let range):
      schedule.set(
        option, to: .number(section.value(option.name, .number(in: range), default: schedule[option])))
    case .integer, .text, .any:
      preconditionFailure("no kind of schedule has such an option")
    }
  }
}
