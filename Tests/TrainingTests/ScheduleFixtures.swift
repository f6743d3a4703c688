@testable import Training

extension Schedule {
  /// A schedule counted in steps.
  static func example(
    _ decay: ScheduleKind, peak: Double, _ change: (inout ScheduleConfiguration) -> Void = { _ in }
  ) -> Schedule {
    var configuration = ScheduleConfiguration()
    configuration.decay = decay
    change(&configuration)
    do {
      return try Schedule(configuration, peak: peak, stepsPerUnit: 1)
    } catch {
      preconditionFailure("\(error)")
    }
  }
}

extension ScheduleConfiguration {
  /// A short schedule, in steps, in which an option means something.
  static func example(of option: String) -> Self {
    var configuration = Self()
    configuration.decay =
      ScheduleKind.allCases.first { $0.options.contains { $0.name == option } } ?? configuration.decay
    // Short enough for a few steps to differ.
    configuration.length = option.hasPrefix("cooldown") ? 8 : 50
    (configuration[.decayInterval], configuration[.cycleLength]) = (2, 2)
    (configuration[.patience], configuration[.threshold]) = (1, 0.9)
    if option.hasPrefix("warmup") { configuration.warmup = 6 }
    return configuration
  }
}
