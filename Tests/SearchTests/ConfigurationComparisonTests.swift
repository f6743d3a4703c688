import Foundation
import Search
import Testing

@Suite struct ConfigurationComparisonTests {
  static func samples(_ costs: [[Double]]) -> [(
    configuration: Configuration, trials: [TrialID], costs: [Double]
  )] {
    costs.enumerated().map { i, costs in
      (Configuration(["x": .number(Double(i))]), costs.indices.map { TrialID(10 * i + $0) }, costs)
    }
  }

  @Test func `candidates are ranked by mean, and tested against the best`() throws {
    let comparison = ConfigurationComparison(
      Self.samples([[3, 3.1, 2.9, 3.05], [1, 1.2, 0.9, 1.1], [1.05, 1.15, 0.95, 1.2]]), budget: 9)
    #expect(comparison.candidates.map { $0.configuration["x"] } == [.number(1), .number(2), .number(0)])
    for candidate in comparison.candidates {
      #expect(candidate.low <= candidate.mean && candidate.mean <= candidate.high)
    }
    let welch = try #require(SignificanceTest.welch([3, 3.1, 2.9, 3.05], [1, 1.2, 0.9, 1.1])).probability
    #expect(comparison.verdicts[1].means == 2 * welch, "the lesser of two, by Holm's correction")
    #expect(try #require(comparison.verdicts[0].means) > 0.3)
    #expect(
      try JSONDecoder().decode(ConfigurationComparison.self, from: JSONEncoder().encode(comparison))
        == comparison)
  }

  @Test func `pairs tell more than samples apart`() throws {
    let first = (0..<8).map { Double($0 * $0) }
    let samples = Self.samples([first, first.enumerated().map { $1 + 0.1 + Double($0) / 100 }])
    let paired = try #require(ConfigurationComparison(samples, budget: 1, arePaired: true).verdicts[0].ranks)
    let apart = try #require(ConfigurationComparison(samples, budget: 1).verdicts[0].ranks)
    #expect(paired == 2.0 / 256)
    #expect(apart > 0.5)
  }

  @Test func `one measurement each leaves nothing to test by means`() {
    let comparison = ConfigurationComparison(Self.samples([[2], [1]]), budget: 1)
    #expect(comparison.verdicts[0].means == nil)
    #expect(comparison.candidates[0].low == 1 && comparison.candidates[0].high == 1)
    #expect(ConfigurationComparison([], budget: 1).verdicts.isEmpty)
  }
}
