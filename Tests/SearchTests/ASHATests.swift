import Randomness
import Search
import Testing

@Suite struct ASHATests {
  /// Worked by hand from Algorithm 2 (Li et al., MLSys 2020), η = 3, rungs 1, 3 and 9, one worker. After
  /// trials 0, 1, 2 the best third is trial 1; trial 3 is then the best of four, so it is promoted although a
  /// third of four is one and trial 1 has gone before; after trial 5 the best third of six is 5 and 3; and as
  /// the third of the second rung 5 goes on to the last.
  @Test func `promotes as worked by hand`() throws {
    let costs = [
      1: [0.5, 0.3, 0.4, 0.2, 0.6, 0.1, 0.7], 3: [0, 0.25, 0, 0.15, 0, 0.05, 0], 9: [0, 0, 0, 0, 0, 0.01, 0],
    ]
    var study = VirtualStudy(
      try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 7, maximumBudget: 9, reduction: 3))), seed: 1
    ) { .reached(cost: costs[$0.target]?[$0.trial.rawValue] ?? .nan) }
    study.workers = 1
    try study.run()
    #expect(study.jobs.map(\.trial.rawValue) == [0, 1, 2, 1, 3, 3, 4, 5, 5, 5, 6])
    #expect(study.jobs.map(\.target) == [1, 1, 1, 3, 1, 3, 1, 1, 3, 9, 1])
    #expect(study.jobs[9].origin == .resume(from: 3))
  }

  @Test func `the higher rung goes first, and within a rung the better trial`() throws {
    var scheduler = try VirtualStudy.scheduler(
      .asha(ASHAOptions(trials: 100, maximumBudget: 4, reduction: 2)))
    func next() throws -> Job { try #require(try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) }) }
    func finish(_ job: Job, _ cost: Double) throws {
      try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: .reached(cost: cost)))
    }
    let first = try (0..<6).map { _ in try next() }
    for (job, cost) in zip(first, [3.0, 2, 1, 4, 5, 6]) { try finish(job, cost) }
    // Three of six may be promoted: 2, then 1, then 0.
    let promoted = [try next(), try next()]
    #expect(promoted.map(\.trial.rawValue) == [2, 1])
    #expect(promoted.map(\.target) == [2, 2])
    for (job, cost) in zip(promoted, [9.0, 8]) { try finish(job, cost) }
    // Trial 1 is now the best half of the second rung, and goes before trial 0 of the first.
    let last = [try next(), try next(), try next()]
    #expect(last.map(\.trial.rawValue) == [1, 0, 6])
    #expect(last.map(\.target) == [4, 2, 1])
    #expect(scheduler.progress.stage.description == "trial 7 of 100, rungs 6/2/0")
  }

  @Test func `a failed trial counts in its rung, and is never promoted`() throws {
    var study = VirtualStudy(
      try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 4, maximumBudget: 4, reduction: 2))), seed: 1
    ) { $0.trial == TrialID(3) ? .reached(cost: 1) : .failed(reason: "diverged") }
    study.workers = 1
    try study.run()
    // The best two of four would be trial 3 and a failed one. Alone in the second rung, trial 3 goes no
    // further.
    #expect(study.jobs.map(\.trial.rawValue) == [0, 1, 2, 3, 3])
  }

  @Test func `it is finished only when nothing at work could still be promoted`() throws {
    var scheduler = try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 2, maximumBudget: 2, reduction: 2)))
    let jobs = try (0..<2).compactMap { _ in try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) } }
    #expect(try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) } == nil)
    #expect(!scheduler.isFinished)
    try scheduler.observe(Outcome(job: jobs[0].id, trial: jobs[0].trial, result: .reached(cost: 1)))
    #expect(!scheduler.isFinished)
    try scheduler.observe(Outcome(job: jobs[1].id, trial: jobs[1].trial, result: .reached(cost: 2)))
    #expect(!scheduler.isFinished)
    let last = try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) }
    #expect(last?.trial == TrialID(0))
    #expect(scheduler.isFinished)
  }

  /// Algorithm 2 as it is written: every rung is sorted anew for every job.
  private struct Reference {
    let reduction: Int
    let budgets: [Int]
    /// Cost and trial by rung; failed trials have an infinite cost.
    var rungs: [[(cost: Double, trial: Int)]]
    var promoted: [Set<Int>]

    mutating func nextPromotion() -> (trial: Int, target: Int)? {
      for rung in (0..<budgets.count - 1).reversed() {
        let best = rungs[rung].sorted { ($0.cost, $0.trial) < ($1.cost, $1.trial) }
          .prefix(rungs[rung].count / reduction)
        guard let next = best.first(where: { $0.cost < .infinity && !promoted[rung].contains($0.trial) })
        else { continue }
        promoted[rung].insert(next.trial)
        return (next.trial, budgets[rung + 1])
      }
      return nil
    }
  }

  @Test(arguments: UInt64(0)..<9)
  func `jobs are those of the algorithm as it is written`(seed: UInt64) throws {
    for fate in Fate.allCases {
      let reduction = 2 + Int(seed % 3)
      var study = VirtualStudy(
        try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 60, maximumBudget: 64, reduction: reduction))),
        seed: seed, result: fate.result(seed))
      study.workers = 1 + Int(seed)
      try study.run()
      let budgets = try BudgetLadder(minimum: 1, maximum: 64, reduction: reduction).budgets
      var reference = Reference(
        reduction: reduction, budgets: budgets, rungs: budgets.map { _ in [] },
        promoted: budgets.map { _ in [] })
      let jobs = study.jobs
      for entry in study.log {
        switch entry {
        case .job(let job):
          let expected = reference.nextPromotion()
          #expect(
            expected.map { $0.trial == job.trial.rawValue && $0.target == job.target }
              ?? (job.origin == .fresh), "\(fate)")
        case .outcome(let outcome):
          let job = jobs[outcome.job.rawValue]
          let rung = try #require(budgets.firstIndex(of: job.target))
          let cost = if case .reached(let cost) = outcome.result { cost } else { Double.infinity }
          reference.rungs[rung].append((cost, job.trial.rawValue))
        }
      }
      #expect(reference.nextPromotion() == nil, "\(fate)")
    }
  }

  @Test func `four thousand trials on four hundred workers promote about one in four`() throws {
    var study = VirtualStudy(
      try VirtualStudy.scheduler(.asha(ASHAOptions(trials: 4_000, maximumBudget: 256))), seed: 5,
      result: Fate.distinct.result(5))
    study.workers = 400
    try study.run()
    let sizes = Dictionary(grouping: study.jobs, by: \.target).mapValues(\.count)
    #expect(sizes[1] == 4_000)
    // At least the best quarter; wrongly promoted ones besides, whose share falls as rungs grow.
    #expect(sizes[4].map { (1_000...1_150).contains($0) } == true)
    #expect(sizes[16].map { (250...330).contains($0) } == true)
  }
}
