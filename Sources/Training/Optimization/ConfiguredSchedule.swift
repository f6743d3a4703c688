extension ScheduleConfiguration {
  /// The schedule in steps: lengths are rounded to whole steps, at least 1 for an interval.
  ///
  /// - Parameters:
  ///   - peak: the rate of the first step after the warm-up, and the highest of all.
  ///   - stepsPerUnit: optimizer steps in one unit of the budget: 1 if it is steps.
  /// - Throws: `TrainingError.invalid` for a cosine without a length.
  public func schedule(peak: Double, stepsPerUnit: Int) throws(TrainingError) -> Schedule {
    func steps(_ length: Double) -> Int { Int((length * Double(stepsPerUnit)).rounded()) }
    let warmUpSteps = steps(warmup)
    let interval = max(steps(decayInterval), 1)
    let rest: Schedule
    switch decay {
    case .constant:
      rest = .constant(peak)
    case .cosine:
      guard let length else {
        throw .invalid(
          subject: "schedule.length", expected: "the length of the cosine", found: "none",
          remedy: "Write the budget at which it ends.")
      }
      rest = .cosine(from: peak, to: peak * finalFraction, steps: max(steps(length) - warmUpSteps, 1))
    case .step:
      rest = .step(from: peak, factor: decayFactor, every: interval)
    case .exponential:
      rest = .exponential(from: peak, factor: decayFactor, every: interval)
    }
    return .warmUp(to: peak, steps: warmUpSteps, then: rest)
  }
}

extension Schedule {
  /// The hyperparameters of the schedule table, read back from a schedule that `ScheduleConfiguration` made.
  /// Lengths are what they were rounded to, in units of `stepsPerUnit` steps.
  public func effectiveHyperparameters(stepsPerUnit: Int) -> [String: HyperparameterValue] {
    func units(_ steps: Int) -> HyperparameterValue { .number(Double(steps) / Double(stepsPerUnit)) }
    switch self {
    case .sequence(_, let steps, let rest):
      var values = rest.effectiveHyperparameters(stepsPerUnit: stepsPerUnit)
      values["warmup"] = units(steps)
      return values
    case .constant:
      return ["decay": .text("constant"), "warmup": .number(0)]
    case .cosine(let from, let to, _):
      return ["decay": .text("cosine"), "warmup": .number(0), "final_fraction": .number(to / from)]
    case .step(_, let factor, let every):
      return [
        "decay": .text("step"), "warmup": .number(0), "decay_factor": .number(factor),
        "decay_interval": units(every),
      ]
    case .exponential(_, let factor, let every):
      return [
        "decay": .text("exponential"), "warmup": .number(0), "decay_factor": .number(factor),
        "decay_interval": units(every),
      ]
    case .linear, .polynomial:
      return [:]
    }
  }
}
