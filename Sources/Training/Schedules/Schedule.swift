/// A hyperparameter as a function of the step, counted from 0: what a `ScheduleConfiguration` means for a peak.
///
/// It keeps what it was made from, and computes from that alone: so what is read back from it is what runs. Values
/// are `Double`, and the peak is the very number that was asked for. The one rounding to `Float` is in the
/// optimizer's loops.
public struct Schedule: Sendable {
  /// The value of the first step after the warm-up, for which the kinds' formulas are meant. It is what is
  /// searched.
  public let peak: Double
  public let configuration: ScheduleConfiguration
  private let stepsPerUnit: Int
  private let warmUpSteps: Int
  private let decay: ScheduleKind.Formula

  /// - Parameter stepsPerUnit: optimizer steps in one unit of the budget: 1 if it is steps.
  /// - Throws: `TrainingError.invalid` for a kind that ends at a length, without one.
  public init(_ configuration: ScheduleConfiguration, peak: Double, stepsPerUnit: Int) throws(TrainingError) {
    if configuration.decay.endsAtLength, configuration.length == nil {
      throw .invalid(
        subject: "schedule.length", expected: "the length of the \(configuration.decay.name)", found: "none",
        remedy: "Write the budget at which it ends.")
    }
    self.init(complete: configuration, peak: peak, stepsPerUnit: stepsPerUnit)
  }

  private init(complete configuration: ScheduleConfiguration, peak: Double, stepsPerUnit: Int) {
    let settings = ScheduleSettings(configuration, peak: peak, stepsPerUnit: stepsPerUnit)
    self.configuration = configuration
    self.peak = peak
    self.stepsPerUnit = stepsPerUnit
    warmUpSteps = settings.warmUpSteps
    decay = configuration.decay.formula(settings)
  }

  /// The same value at every step.
  public static func constant(_ value: Double) -> Schedule {
    Schedule(complete: ScheduleConfiguration(), peak: value, stepsPerUnit: 1)
  }

  /// The value at `step`, which is at least 0.
  public func value(at step: Int) -> Double {
    step < warmUpSteps ? warmUp(at: step) : decay(step - warmUpSteps)
  }

  /// `peak·(t + 1) / (steps + 1)` at step t: never 0, so that no step is wasted, and the peak is reached by the
  /// first step of the decay. Gradual warm-up: Goyal et al., arXiv 1706.02677, §2.2.
  private func warmUp(at step: Int) -> Double {
    ramp(from: peak / Double(warmUpSteps + 1), to: peak, step, of: warmUpSteps)
  }
}

extension Schedule: Equatable {
  public static func == (left: Self, right: Self) -> Bool {
    left.peak == right.peak && left.configuration == right.configuration
      && left.stepsPerUnit == right.stepsPerUnit
  }
}

/// From `from` at step 0 in a straight line to `to` at step `steps`, which is at least 1; `to` ever after.
func ramp(from: Double, to: Double, _ step: Int, of steps: Int) -> Double {
  // Not by the formula, whose rounding would make the first value another than `from`.
  if step == 0 { return from }
  return step >= steps ? to : from + (to - from) * Double(step) / Double(steps)
}
