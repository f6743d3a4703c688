import Foundation

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
  private let settings: ScheduleSettings
  private let warmUpSteps: Int
  private let decay: ScheduleKind.Formula

  /// - Parameters:
  ///   - stepsPerUnit: optimizer steps in one unit of the budget: 1 if it is steps.
  ///   - memory: what a kind that follows measurements remembers of them; empty at first.
  /// - Throws: `TrainingError.invalid` for a kind that ends at a length, without one.
  public init(
    _ configuration: ScheduleConfiguration, peak: Double, stepsPerUnit: Int, memory: [String: Double] = [:]
  ) throws(TrainingError) {
    if configuration.decay.endsAtLength, configuration.length == nil {
      throw .invalid(
        subject: "schedule.length", expected: "the length of the \(configuration.decay.name)", found: "none",
        remedy: "Write the budget at which it ends.")
    }
    self.init(
      complete: ScheduleSettings(configuration, peak: peak, stepsPerUnit: stepsPerUnit, memory: memory))
  }

  private init(complete settings: ScheduleSettings) {
    self.settings = settings
    (configuration, peak) = (settings.configuration, settings.peak)
    warmUpSteps = settings.warmUpSteps
    decay = settings.configuration.decay.formula(settings)
  }

  /// The same value at every step.
  public static func constant(_ value: Double) -> Schedule {
    Schedule(complete: ScheduleSettings(ScheduleConfiguration(), peak: value, stepsPerUnit: 1))
  }

  /// A part of another schedule, whose settings are those.
  ///
  /// - Parameters:
  ///   - configuration: with a length.
  ///   - scale: what the peak is multiplied with.
  init(of configuration: ScheduleConfiguration, scale: Double, in whole: ScheduleSettings) {
    self.init(
      complete: ScheduleSettings(configuration, peak: whole.peak * scale, stepsPerUnit: whole.stepsPerUnit))
  }

  /// The value at `step`, which is at least 0.
  public func value(at step: Int) -> Double {
    // Every kind is in proportion to its peak, but 0 times what grows beyond all bounds would be no number.
    if peak == 0 { return 0 }
    let step = configuration.by == .unit ? step - step % settings.stepsPerUnit : step
    return step < warmUpSteps ? warmUp(at: step) : decay(step - warmUpSteps)
  }

  /// From a fraction of the peak to the peak, which the first step of the decay has. Without a fraction the warm-up
  /// begins with one of its steps + 1 parts: `peak·(t + 1) / (steps + 1)` at step t of a linear one, never 0, so that
  /// no step is wasted. Gradual warm-up: Goyal et al., arXiv 1706.02677, §2.2, which has the constant one, too. With
  /// a fraction they are PyTorch's `LinearLR`, `ConstantLR` and, read backwards, `ExponentialLR`.
  private func warmUp(at step: Int) -> Double {
    let start = settings[.warmUpStart]
    let from = start > 0 ? peak * start : peak / Double(warmUpSteps + 1)
    return switch settings.text(.warmUpShape) {
    case "constant": from
    case "exponential": from * pow(peak / from, Double(step) / Double(warmUpSteps))
    default: ramp(from: from, to: peak, step, of: warmUpSteps)
    }
  }
}

extension Schedule: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.settings == right.settings }
}

// Schedules that follow the dev loss.
extension Schedule {
  /// After how many budget units it wants to know the dev loss; nil for one that does not follow it.
  var observationInterval: Int? {
    configuration.decay.observer.map { Int(settings[$0.interval]) }
  }

  /// What it remembers once it has seen another dev loss.
  func memory(after loss: Double) -> [String: Double] {
    configuration.decay.observer?.observe(settings, settings.memory, loss) ?? settings.memory
  }
}
