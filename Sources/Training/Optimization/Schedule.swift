import Foundation

/// A hyperparameter as a function of the step, counted from 0. Plain data: file, message and plot share it.
///
/// Values are `Double`: a hyperparameter that is read back from a running optimizer must equal, to the last
/// bit, the one that was asked for. The one rounding to `Float` is in the optimizer's loops.
public indirect enum Schedule: Codable, Equatable, Sendable {
  case constant(Double)
  /// From `from` at step 0 in a straight line to `to` at step `steps`; `to` ever after.
  case linear(from: Double, to: Double, steps: Int)
  /// Half a period of a cosine from `from` at step 0 to `to` at step `steps` (Loshchilov and Hutter, "SGDR",
  /// ICLR 2017, equation 5, without restarts); `to` ever after.
  case cosine(from: Double, to: Double, steps: Int)
  /// `to + (from − to)·(1 − step / steps)^power`; `to` from step `steps` on.
  case polynomial(from: Double, to: Double, steps: Int, power: Double)
  /// `from`, multiplied by `factor` once after every `every` steps (at least 1).
  case step(from: Double, factor: Double, every: Int)
  /// `from·factor^(step / every)`, without the stairs of `step`. `every` is at least 1.
  case exponential(from: Double, factor: Double, every: Int)
  /// `first` for `steps` steps, then `rest`, which counts from 0 again.
  case sequence(first: Schedule, steps: Int, rest: Schedule)

  /// A warm-up of `steps` steps, then `rest`, which counts from 0 again and begins at `peak`.
  ///
  /// The rate at step t is `peak·(t + 1) / (steps + 1)`: never 0, so that no step is wasted, and `peak` is
  /// reached by the first step of `rest`. Gradual warm-up: Goyal et al., arXiv 1706.02677, §2.2.
  public static func warmUp(to peak: Double, steps: Int, then rest: Schedule) -> Schedule {
    guard steps > 0 else { return rest }
    let ramp = Schedule.linear(from: peak / Double(steps + 1), to: peak, steps: steps)
    return .sequence(first: ramp, steps: steps, rest: rest)
  }

  /// The value at `step`, which is at least 0.
  public func value(at step: Int) -> Double {
    switch self {
    // Not by the formulas, whose rounding would make the first value another than `from`.
    case .linear(let from, _, let steps) where step == 0 && steps > 0,
      .cosine(let from, _, let steps) where step == 0 && steps > 0,
      .polynomial(let from, _, let steps, _) where step == 0 && steps > 0:
      return from
    case .constant(let value):
      return value
    case .linear(let from, let to, let steps):
      return step >= steps ? to : from + (to - from) * Double(step) / Double(steps)
    case .cosine(let from, let to, let steps):
      return step >= steps ? to : to + (from - to) * (1 + cos(.pi * Double(step) / Double(steps))) / 2
    case .polynomial(let from, let to, let steps, let power):
      return step >= steps ? to : to + (from - to) * pow(1 - Double(step) / Double(steps), power)
    case .step(let from, let factor, let every):
      return from * pow(factor, Double(step / max(every, 1)))
    case .exponential(let from, let factor, let every):
      return from * pow(factor, Double(step) / Double(max(every, 1)))
    case .sequence(let first, let steps, let rest):
      return step < steps ? first.value(at: step) : rest.value(at: step - steps)
    }
  }

  /// The highest value that the schedule takes at any step; infinity for one that grows without bound.
  public var peak: Double { peak(before: Int.max) }

  /// The highest value before step `end`. Every piece is monotone, so it lies at one of the piece's ends.
  private func peak(before end: Int) -> Double {
    switch self {
    case .constant(let value):
      return value
    case .linear, .cosine, .polynomial:
      return max(value(at: 0), value(at: end - 1))
    case .step(let from, let factor, _), .exponential(let from, let factor, _):
      if end == Int.max { return factor > 1 && from > 0 ? .infinity : from }
      return max(value(at: 0), value(at: end - 1))
    case .sequence(let first, let steps, let rest):
      if steps <= 0 { return rest.peak(before: end) }
      if end <= steps { return first.peak(before: end) }
      return max(first.peak(before: steps), rest.peak(before: end == Int.max ? end : end - steps))
    }
  }
}
