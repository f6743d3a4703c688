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
    let kinds = ScheduleKind.allCases.reversed()
    configuration.decay =
      kinds.first { $0.options.contains { $0.name == option } } ?? configuration.decay
    configuration.length = 50
    configuration[.decayInterval] = 2
    return configuration
  }
}
