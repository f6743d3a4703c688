import Search
import Testing

@Suite struct AsynchronousHyperbandTests {
  /// R = 9, η = 3: 9 trials at 1, ⌈3 · 3 / 2⌉ = 5 at 3, 3 at 9, over and over.
  @Test func `new trials loop through Hyperband's brackets`() throws {
    var study = VirtualStudy(
      try VirtualStudy.scheduler(
        .hyperband(HyperbandOptions(maximumBudget: 9, iterations: 2, decisions: .asynchronous))),
      seed: 3, result: Fate.distinct.result(3))
    try study.run()
    let fresh = study.jobs.filter { $0.origin == .fresh }.map(\.target)
    let iteration =
      [Int](repeating: 1, count: 9) + [Int](repeating: 3, count: 5) + [Int](repeating: 9, count: 3)
    #expect(fresh == iteration + iteration)
  }

  /// With one bracket there is no difference.
  @Test func `a single bracket is ASHA's`() throws {
    let asha = SchedulerConfiguration.asha(ASHAOptions(trials: 12, minimumBudget: 8, maximumBudget: 8))
    let hyperband = SchedulerConfiguration.hyperband(
      HyperbandOptions(minimumBudget: 8, maximumBudget: 8, iterations: 12, decisions: .asynchronous))
    let jobs = try [asha, hyperband].map { configuration in
      var study = VirtualStudy(
        try VirtualStudy.scheduler(configuration), seed: 3, result: Fate.ties.result(3))
      try study.run()
      return study.jobs
    }
    #expect(jobs[0] == jobs[1])
  }

  @Test func `trials are compared within their bracket, and the highest budget goes first`() throws {
    var scheduler = try VirtualStudy.scheduler(
      .hyperband(HyperbandOptions(maximumBudget: 4, reduction: 2, decisions: .asynchronous)))
    func next() throws -> Job { try #require(try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) }) }
    func finish(_ job: Job, _ cost: Double) throws {
      try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: .reached(cost: cost)))
    }
    // Brackets of 4 trials at 1, ⌈3 · 2 / 2⌉ = 3 at 2, 3 at 4.
    let first = try (0..<10).map { _ in try next() }
    #expect(first.map(\.target) == [1, 1, 1, 1, 2, 2, 2, 4, 4, 4])
    for (job, cost) in zip(first, [1.0, 2, 3, 4, 7, 8, 9]) { try finish(job, cost) }
    // 4 is the best half of the second bracket although 0 to 3 are better; it goes to 4, before 0 and 1 to 2.
    let promoted = [try next(), try next(), try next()]
    #expect(promoted.map(\.trial.rawValue) == [4, 0, 1])
    #expect(promoted.map(\.target) == [4, 2, 2])
    #expect(scheduler.progress.stage.description == "trial 10 of 10, rungs 4/3/0")
  }
}
