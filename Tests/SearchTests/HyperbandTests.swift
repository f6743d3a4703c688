import Search
import Testing

@Suite struct HyperbandTests {
  /// Li et al., JMLR 18:185 (2018), Algorithm 1 and Table 1, with R = 81 and η = 3.
  @Test(arguments: [(s: 4, n: 81, r: 1), (3, 34, 3), (2, 15, 9), (1, 8, 27), (0, 5, 81)])
  func `brackets match the paper`(s: Int, n: Int, r: Int) throws {
    let brackets = try HyperbandOptions(maximumBudget: 81, reduction: 3).brackets()
    #expect(brackets.count == 5)
    let bracket = try #require(brackets.first { $0.s == s })
    #expect(bracket.trials == n)
    #expect(bracket.firstBudget == r)
  }

  /// Table 1 row by row: n_i trials at r_i.
  @Test(arguments: [
    (s: 4, rungs: [81: 1, 27: 3, 9: 9, 3: 27, 1: 81]), (3, [34: 3, 11: 9, 3: 27, 1: 81]),
    (2, [15: 9, 5: 27, 1: 81]), (1, [8: 27, 2: 81]), (0, [5: 81]),
  ])
  func `rungs match the paper`(s: Int, rungs: [Int: Int]) throws {
    let brackets = try HyperbandOptions(maximumBudget: 81, reduction: 3).brackets()
    let bracket = try #require(brackets.first { $0.s == s })
    #expect(Dictionary(uniqueKeysWithValues: zip(bracket.rungSizes, bracket.budgets)) == rungs)
  }

  /// ⌈6 · 3ˢ / (s + 1)⌉ by hand; ln 243 / ln 3 is below 5 in `Double`.
  @Test(arguments: [(s: 5, n: 243, r: 1), (4, 98, 3), (3, 41, 9), (2, 18, 27), (1, 9, 81), (0, 6, 243)])
  func `no bracket is lost to rounding`(s: Int, n: Int, r: Int) throws {
    let brackets = try HyperbandOptions(maximumBudget: 243, reduction: 3).brackets()
    #expect(brackets.count == 6)
    let bracket = try #require(brackets.first { $0.s == s })
    #expect(bracket.trials == n)
    #expect(bracket.firstBudget == r)
  }

  /// ⌈5 · 4ˢ / (s + 1)⌉ by hand.
  @Test(arguments: [(s: 4, n: 256, r: 1), (3, 80, 4), (2, 27, 16), (1, 10, 64), (0, 5, 256)])
  func `another reduction gives its own brackets`(s: Int, n: Int, r: Int) throws {
    let bracket = try #require(
      try HyperbandOptions(maximumBudget: 256, reduction: 4).brackets().first { $0.s == s })
    #expect(bracket.trials == n)
    #expect(bracket.firstBudget == r)
  }

  @Test(arguments: [
    (minimum: 2, maximum: 162, reduction: 3, budgets: [2, 6, 18, 54, 162]),
    (3, 162, 3, [6, 18, 54, 162]), (1, 100, 3, [1, 3, 11, 33, 100]), (1, 10, 4, [2, 10]),
    (7, 7, 2, [7]), (4, 7, 2, [7]), (1, 1, 3, [1]), (1, 2, 3, [2]),
    (
      1, 1_000_000_000, 10,
      [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000]
    ),
  ])
  func `the ladder ends at the maximum and starts at the minimum or above`(
    minimum: Int, maximum: Int, reduction: Int, budgets: [Int]
  ) throws {
    #expect(try BudgetLadder(minimum: minimum, maximum: maximum, reduction: reduction).budgets == budgets)
  }

  @Test func `every ladder rises by the reduction or more, and could not start lower`() throws {
    for reduction in 2...5 {
      for maximum in 1...200 {
        for minimum in [1, 2, 5, maximum] where minimum <= maximum {
          let budgets = try BudgetLadder(minimum: minimum, maximum: maximum, reduction: reduction).budgets
          let comment: Comment = "from \(minimum) to \(maximum) by \(reduction)"
          #expect(budgets.last == maximum && budgets[0] >= minimum, comment)
          #expect(zip(budgets, budgets.dropFirst()).allSatisfy { $1 >= $0 * reduction }, comment)
          #expect(budgets[0] / reduction < minimum, comment)
        }
      }
    }
  }

  @Test func `brackets run from the boldest to the most careful, iteration after iteration`() throws {
    var study = VirtualStudy(
      try VirtualStudy.scheduler(.hyperband(HyperbandOptions(maximumBudget: 9, iterations: 2))), seed: 3,
      result: Fate.distinct.result(3))
    try study.run()
    let fresh = study.jobs.filter { $0.origin == .fresh }.map(\.target)
    // R = 9, η = 3: 9 trials at 1, ⌈3 · 3 / 2⌉ = 5 at 3, 3 at 9.
    let iteration =
      Array(repeating: 1, count: 9) + Array(repeating: 3, count: 5) + Array(repeating: 9, count: 3)
    #expect(fresh == iteration + iteration)
  }

  @Test func `the next bracket starts when the first rung of the one before is complete`() throws {
    var scheduler = try VirtualStudy.scheduler(.hyperband(HyperbandOptions(maximumBudget: 9)))
    func issueAll() throws -> [Job] {
      var jobs: [Job] = []
      while let job = try scheduler.nextJob(proposing: { VirtualStudy.randomProposals($0, 1) }) {
        jobs.append(job)
      }
      return jobs
    }
    let first = try issueAll()
    #expect(first.map(\.target) == Array(repeating: 1, count: 9))
    #expect(scheduler.progress.stage.description == "bracket 1 of 3, rung 1 of 3")
    for job in first.dropLast() {
      try scheduler.observe(
        Outcome(job: job.id, trial: job.trial, result: .reached(cost: Double(job.trial.rawValue))))
      #expect(try issueAll().isEmpty)
    }
    try scheduler.observe(Outcome(job: JobID(8), trial: TrialID(8), result: .reached(cost: 8)))
    // Promotions of the older bracket first, then the new bracket's trials.
    let second = try issueAll()
    #expect(second.map(\.trial.rawValue) == [0, 1, 2, 9, 10, 11, 12, 13])
    #expect(second.map(\.target) == [3, 3, 3, 3, 3, 3, 3, 3])
    #expect(second[0].origin == .resume(from: 1))
    #expect(scheduler.progress.stage.description == "bracket 1 of 3, rung 2 of 3")
  }

  @Test func `an overlap lets as many brackets start at once`() throws {
    let options = HyperbandOptions(maximumBudget: 9, iterations: 2, overlap: 3)
    var scheduler = try VirtualStudy.scheduler(.hyperband(options))
    func issueAll() throws -> [Job] {
      var jobs: [Job] = []
      while let job = try scheduler.nextJob(proposing: { VirtualStudy.randomProposals($0, 1) }) {
        jobs.append(job)
      }
      return jobs
    }
    #expect(scheduler.plan.concurrency == 9 + 5 + 3)
    let first = try issueAll()
    #expect(first.map(\.target) == [Int](repeating: 1, count: 9) + [Int](repeating: 3, count: 5) + [9, 9, 9])
    for job in first[9..<14] {
      try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: .reached(cost: 1)))
    }
    // The second bracket's first rung is complete: its one promotion, and the next iteration's boldest
    // bracket.
    #expect(try issueAll().map(\.target) == [9] + [Int](repeating: 1, count: 9))
  }
}
