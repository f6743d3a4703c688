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

  @Test func `folds tell more than samples apart`() throws {
    let first = (0..<8).map { Double($0 * $0) }
    let samples = Self.samples([first, first.enumerated().map { $1 + 0.1 + Double($0) / 100 }])
    let folds = ConfigurationComparison(samples, budget: 1, areFolds: true).verdicts[0]
    let apart = ConfigurationComparison(samples, budget: 1).verdicts[0]
    #expect(try #require(folds.ranks) == 2.0 / 256)
    #expect(try #require(folds.means) < 0.01)
    #expect(try #require(apart.ranks) > 0.5)
    #expect(try #require(apart.means) > 0.5)
  }

  /// By hand, of NumPy's and SciPy's Student distribution: differences 1, 2, 3, 2; mean 2, deviation √(2/3);
  /// t = 2 / √(2/3 (1/4 + 1/3)) = 3.20713..., 3 degrees of freedom.
  @Test func `the test of folds is Nadeau and Bengio's`() throws {
    let test = try #require(SignificanceTest.folds([2, 4, 6, 5], [1, 2, 3, 3]))
    #expect(abs(test.statistic - 3.2071349029490927) < 1e-12)
    #expect(abs(test.probability - 0.04906348917297512) < 1e-10)
    #expect(SignificanceTest.folds([2, 3], [1, 2]) == nil, "differences that are equal")
  }

  /// One fold is harder than the other two for all.
  private static func cross(validated costs: [[Double]]) throws -> History {
    var history = History(
      study: "s", objective: Objective(metric: "m", goal: .minimize), space: SampleSpaces.finite,
      budgetUnit: "epochs")
    history.replicates = costs[0].count
    history.areFolds = true
    for (place, cost) in costs.joined().enumerated() {
      let trial = TrialID(place)
      let configuration = Configuration([
        "layers": .number(Double(1 + place / costs[0].count)), "activation": .text("relu"),
      ])
      try history.begin(
        Job(id: JobID(place), trial: trial, origin: .fresh, configuration: configuration, target: 1))
      try history.finish(
        Outcome(
          job: JobID(place), trial: trial,
          result: cost.isNaN ? .failed(reason: "diverged") : .reached(cost: cost)),
        measurements: [], at: nil)
    }
    return history
  }

  @Test func `a study's folds are compared one by one`() throws {
    let history = try Self.cross(validated: [[5, 1, 2, 9], [5.1, 1.1, 2.15, 9.1], [4, .nan, 1, 8]])
    let comparison = try #require(ConfigurationComparison.of(history))
    #expect(comparison.candidates.map(\.trials.count) == [4, 4], "the third lacks a fold")
    #expect(comparison.candidates[0].costs == [5, 1, 2, 9])
    #expect(try #require(comparison.verdicts[0].means) < 0.05)
  }

  @Test func `one measurement each leaves nothing to test by means`() {
    let comparison = ConfigurationComparison(Self.samples([[2], [1]]), budget: 1)
    #expect(comparison.verdicts[0].means == nil)
    #expect(comparison.candidates[0].low == 1 && comparison.candidates[0].high == 1)
    #expect(ConfigurationComparison([], budget: 1).verdicts.isEmpty)
  }
}
