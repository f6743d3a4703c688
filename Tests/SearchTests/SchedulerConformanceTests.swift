import Foundation
import Search
import Testing

/// What every scheduler keeps, whatever the trials do; `VirtualStudy` checks each job besides.
@Suite struct SchedulerConformanceTests {
  static let configurations: [SchedulerConfiguration] = [
    .full(FullRunOptions(trials: 20, budget: 5)),
    .full(FullRunOptions(trials: 1, budget: 1)),
    .successiveHalving(SuccessiveHalvingOptions(trials: 27, maximumBudget: 27)),
    .successiveHalving(
      SuccessiveHalvingOptions(trials: 10, minimumBudget: 3, maximumBudget: 20, reduction: 2, iterations: 3)),
    .successiveHalving(SuccessiveHalvingOptions(trials: 1, minimumBudget: 4, maximumBudget: 7)),
    .hyperband(HyperbandOptions(maximumBudget: 27, iterations: 2)),
    .hyperband(HyperbandOptions(maximumBudget: 9, iterations: 2, overlap: 2)),
    .hyperband(HyperbandOptions(minimumBudget: 2, maximumBudget: 33, reduction: 4)),
    .hyperband(HyperbandOptions(maximumBudget: 1)),
    .hyperband(HyperbandOptions(maximumBudget: 9, iterations: 2, decisions: .asynchronous)),
    .hyperband(HyperbandOptions(minimumBudget: 2, maximumBudget: 33, reduction: 4, decisions: .asynchronous)),
    .median(MedianStoppingOptions(trials: 25, maximumBudget: 10, interval: 3)),
    .median(
      MedianStoppingOptions(trials: 30, maximumBudget: 6, interval: 1, graceBudget: 2, minimumTrials: 1)),
    .extrapolation(ExtrapolationOptions(trials: 15, maximumBudget: 9, minimumMeasurements: 3)),
    .dehb(DEHBOptions(maximumBudget: 27, iterations: 2)),
    .dehb(DEHBOptions(minimumBudget: 3, maximumBudget: 50, reduction: 2, iterations: 2, crossover: 0.9)),
    .dehb(DEHBOptions(maximumBudget: 1, iterations: 3)),
    .asha(ASHAOptions(trials: 60, maximumBudget: 27, reduction: 3, variant: .stopping)),
    .asha(ASHAOptions(trials: 60, maximumBudget: 27, reduction: 3)),
    .asha(ASHAOptions(trials: 40, minimumBudget: 3, maximumBudget: 50, reduction: 2)),
    .asha(ASHAOptions(trials: 1, maximumBudget: 16)),
    .freezeThaw(FreezeThawOptions(runs: 8, maximumBudget: 27)),
    .freezeThaw(FreezeThawOptions(runs: 6, minimumBudget: 3, maximumBudget: 50, reduction: 2, paused: 2)),
    .freezeThaw(FreezeThawOptions(runs: 5, maximumBudget: 1)),
    .pbt(PBTOptions(population: 10, generations: 6, interval: 4)),
    .pbt(PBTOptions(population: 2, generations: 5, interval: 1, exploit: .tournament)),
    .pbt(
      PBTOptions(population: 9, generations: 6, interval: 3, burnIn: 7, exploit: .truncation(fraction: 0.5))),
    .pbt(
      PBTOptions(population: 8, generations: 8, interval: 2, exploit: .tTest(measurements: 4, level: 0.3))),
    .pbt(
      PBTOptions(
        population: 4, generations: 3, interval: 2, explore: .bandit(BanditOptions(candidates: 5)),
        replacement: .parent)),
    .pbt(PBTOptions(population: 9, generations: 6, interval: 3, decisions: .asynchronous)),
    .pbt(
      PBTOptions(
        population: 3, generations: 7, interval: 1, decisions: .asynchronous, exploit: .tournament,
        replacement: .parent)),
    .pbt(
      PBTOptions(
        population: 4, generations: 3, interval: 2, decisions: .asynchronous,
        exploit: .tTest(measurements: 2, level: 0.4), explore: .bandit(BanditOptions(candidates: 5)))),
    .bohb(BOHBOptions(maximumBudget: 9, iterations: 2)),
    .bohb(BOHBOptions(maximumBudget: 9, iterations: 2, decisions: .asynchronous, randomShare: 0.5)),
    .priorband(PriorBandOptions(maximumBudget: 9, iterations: 3, overlap: 2)),
    .priorband(PriorBandOptions(maximumBudget: 9, iterations: 3, decisions: .asynchronous)),
    .replay(ReplayOptions(schedule: replayed, trials: 5)),
  ]
  private static let replayed = [(2, 0.1), (3, 0.05), (7, 0.2)].map { until, rate in
    ReplayOptions.Stretch(
      until: until,
      configuration: Configuration([
        "learning_rate": .number(rate), "width": .number(16), "optimizer": .text("lamb"),
      ]))
  }
  static let seeds: Range<UInt64> = 0..<2

  /// A population in which a whole generation fails ends the study by an error, which has a test of its own.
  /// With an odd seed the sampler has an opinion on what is paused.
  private func study(_ configuration: SchedulerConfiguration, _ fate: Fate, _ seed: UInt64) throws
    -> VirtualStudy
  {
    let result = fate.result(seed)
    let isPopulation = configuration.kind == .pbt
    var study = VirtualStudy(try VirtualStudy.scheduler(configuration, seed: seed), seed: seed) { job in
      isPopulation && job.trial == TrialID(1) ? .reached(cost: 0.5) : result(job)
    }
    if seed % 2 == 1 { study.choices = VirtualStudy.randomChoices }
    study.changesOnResume = configuration.kind == .replay ? VirtualStudy.mutable : []
    return study
  }

  @Test(arguments: configurations, Fate.allCases)
  func `every job keeps the contract, and the study ends`(
    _ configuration: SchedulerConfiguration, _ fate: Fate
  ) throws {
    for seed in Self.seeds {
      var study = try study(configuration, fate, seed)
      try study.run()
      let progress = study.scheduler.progress
      #expect(progress.stage == .finished, "seed \(seed)")
      #expect(progress.issuedJobs == study.jobs.count, "seed \(seed)")
      #expect(progress.observedJobs == study.jobs.count, "seed \(seed)")
      #expect(progress.observedBudget == study.jobs.reduce(0) { $0 + $1.work }, "seed \(seed)")
    }
  }

  @Test(arguments: configurations)
  func `the plan is what a study without failures does`(_ configuration: SchedulerConfiguration) throws {
    guard configuration.planning == .exact else { return }
    for seed in Self.seeds {
      var study = try study(configuration, .distinct, seed)
      let plan = study.scheduler.plan
      try study.run()
      #expect(study.jobs.count == plan.jobs, "seed \(seed)")
      #expect(study.jobs.reduce(0) { $0 + $1.work } == plan.budget, "seed \(seed)")
      #expect(study.jobs.map(\.target).max() == plan.longestTrial, "seed \(seed)")
      #expect(Set(study.jobs.map(\.trial)).count == plan.trials, "seed \(seed)")
    }
  }

  @Test(arguments: configurations, [Fate.ties, .someFail])
  func `a failed study is not larger than its plan`(_ configuration: SchedulerConfiguration, _ fate: Fate)
    throws
  {
    guard ![.typical, .budget].contains(configuration.planning) else { return }
    for seed in Self.seeds {
      var study = try study(configuration, fate, seed)
      try study.run()
      #expect(study.jobs.reduce(0) { $0 + $1.work } <= study.scheduler.plan.budget, "seed \(seed)")
    }
  }

  @Test(arguments: configurations)
  func `when every trial fails, the study ends without a promotion`(_ configuration: SchedulerConfiguration)
    throws
  {
    guard configuration.kind != .pbt else { return }
    var study = VirtualStudy(try VirtualStudy.scheduler(configuration), seed: 1) { _ in
      .failed(reason: "out of memory")
    }
    try study.run()
    if configuration.planning != .budget { #expect(study.jobs.count == study.scheduler.plan.trials) }
    #expect(study.jobs.allSatisfy { $0.origin == .fresh })
  }

  /// Every second trial breaks a limit, and seems better otherwise.
  @Test(arguments: configurations)
  func `what breaks a limit comes after what keeps it`(_ configuration: SchedulerConfiguration) throws {
    // Curves are extrapolated by their costs alone; the others do not compare.
    guard ![.full, .replay, .extrapolation].contains(configuration.kind) else { return }
    var study = try study(configuration, .distinct, 0)
    let result = study.result
    let isTempting = { (job: Job) in job.trial.rawValue % 2 == 0 }
    study.violation = { isTempting($0) ? 0.5 : 0 }
    study.result = { job in
      guard case .reached(let cost) = result(job) else { return result(job) }
      return .reached(cost: isTempting(job) ? cost - 1 : cost)
    }
    try study.run()
    let parents = study.jobs.compactMap { if case .fork(let parent, _) = $0.origin { parent } else { nil } }
    let tempting = study.jobs.filter(isTempting).reduce(0) { $0 + $1.work }
    let others = study.jobs.filter { !isTempting($0) }.reduce(0) { $0 + $1.work }
    if configuration.kind == .pbt {
      // Rivals are drawn at random, so that a small population may copy nobody.
      #expect(!parents.isEmpty || configuration.planning == .most)
      #expect(parents.count { $0.rawValue % 2 == 0 } * 4 <= parents.count)
    } else if Set(study.jobs.map(\.target)).count > 1, study.scheduler.plan.trials > 1 {
      #expect(others > tempting)
    }
  }

  @Test(arguments: configurations, [Fate.ties, .someFail])
  func `storing and loading in the middle changes nothing`(
    _ configuration: SchedulerConfiguration, _ fate: Fate
  ) throws {
    for seed in Self.seeds {
      var calls = seed
      var plain = try study(configuration, fate, seed)
      try plain.run()
      var stored = try study(configuration, fate, seed)
      stored.beforeEachCall = { scheduler in
        calls += 1
        // Seldom, for the sake of time, and for each seed between other calls.
        if calls % 17 == 0 { scheduler = try reloaded(scheduler) }
      }
      try stored.run()
      #expect(stored.log == plain.log, "seed \(seed)")
    }
  }

  @Test(arguments: configurations, Fate.allCases)
  func `the same outcomes give the same jobs`(_ configuration: SchedulerConfiguration, _ fate: Fate) throws {
    for seed in Self.seeds {
      var first = try study(configuration, fate, seed)
      try first.run()
      var second = try study(configuration, fate, seed)
      try second.replay(first.log)
      #expect(second.log == first.log, "seed \(seed)")
      #expect(second.scheduler.isFinished, "seed \(seed)")
    }
  }

  @Test(arguments: configurations, [Fate.distinct, .ties, .someFail])
  func `a finished study can be extended`(_ configuration: SchedulerConfiguration, _ fate: Fate) throws {
    for seed in Self.seeds {
      var short = try study(configuration, fate, seed)
      try short.run()
      var extended = try study(configuration.extended, fate, seed)
      try extended.replay(short.log)
      #expect(!extended.scheduler.isFinished, "seed \(seed)")
      try extended.run()
      #expect(extended.jobs.count > short.jobs.count, "seed \(seed)")
      // Elsewhere new trials would have begun before the last promotions of the short study.
      guard configuration.kind == .pbt, short.scheduler.isSynchronous else { continue }
      var uninterrupted = try study(configuration.extended, fate, seed)
      try uninterrupted.run()
      #expect(extended.log == uninterrupted.log, "seed \(seed)")
    }
  }

  @Test(arguments: configurations)
  func `an outcome is taken once, and only for a job that was issued`(_ configuration: SchedulerConfiguration)
    throws
  {
    var scheduler = try VirtualStudy.scheduler(configuration)
    let job = try #require(try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) })
    let stranger = Outcome(job: JobID(7), trial: TrialID(0), result: .reached(cost: 1))
    #expect(
      message { try scheduler.observe(stranger) } == """
        an outcome of job 7: expected an unfinished job of trial 0, found a job that was never issued. \
        Report each job once.
        """)
    let mistaken = Outcome(job: job.id, trial: TrialID(3), result: .reached(cost: 1))
    #expect(
      message { try scheduler.observe(mistaken) } == """
        an outcome of job 0: expected an unfinished job of trial 3, found a job of trial 0. Report each job once.
        """)
    let infinite = Outcome(job: job.id, trial: job.trial, result: .reached(cost: .infinity))
    #expect(
      message { try scheduler.observe(infinite) } == """
        job 0 of trial 0: expected a finite cost, found inf. Report the trial as failed.
        """)
    let outcome = Outcome(job: job.id, trial: job.trial, result: .reached(cost: 1))
    try scheduler.observe(outcome)
    #expect(
      message { try scheduler.observe(outcome) } == """
        an outcome of job 0: expected an unfinished job of trial 0, found a job that was observed before. \
        Report each job once.
        """)
  }

  @Test(arguments: configurations)
  func `a sampler's error passes through, and can be followed by another try`(
    _ configuration: SchedulerConfiguration
  ) throws {
    // These need not ask the sampler for their first trial.
    guard ![.replay, .priorband].contains(configuration.kind) else { return }
    var scheduler = try VirtualStudy.scheduler(configuration)
    let refusal = SearchError(subject: "sampler", expected: "a", found: "b", remedy: "c")
    #expect(throws: refusal) { try scheduler.nextJob { _ throws(SearchError) in throw refusal } }
    let job = try scheduler.nextJob { VirtualStudy.randomProposals($0, 1) }
    #expect(job?.id == JobID(0) && job?.trial == TrialID(0))
  }
}

/// The scheduler after a way through JSON.
private func reloaded<Value: Scheduler>(_ scheduler: Value) throws -> Value {
  try JSONDecoder().decode(Value.self, from: JSONEncoder().encode(scheduler))
}

/// The text of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}
