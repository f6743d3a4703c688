extension TrainingConfiguration {
  /// What is wrong with the schedules, but for the rate's numbers that the table of hyperparameters has.
  var scheduleProblems: [TrainingError] {
    let ofRate =
      schedule.lengthProblems("schedule.length", warmup: "warmup", budgetUnit)
      + schedule.shapeProblems("schedule", isRates: true, budgetUnit)
    return ofRate
      + (schedules ?? [:]).sorted { $0.key < $1.key }.flatMap { name, schedule in
        problems(ofSchedule: schedule, for: name)
      }
  }

  private func problems(ofSchedule schedule: ScheduleConfiguration, for name: String) -> [TrainingError] {
    let subject = "schedules.\(name)"
    guard let hyperparameter = ScheduledHyperparameters.rows.first(where: { $0.name == name }) else {
      let names = ScheduledHyperparameters.rows.map(\.name).joined(separator: ", ")
      return [
        .invalid(
          subject: subject,
          expected: "a number that may change while a trial runs, besides the learning rate",
          found: name, remedy: "Write one of: \(names).")
      ]
    }
    guard hyperparameter.isApplicable(self) else {
      return [
        .invalid(
          subject: subject, expected: hyperparameter.applicability ?? "", found: kinds,
          remedy: "Take its schedule out.")
      ]
    }
    if schedule.decay.observer != nil {
      return [
        .invalid(
          subject: "\(subject).decay", expected: "a decay that follows the steps alone",
          found: schedule.decay.name,
          remedy: "Choose another one; the learning rate alone follows the dev loss.")
      ]
    }
    return schedule.optionProblems(subject, isRates: false)
      + schedule.lengthProblems("\(subject).length", warmup: "\(subject).warmup", budgetUnit)
      + schedule.shapeProblems(subject, isRates: false, budgetUnit)
  }
}

extension ScheduleConfiguration {
  /// - Parameters:
  ///   - length: what errors call it.
  ///   - warmup: likewise.
  fileprivate func lengthProblems(
    _ length: String, warmup: String, _ unit: BudgetUnit
  ) -> [TrainingError] {
    guard let end = self.length else { return [] }
    let lengths = NumberRange.above(0, through: TrainingHyperparameters.longest)
    guard lengths.contains(end) else { return [.outOfRange(length, lengths.description, .number(end))] }
    guard decay.endsAtLength, self.warmup >= end else { return [] }
    return [
      .invalid(
        subject: warmup, expected: "less than the schedule's length \(HyperparameterValue.number(end))",
        found: "\(HyperparameterValue.number(self.warmup))",
        remedy: "Shorten the warm-up; it is counted in \(unit.rawValue).")
    ]
  }

  /// What the decay lacks, and what is wrong with phases.
  fileprivate func shapeProblems(
    _ subject: String, isRates: Bool, _ unit: BudgetUnit
  ) -> [TrainingError] {
    if let lack = decay.lack(self) {
      return [
        .invalid(
          subject: "\(subject).\(lack.key)", expected: lack.expected, found: lack.found, remedy: lack.remedy)
      ]
    }
    return phases.enumerated().flatMap { number, phase in
      let name = "\(subject).phases.\(number + 1)"
      let scales = NumberRange.above(0, through: isRates ? 1 : 1_000)
      return
        (scales.contains(phase.scale)
        ? [] : [.outOfRange("\(name).scale", scales.description, .number(phase.scale))])
        + phase.schedule.optionProblems(name, isRates: isRates)
        + phase.schedule.lengthProblems("\(name).length", warmup: "\(name).warmup", unit)
        + phase.schedule.shapeProblems(name, isRates: isRates, unit)
    }
  }

  /// The ranges of what shapes it.
  fileprivate func optionProblems(_ subject: String, isRates: Bool) -> [TrainingError] {
    let warmups = NumberRange.from(0, through: TrainingHyperparameters.longest)
    let ofWarmUp: [TrainingError] =
      warmups.contains(warmup)
      ? [] : [.outOfRange("\(subject).warmup", warmups.description, .number(warmup))]
    return ofWarmUp
      + ScheduleOption.all.filter { $0.isApplicable(to: decay) }.compactMap { option in
        let (kind, value) = (isRates ? option.kind : option.kindBesideRate, value(of: option))
        return kind.accepts(value) ? nil : .outOfRange("\(subject).\(option.name)", "\(kind)", value)
      }
  }
}
