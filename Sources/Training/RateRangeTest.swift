import Foundation

/// The learning rates of a range test: from a low one to a high one, each the same multiple of the one before.
public struct RateRange: Equatable, Sendable {
  public var low: Double
  public var high: Double
  /// Optimizer steps, one for each rate; at least 2.
  public var steps: Int

  public init(from low: Double, to high: Double, steps: Int) {
    (self.low, self.high, self.steps) = (low, high, steps)
  }

  /// The rate of a step, from 0.
  public func rate(at step: Int) -> Double { low * pow(high / low, Double(step) / Double(steps - 1)) }
}

/// A learning-rate range test: the loss under growing rates, and which rates it speaks for. Smith, "Cyclical Learning
/// Rates for Training Neural Networks", WACV 2017, §3.3; the smoothing and the two suggestions are fastai's.
public struct RateRangeTest: Equatable, Sendable {
  public struct Point: Equatable, Sendable {
    public var rate: Double
    /// Of the step's batch, before the step.
    public var loss: Double
    /// The exponential moving average of the losses, divided by 1 − βⁿ, because it starts at 0.
    public var smoothed: Double
  }

  /// Why it ended before the highest rate.
  public enum Ending: Equatable, Sendable {
    /// The smoothed loss is above the lowest times `divergence`.
    case aboveLimit
    /// The loss or its gradient is no number.
    case notFinite
  }

  /// What is kept of the moving average at each step, in [0, 1).
  public let smoothing: Double
  /// How many times the lowest smoothed loss ends the test; above 1.
  public let divergence: Double
  public private(set) var points: [Point] = []
  /// Nil as long as it goes on, and where it came to the highest rate.
  public private(set) var ending: Ending?
  private var average = 0.0

  public init(smoothing: Double, divergence: Double) {
    (self.smoothing, self.divergence) = (smoothing, divergence)
  }

  /// Takes the loss under another rate.
  public mutating func record(rate: Double, loss: Double) {
    average = smoothing * average + (1 - smoothing) * loss
    let smoothed = average / (1 - pow(smoothing, Double(points.count + 1)))
    points.append(Point(rate: rate, loss: loss, smoothed: smoothed))
    if let lowest, smoothed > divergence * lowest.smoothed { ending = .aboveLimit }
  }

  /// Ends it with a loss or gradient that is no number.
  public mutating func endWithoutNumber() { ending = .notFinite }

  /// Where the smoothed loss is lowest; nil before the first point.
  public var lowest: Point? { points.min { $0.smoothed < $1.smoothed } }
}

// What it speaks for.
extension RateRangeTest {
  /// The first points, whose average is of a few batches only.
  private static let unsettled = 10

  /// The rate where the smoothed loss falls fastest over the logarithm of the rate, by differences of neighbours on
  /// both sides, between the first ten points and the lowest one; nil when it does not fall there.
  public var steepest: Double? {
    guard let lowest, let end = points.firstIndex(of: lowest) else { return nil }
    let slopes = points.indices.dropFirst(Self.unsettled).filter { $0 <= end && $0 + 1 < points.count }.map {
      index in
      let (before, after) = (points[index - 1], points[index + 1])
      return (index: index, slope: (after.smoothed - before.smoothed) / log(after.rate / before.rate))
    }
    guard let best = slopes.min(by: { $0.slope < $1.slope }), best.slope < 0 else { return nil }
    return points[best.index].rate
  }

  /// A tenth of the rate where the smoothed loss is lowest; nil when that is among the first ten points, so that the
  /// loss never fell.
  public var tenthOfLowest: Double? {
    guard let lowest, let index = points.firstIndex(of: lowest), index >= Self.unsettled else { return nil }
    return lowest.rate / 10
  }
}

extension TrainingConfiguration {
  /// What a range test trains: the same, counted in steps, without schedules.
  public var forRateRange: TrainingConfiguration {
    var configuration = self
    configuration.budgetUnit = .steps
    configuration.schedule = ScheduleConfiguration()
    (configuration.cooldown, configuration.stopping) = (MeasuredCooldown(), EarlyStopping())
    (configuration.schedules, configuration.resourceMetrics) = (nil, nil)
    return configuration
  }
}

extension Trainer {
  /// Trains a step under each rate, until the loss diverges. Collective; the result is the same on all ranks.
  ///
  /// - Parameter test: without points.
  /// - Throws: what training throws, except that it diverged.
  public mutating func run(
    _ test: consuming RateRangeTest, over range: RateRange
  ) throws(TrainingError) -> RateRangeTest {
    for step in 0..<range.steps where test.ending == nil {
      var next = configuration
      next.optimizer.learningRate = range.rate(at: step)
      try adopt(next)
      let before = progress
      do throws(TrainingError) {
        _ = try train(to: before.budget + 1) { false }
        let (sum, count) = (progress.lossSum - before.lossSum, progress.lossCount - before.lossCount)
        test.record(rate: range.rate(at: step), loss: sum / Double(count))
      } catch .diverged {
        test.endWithoutNumber()
      } catch {
        throw error
      }
    }
    return test
  }
}
