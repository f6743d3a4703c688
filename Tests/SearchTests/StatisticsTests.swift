import Randomness
import Testing

@testable import Search

@Suite struct StatisticsTests {
  struct Beta: Decodable { var x: Double, a: Double, b: Double, value: Double }
  struct Test: Decodable {
    var first: [Double], second: [Double], statistic: Double, probability: Double
    var degrees: Double?, low: Double?, high: Double?
  }
  struct Holm: Decodable { var probabilities: [Double], adjusted: [Double] }
  struct Resampled: Decodable {
    var values: [Double], distribution: [Double], percentile: [Double], accelerated: [Double]
  }
  struct Expected: Decodable {
    var beta: [Beta], welch: [Test], rankSum: [Test], signedRank: [Test], holm: Holm, bootstrap: [Resampled]
  }

  static func expected() throws -> Expected { try golden("statistics.json") }

  @Test func `the incomplete beta function is scipy's`() throws {
    for beta in try Self.expected().beta {
      #expect(isClose(incompleteBeta(beta.a, beta.b, at: beta.x), beta.value, relative: 1e-11))
    }
  }

  @Test func `Welch's test and interval are scipy's`() throws {
    for test in try Self.expected().welch {
      let own = try #require(SignificanceTest.welch(test.first, test.second))
      #expect(isClose(own.statistic, test.statistic))
      #expect(isClose(own.probability, test.probability))
      let difference = try #require(MeanDifference(test.first, test.second))
      let interval = difference.interval()
      #expect(try isClose(difference.degrees, #require(test.degrees)))
      #expect(try isClose(interval.lowerBound, #require(test.low), relative: 1e-8))
      #expect(try isClose(interval.upperBound, #require(test.high), relative: 1e-8))
    }
  }

  @Test func `rank tests are scipy's, exact ones and those by the normal distribution`() throws {
    let expected = try Self.expected()
    for test in expected.rankSum {
      let own = try #require(SignificanceTest.rankSum(test.first, test.second))
      #expect(isClose(own.statistic, test.statistic))
      #expect(isClose(own.probability, test.probability))
    }
    for test in expected.signedRank {
      let own = try #require(SignificanceTest.signedRank(test.first, test.second))
      #expect(isClose(own.statistic, test.statistic))
      #expect(isClose(own.probability, test.probability))
    }
  }

  /// All ways to sign three ranks; all ways to place two of four.
  @Test func `exact probabilities are those of counting`() throws {
    #expect(try #require(SignificanceTest.signedRank([1, 2, 3], [0, 0, 0])).probability == 2.0 / 8)
    #expect(try #require(SignificanceTest.rankSum([1, 2], [3, 4])).probability == 2.0 / 6)
    #expect(try #require(SignificanceTest.rankSum([1], [2])).probability == 1)
  }

  @Test func `nothing is tested where there is nothing to test`() {
    #expect(SignificanceTest.welch([1], [1, 2]) == nil)
    #expect(SignificanceTest.welch([1, 1], [2, 2]) == nil)
    #expect(SignificanceTest.signedRank([1, 2], [1, 2]) == nil)
    #expect(SignificanceTest.rankSum([], [1]) == nil)
    #expect(SignificanceTest.rankSum([1, 1], [1, 1]) == nil)
  }

  @Test func `corrections make probabilities larger, Bonferroni's no less than Holm's`() throws {
    let expected = try Self.expected().holm
    let holm = MultipleComparisons.holm.adjusted(expected.probabilities)
    for (own, wanted) in zip(holm, expected.adjusted) { #expect(isClose(own, wanted)) }
    let bonferroni = MultipleComparisons.bonferroni.adjusted(expected.probabilities)
    for (own, wanted) in zip(bonferroni, [0.05, 0.2, 0.15, 0.025, 1]) { #expect(isClose(own, wanted)) }
    #expect(zip(bonferroni, holm).allSatisfy { $0 >= $1 })
    #expect(MultipleComparisons.holm.adjusted([]).isEmpty)
  }

  @Test func `intervals from a bootstrap distribution are scipy's`() throws {
    for sample in try Self.expected().bootstrap {
      let bootstrap = Bootstrap(sample.values, distribution: sample.distribution)
      for (method, bounds) in [
        (Bootstrap.Method.percentile, sample.percentile), (.accelerated, sample.accelerated),
      ] {
        let interval = bootstrap.interval(method)
        #expect(isClose(interval.lowerBound, bounds[0], relative: 1e-6), "\(method)")
        #expect(isClose(interval.upperBound, bounds[1], relative: 1e-6), "\(method)")
      }
    }
  }

  @Test func `an interval of the mean covers it about as often as it says`() {
    var covered = 0
    for study in 0..<200 {
      var random = CounterGenerator(seed: 1, purpose: .simulation, index: study)
      let values = (0..<30).map { _ in random.nextUniform() }
      let bootstrap = Bootstrap(values, resamples: 200, using: &random)
      if bootstrap.interval(confidence: 0.9).contains(0.5) { covered += 1 }
    }
    // Binomial with mean 180 and deviation 4.2; the bootstrap of 30 values is a little short.
    #expect((160...193).contains(covered), "\(covered) of 200")
  }

  @Test func `a sample of one value, or of equal ones, has an interval of no width`() {
    var random = CounterGenerator(seed: 1, purpose: .simulation)
    #expect(Bootstrap([3], using: &random).interval() == 3...3)
    #expect(Bootstrap([2, 2, 2], using: &random).interval() == 2...2)
    #expect(Bootstrap([1e308, 1e308, -1e308], using: &random).interval().upperBound <= 1e308)
  }
}
