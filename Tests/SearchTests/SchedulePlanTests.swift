import Search
import Testing

/// A plan is what the scheduler does when every trial succeeds.
@Suite struct SchedulePlanTests {
  private static func plan(_ options: ASHAOptions) throws -> SchedulePlan {
    try VirtualStudy.scheduler(.asha(options)).plan
  }

  @Test func `ASHA with too few trials says that nothing leaves the lower rungs`() throws {
    let three = try Self.plan(ASHAOptions(trials: 3, maximumBudget: 27, reduction: 4))
    #expect((three.trials, three.jobs, three.budget) == (3, 3, 3))
    #expect((three.longestTrial, three.fullBudget) == (1, 27))
    #expect(
      three.warning == """
        no trial can reach maximum_budget 27: one in 4 goes on at each of 2 comparisons, which takes 16 trials, \
        and there are 3. Start more trials, or raise minimum_budget.
        """)
    let one = try Self.plan(ASHAOptions(trials: 1, maximumBudget: 16))
    #expect(one.longestTrial == 1 && one.warning?.hasPrefix("no trial can reach maximum_budget 16") == true)
    let ten = try Self.plan(ASHAOptions(trials: 10, maximumBudget: 27, reduction: 4))
    #expect(ten.longestTrial == 6)
    #expect(ten.warning?.hasPrefix("a trial reaches maximum_budget 27 by luck alone") == true)
    let sixteen = try Self.plan(ASHAOptions(trials: 16, maximumBudget: 27, reduction: 4))
    #expect(sixteen.longestTrial == 27 && sixteen.warning == nil)
    let single = try Self.plan(ASHAOptions(trials: 1, minimumBudget: 4, maximumBudget: 7, reduction: 4))
    #expect(single.longestTrial == 7 && single.warning == nil)
  }

  @Test(arguments: [
    ASHAOptions(trials: 3, maximumBudget: 27, reduction: 4), ASHAOptions(trials: 10, maximumBudget: 27),
    ASHAOptions(trials: 50, maximumBudget: 81, reduction: 3),
    ASHAOptions(trials: 17, maximumBudget: 16, reduction: 2),
  ])
  func `ASHA keeps its plan when the best come first`(_ options: ASHAOptions) throws {
    var study = VirtualStudy(try VirtualStudy.scheduler(.asha(options)), seed: 1) { job in
      .reached(cost: Double(job.trial.rawValue))
    }
    study.workers = 1
    let plan = study.scheduler.plan
    try study.run()
    #expect(study.jobs.count == plan.jobs)
    #expect(study.jobs.reduce(0) { $0 + $1.work } == plan.budget)
    #expect(study.jobs.map(\.target).max() == plan.longestTrial)
  }

  @Test func `without promotion ASHA cannot reach what its warning says cannot be reached`() throws {
    // The most that can be promoted: every trial is better than all before it.
    for (trials, reaches) in [(6, false), (7, true)] {
      let options = ASHAOptions(trials: trials, maximumBudget: 27, reduction: 4)
      var study = VirtualStudy(try VirtualStudy.scheduler(.asha(options)), seed: 1) { job in
        .reached(cost: -Double(job.trial.rawValue))
      }
      study.workers = 1
      let warning = try #require(study.scheduler.plan.warning)
      try study.run()
      #expect(study.jobs.contains { $0.target == 27 } == reaches)
      #expect(warning.hasPrefix("no trial can") == !reaches)
    }
  }

  @Test(arguments: [
    ASHAOptions(trials: 3, maximumBudget: 27, reduction: 4, variant: .stopping),
    ASHAOptions(trials: 200, maximumBudget: 27, reduction: 3, variant: .stopping),
  ])
  func `stopping at rungs has the plan that random costs lead to`(_ options: ASHAOptions) throws {
    let plan = try Self.plan(options)
    #expect(plan.longestTrial == 27 && plan.warning == nil)
    var budget = 0
    for seed in UInt64(0)..<20 {
      var study = VirtualStudy(
        try VirtualStudy.scheduler(.asha(options)), seed: seed, result: Fate.distinct.result(seed))
      study.workers = 1
      try study.run()
      #expect(study.jobs.map(\.target).max() == 27)
      budget += study.jobs.reduce(0) { $0 + $1.work }
    }
    #expect(abs(Double(budget) / 20 - Double(plan.budget)) < 0.25 * Double(plan.budget))
  }

  @Test func `freeze-thaw says when promotions by rank do not reach the top`() throws {
    func study(_ runs: Int) throws -> VirtualStudy {
      var study = VirtualStudy(
        try VirtualStudy.scheduler(.freezeThaw(FreezeThawOptions(runs: runs, maximumBudget: 27))), seed: 1
      ) { job in .reached(cost: Double(job.trial.rawValue)) }
      study.workers = 1
      return study
    }
    for runs in 1...6 {
      var study = try study(runs)
      let plan = study.scheduler.plan
      try study.run()
      #expect(study.jobs.contains { $0.target == 27 } == (plan.warning == nil), "\(runs) runs")
      #expect(plan.longestTrial == 27)
    }
  }

  @Test func `replicates keep the warning`() throws {
    let plan = try SchedulerConfiguration.asha(ASHAOptions(trials: 3, maximumBudget: 27)).makeScheduler(
      space: VirtualStudy.space, seed: 1, mutable: [], replicates: Replicates(3)
    ).plan
    #expect(plan.trials == 9 && plan.longestTrial == 1 && plan.fullBudget == 27 && plan.warning != nil)
  }
}
