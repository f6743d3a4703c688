/// What a kind's formula is made from.
struct ScheduleSettings: Equatable, Sendable {
  let configuration: ScheduleConfiguration
  let peak: Double
  let stepsPerUnit: Int
  /// What a kind that follows measurements remembers of them.
  let memory: [String: Double]

  init(
    _ configuration: ScheduleConfiguration, peak: Double, stepsPerUnit: Int, memory: [String: Double] = [:]
  ) {
    (self.configuration, self.peak) = (configuration, peak)
    (self.stepsPerUnit, self.memory) = (max(stepsPerUnit, 1), memory)
  }

  /// An option that is a number.
  subscript(option: ScheduleOption) -> Double { configuration[option] }

  func text(_ option: ScheduleOption) -> String { configuration.value(of: option).description }
}

// Lengths, rounded to whole steps.
extension ScheduleSettings {
  var warmUpSteps: Int { wholeSteps(configuration.warmup) }

  /// From the end of the warm-up to the configuration's length, in the budget unit.
  var unitsToEnd: Double { (configuration.length ?? 0) - configuration.warmup }

  /// From the end of the warm-up to the configuration's length; at least 1.
  var stepsToEnd: Int { max(stepsAfterWarmUp(configuration.length ?? 0), 1) }

  /// From the end of the warm-up to a budget; below 0 when that comes before.
  func stepsAfterWarmUp(_ budget: Double) -> Int { wholeSteps(budget) - warmUpSteps }

  /// An option's length, at least 1.
  func steps(_ option: ScheduleOption) -> Int { max(wholeSteps(self[option]), 1) }

  /// A length in the budget unit.
  func wholeSteps(_ length: Double) -> Int { Int((length * Double(stepsPerUnit)).rounded()) }
}
