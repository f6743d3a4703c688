import Randomness
import Testing

@testable import Search

/// Exploit by a t-test, explore by a bandit, and who replaces a failed clone.
@Suite struct PopulationMethodsTests {
  private struct WelchCase: Decodable {
    var first: [Double]
    var second: [Double]
    var statistic: Double
    var degrees: Double
    var less: Double
  }

  @Test func `Welch's test is scipy's`() throws {
    for golden in try golden("welch.json", as: [WelchCase].self) {
      let test = try #require(WelchTest(golden.first, golden.second))
      #expect(isClose(test.statistic, golden.statistic) && isClose(test.degrees, golden.degrees))
      #expect(isClose(test.probabilityOfLess, golden.less))
    }
    #expect(WelchTest([1], [2, 3]) == nil && WelchTest([1, 1], [2, 2]) == nil)
  }

  private struct BanditCase: Decodable {
    var points: [[Double]]
    var turns: [Int]
    var improvements: [Double]
    var pending: [[Double]]
    var turn: Int
    var candidates: [[Double]]
    var bounds: [Double]
  }

  @Test func `the bandit's bounds are those of the process in numpy`() throws {
    let golden = try golden("bandit.json", as: BanditCase.self)
    let steps = golden.points.indices.map { i in
      Experience.Step(point: golden.points[i], turn: golden.turns[i], improvement: golden.improvements[i])
    }
    let bandit = TimeVaryingBandit(steps, pending: golden.pending, turn: golden.turn)
    for (candidate, bound) in zip(golden.candidates, golden.bounds) {
      #expect(isClose(bandit.upperBound(at: candidate), bound, relative: 1e-9))
    }
  }

  private static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "decay", domain: .categorical([.text("none"), .text("cosine")])),
    Parameter(name: "width", domain: .integer(low: 1, high: 8, scale: .linear)),
  ])

  private static func configuration(_ learningRate: Double) -> Configuration {
    Configuration(["learning_rate": .number(learningRate), "decay": .text("none"), "width": .number(3)])
  }

  @Test func `the bandit proposes what made the cost fall, away from what others do`() throws {
    var experience = Experience(space: Self.space, mutable: ["learning_rate", "decay"])
    #expect(experience.names == ["learning_rate"])
    for turn in 1...4 {
      for place in 0..<8 {
        let rate = (Double(place) + 0.5) / 8
        let improvement = 1 - 4 * abs(rate - 0.7)
        experience.append(Self.configuration(rate), turn: turn, improvement: improvement, keeping: 100)
      }
    }
    var random = CounterGenerator(seed: 1, purpose: .explore)
    let chosen = try experience.proposal(
      from: Self.configuration(0.1), turn: 4, others: [], candidates: 200, using: &random)
    #expect(abs(chosen.number("learning_rate") - 0.7) < 0.2)
    #expect(chosen["decay"] == .text("none") && chosen["width"] == .number(3))
    // The same again, with others around there: not the same place.
    var again = CounterGenerator(seed: 1, purpose: .explore)
    let crowd = (0..<40).map { _ in chosen }
    let other = try experience.proposal(
      from: Self.configuration(0.1), turn: 4, others: crowd, candidates: 200, using: &again)
    #expect(other != chosen)
  }

  @Test func `a bandit needs a number to learn about`() {
    let options = PBTOptions(
      population: 2, generations: 2, interval: 1, explore: .bandit(BanditOptions()))
    #expect(
      message {
        _ = try PopulationBasedTraining(options, space: Self.space, seed: 1, mutable: ["decay"])
      } == """
        search space: expected a number that may change while a trial trains, for explore: bandit, found none. \
        Add one, such as learning_rate, or write explore: perturb.
        """)
  }

  /// Generations of two members whose costs are given.
  private func forks(_ options: PBTOptions, _ generations: [[Double?]]) throws -> [[Origin]] {
    var scheduler = try PopulationBasedTraining(
      options, space: Self.space, seed: 3, mutable: ["learning_rate"])
    return try generations.map { costs in
      var jobs: [Job] = []
      while let job = try scheduler.nextJob(proposing: { _ in Self.configuration(0.5) }) { jobs.append(job) }
      for (job, cost) in zip(jobs, costs) {
        try scheduler.observe(
          Outcome(
            job: job.id, trial: job.trial,
            result: cost.map { .reached(cost: $0) } ?? .failed(reason: "diverged")))
      }
      return jobs.map(\.origin)
    }
  }

  /// By hand: 4, 3.9 against 3, 2.8 is t = -8.9 with 1.5 degrees of freedom, p = 0.01 or so; 3, 5 against
  /// 3.5, 4 is nothing. After one generation there is nothing to test.
  @Test func `the t-test copies only what is significantly better`() throws {
    let options = PBTOptions(
      population: 2, generations: 4, interval: 1, exploit: .tTest(measurements: 2, level: 0.05))
    let clear = try forks(options, [[4, 3], [3.9, 2.8], [1, 1]])
    #expect(clear[1] == [.resume(from: 1), .resume(from: 1)])
    #expect(clear[2] == [.fork(of: TrialID(1), at: 2), .resume(from: 2)])
    let noisy = try forks(options, [[3.5, 3], [4, 5], [1, 1]])
    #expect(noisy[2] == [.resume(from: 2), .resume(from: 2)])
  }

  @Test func `a clone that fails goes back to its parent, if asked to`() throws {
    // 3 copies 2, the best by far, and fails when 0 and 1 have overtaken that one.
    let costs: [[Double?]] = [[5, 6, 1, 9], [0.1, 0.2, 3, nil], [1, 1, 1, 1]]
    var options = PBTOptions(
      population: 4, generations: 3, interval: 1, exploit: .truncation(fraction: 0.25))
    #expect(
      try forks(options, costs).map { $0[3] } == [
        .fresh, .fork(of: TrialID(2), at: 1), .fork(of: TrialID(0), at: 2),
      ])
    options.replacement = .parent
    #expect(
      try forks(options, costs).map { $0[3] } == [
        .fresh, .fork(of: TrialID(2), at: 1), .fork(of: TrialID(2), at: 2),
      ])
  }
}
