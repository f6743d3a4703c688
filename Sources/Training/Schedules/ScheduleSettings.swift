/// What a kind's formula is made from.
struct ScheduleSettings: Sendable {
  let configuration: ScheduleConfiguration
  let peak: Double
  let stepsPerUnit: Int

  init(_ configuration: ScheduleConfiguration, peak: Double, stepsPerUnit: Int) {
    (self.configuration, self.peak, self.stepsPerUnit) = (configuration, peak, stepsPerUnit)
  }

  var warmUpSteps: Int { steps(configuration.warmup) }

  /// From the end of the warm-up to the configuration's length; at least 1.
  var stepsToEnd: Int { max(steps(configuration.length ?? 0) - warmUpSteps, 1) }

  /// An option's length in whole steps, at least 1.
  func steps(_ option: ScheduleOption) -> Int { max(steps(self[option]), 1) }

  subscript(option: ScheduleOption) -> Double { configuration[option] }

  /// A length in the budget unit, rounded to whole steps.
  private func steps(_ length: Double) -> Int { Int((length * Double(stepsPerUnit)).rounded()) }
}
