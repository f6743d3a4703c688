import Foundation
import Testing

@testable import Training

@Suite struct RateRangeTests {
  @Test func `rates grow by the same factor from the lowest to the highest`() {
    let range = RateRange(from: 1e-4, to: 1, steps: 5)
    for (step, rate) in [1e-4, 1e-3, 1e-2, 0.1, 1].enumerated() {
      #expect(abs(range.rate(at: step) / rate - 1) < 1e-12)
    }
  }

  /// By hand, with β = 0.5.
  @Test func `the smoothed loss is corrected for its start at 0`() {
    var test = RateRangeTest(smoothing: 0.5, divergence: 4)
    for (rate, loss) in [(1.0, 2.0), (2, 1), (4, 4)] { test.record(rate: rate, loss: loss) }
    let expected = [2, (0.25 * 2 + 0.5 * 1) / 0.75, (0.125 * 2 + 0.25 * 1 + 0.5 * 4) / 0.875]
    for (point, value) in zip(test.points, expected) { #expect(abs(point.smoothed - value) < 1e-12) }
    #expect(test.lowest?.rate == 2)
    #expect(test.ending == nil)
  }

  /// A loss that falls as a logistic curve over the logarithm of the rate, steepest at `center`, then explodes.
  private static func test(center: Double, explodes: Double) -> RateRangeTest {
    let range = RateRange(from: 1e-6, to: 10, steps: 141)
    var test = RateRangeTest(smoothing: 0, divergence: 4)
    for step in 0..<range.steps where test.ending == nil {
      let rate = range.rate(at: step)
      let fall = 2 / (1 + exp(-3 * log(rate / center)))
      test.record(rate: rate, loss: 2.3 - fall + pow(rate / explodes, 4))
    }
    return test
  }

  @Test
  func `the steepest rate and a tenth of the lowest one's are found, and the test ends above its limit`()
    throws
  {
    let test = Self.test(center: 1e-2, explodes: 1)
    let steepest = try #require(test.steepest)
    #expect(abs(log10(steepest) + 2) <= 0.05)
    let lowest = try #require(test.lowest)
    #expect(test.tenthOfLowest == lowest.rate / 10)
    #expect(lowest.rate > 0.05 && lowest.rate < 1)
    #expect(test.ending == .aboveLimit)
    let last = try #require(test.points.last)
    #expect(last.smoothed > 4 * lowest.smoothed)
    let rising = test.points.filter { $0.rate > lowest.rate }.dropLast()
    #expect(rising.allSatisfy { $0.smoothed <= 4 * lowest.smoothed })
  }

  @Test func `a loss that never falls speaks for no rate`() {
    var test = RateRangeTest(smoothing: 0.9, divergence: 100)
    for step in 0..<40 { test.record(rate: pow(1.1, Double(step)), loss: 2 + Double(step)) }
    #expect(test.steepest == nil)
    #expect(test.tenthOfLowest == nil)
  }

  @Test func `a model of digits is tested until it diverges, equal every time, whatever its schedules`()
    throws
  {
    func test(_ change: (inout TrainingConfiguration) -> Void) throws -> RateRangeTest {
      var configuration = SmallModel.mlp.configuration
      configuration.optimizer.kind = .sgd
      change(&configuration)
      var trainer = try Trainer(configuration.forRateRange, data: SmallModel.mlp.data, seed: 4, trial: 0)
      return try trainer.run(
        RateRangeTest(smoothing: 0.9, divergence: 4), over: RateRange(from: 1e-4, to: 1e6, steps: 100))
    }
    let found = try test { _ in }
    #expect(found.ending != nil)
    #expect(found.points.count < 100)
    let first = try #require(found.points.first)
    // New weights know nothing of ten classes.
    #expect(abs(first.loss - log(10)) < 0.3)
    let lowest = try #require(found.lowest)
    #expect(lowest.smoothed < 0.9 * first.loss)
    let steepest = try #require(found.steepest)
    #expect(steepest > 1e-3 && steepest < lowest.rate)
    #expect(
      try test {
        $0.budgetUnit = .epochs
        ($0.schedule.decay, $0.schedule.length, $0.optimizer.learningRate) = (.cosine, 3, 0.5)
        $0.schedules = ["dropout": ScheduleConfiguration()]
      } == found)
  }
}
