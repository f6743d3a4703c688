import Randomness
import Search
import Testing

@Suite struct FreezeThawTests {
  private static let options = FreezeThawOptions(runs: 4, maximumBudget: 9)

  private static func scheduler(_ options: FreezeThawOptions = options) throws -> any Scheduler {
    try VirtualStudy.scheduler(.freezeThaw(options))
  }

  /// The next job, and what could have gone on.
  private static func next(
    of scheduler: inout any Scheduler, choosing answer: (TrialID, [PausedTrial]) -> NextTrial?
  ) throws -> (job: Job?, paused: [PausedTrial]) {
    var seen: [PausedTrial] = []
    let job = try scheduler.nextJob { trial in
      VirtualStudy.randomProposals(trial, 1)
    } choosing: { trial, paused in
      seen = paused
      return answer(trial, paused)
    }
    return (job, seen)
  }

  private static func settle(_ job: Job?, cost: Double?, in scheduler: inout any Scheduler) throws {
    let job = try #require(job)
    try scheduler.observe(
      Outcome(
        job: job.id, trial: job.trial,
        result: cost.map { .reached(cost: $0) } ?? .failed(reason: "loss is not finite")))
  }

  @Test func `the sampler says who goes on, and by how much each goes on is given`() throws {
    var scheduler = try Self.scheduler()
    let begun = VirtualStudy.randomProposals(TrialID(7), 3)
    for cost in [3.0, 1, 2] {
      let (job, _) = try Self.next(of: &scheduler) { _, _ in .begin(begun) }
      #expect(job?.target == 1)
      try Self.settle(job, cost: cost, in: &scheduler)
    }
    // The worst is thawed, because the sampler says so.
    let (thawed, paused) = try Self.next(of: &scheduler) { trial, _ in
      #expect(trial == TrialID(3))
      return .goOn(TrialID(0))
    }
    #expect(paused.map(\.trial) == [1, 2, 0].map { TrialID($0) })
    #expect(paused.map(\.remaining) == [8, 8, 8])
    #expect(thawed?.trial == TrialID(0) && thawed?.target == 3 && thawed?.origin == .resume(from: 1))
    // At work it is not paused.
    let (_, others) = try Self.next(of: &scheduler) { _, _ in .begin(begun) }
    #expect(others.map(\.trial) == [1, 2].map { TrialID($0) })
    try Self.settle(thawed, cost: 0.5, in: &scheduler)
    let (last, all) = try Self.next(of: &scheduler) { _, _ in .goOn(TrialID(0)) }
    #expect(all.map(\.trial) == [1, 2, 0].map { TrialID($0) } && all.map(\.remaining) == [8, 8, 6])
    #expect(last?.target == 9 && last?.origin == .resume(from: 3))
  }

  @Test func `without an opinion one in η goes on from each rung, the best first`() throws {
    var scheduler = try Self.scheduler(FreezeThawOptions(runs: 50, maximumBudget: 9))
    var costs = [5.0, 4, 1, 3, 6, 2].makeIterator()
    var log: [String] = []
    for _ in 0..<8 {
      let (job, _) = try Self.next(of: &scheduler) { _, _ in nil }
      log.append("\(job?.trial.rawValue ?? -1) to \(job?.target ?? 0)")
      try Self.settle(job, cost: job?.target == 1 ? costs.next() : 0.5, in: &scheduler)
    }
    // One may leave for every three observed: after trial 2 the best of three, after trial 5 of the rest.
    #expect(log == ["0 to 1", "1 to 1", "2 to 1", "2 to 3", "3 to 1", "4 to 1", "5 to 1", "5 to 3"])
  }

  @Test func `a rung keeps its best trials and gives the others up`() throws {
    var scheduler = try Self.scheduler(FreezeThawOptions(runs: 9, maximumBudget: 9, paused: 2))
    let configuration = VirtualStudy.randomProposals(TrialID(0), 1)
    var abandoned: [TrialID] = []
    for cost in [3.0, 1, nil, 2, 4] {
      let (job, _) = try Self.next(of: &scheduler) { _, _ in .begin(configuration) }
      try Self.settle(job, cost: cost, in: &scheduler)
      abandoned += scheduler.takeAbandoned()
    }
    // The third failed; then the first and the last were the worst of three.
    #expect(abandoned == [2, 0, 4].map { TrialID($0) })
    let (_, paused) = try Self.next(of: &scheduler) { _, _ in nil }
    #expect(paused.map(\.trial) == [1, 3].map { TrialID($0) })
  }

  @Test func `the whole budget is handed out, and at most a stretch more`() throws {
    for runs in [1, 3, 20] {
      let options = FreezeThawOptions(runs: runs, maximumBudget: 27)
      var study = VirtualStudy(
        try Self.scheduler(options), seed: 1, result: Fate.distinct.result(1))
      try study.run()
      let work = study.jobs.reduce(0) { $0 + $1.work }
      #expect(runs * 27 <= work && work < runs * 27 + 18)
    }
  }

  @Test func `a choice of a trial that is not paused is none`() throws {
    var scheduler = try Self.scheduler()
    let (job, _) = try Self.next(of: &scheduler) { _, _ in nil }
    try Self.settle(job, cost: 1, in: &scheduler)
    let (next, _) = try Self.next(of: &scheduler) { _, _ in .goOn(TrialID(4)) }
    #expect(next?.trial == TrialID(1) && next?.origin == .fresh)
  }

  @Test func `what the sampler chose takes no one's turn when it has no opinion any more`() throws {
    var scheduler = try Self.scheduler(FreezeThawOptions(runs: 50, maximumBudget: 9))
    let configuration = VirtualStudy.randomProposals(TrialID(0), 1)
    for cost in 0..<6 {
      let (job, _) = try Self.next(of: &scheduler) { _, _ in .begin(configuration) }
      try Self.settle(job, cost: Double(cost), in: &scheduler)
    }
    for trial in [5, 4, 3] {
      let (job, _) = try Self.next(of: &scheduler) { _, _ in .goOn(TrialID(trial)) }
      #expect(job?.target == 3)
    }
    // Two of six.
    let trials = try (0..<3).map { _ in try Self.next(of: &scheduler) { _, _ in nil }.job?.trial }
    #expect(trials == [0, 1, 6].map { TrialID($0) })
  }

  @Test func `progress counts the full runs too`() throws {
    var scheduler = try Self.scheduler(FreezeThawOptions(runs: 1, maximumBudget: 9))
    for budget in [1, 3, 9] {
      let (job, _) = try Self.next(of: &scheduler) { _, paused in paused.first.map { .goOn($0.trial) } }
      #expect(job?.target == budget)
      if budget == 9 {
        #expect(scheduler.progress.stage == .rungs(observed: [1, 1, 0], begun: 1, total: 3))
      }
      try Self.settle(job, cost: 1, in: &scheduler)
    }
    #expect(scheduler.progress.stage == .finished)
  }

  @Test func `where jobs train anew each counts in full`() throws {
    let options = FreezeThawOptions(runs: 5, maximumBudget: 9)
    var scheduler = try SchedulerConfiguration.freezeThaw(options).makeScheduler(
      space: VirtualStudy.space, seed: 1, mutable: [], trainsAnew: true)
    var spent = 0
    while true {
      let (job, paused) = try Self.next(of: &scheduler) { _, paused in paused.last.map { .goOn($0.trial) } }
      guard let job else { break }
      #expect(paused.allSatisfy { $0.remaining == 9 })
      spent += job.target
      try Self.settle(job, cost: 1, in: &scheduler)
    }
    #expect(scheduler.plan.budgetAnew == 45 && 45 <= spent && spent < 45 + 9)
  }
}

/// How the Gaussian process chooses among paused trials and new ones.
@Suite struct PausedTrialChoiceTests {
  private static let space = SearchSpace([
    Parameter(name: "x", domain: .float(low: 0, high: 1, scale: .linear))
  ])

  private static func configuration(_ x: Double) -> Configuration { Configuration(["x": .number(x)]) }

  /// Curves that fall like 1 / budget towards (x - 0.3)².
  private static func cost(_ x: Double, _ budget: Int) -> Double {
    (x - 0.3) * (x - 0.3) + 0.2 / Double(budget)
  }

  /// Trials at these places, each measured at the budgets up to its own.
  private static func evidence(_ trials: [(x: Double, budget: Int)]) -> Evidence {
    var evidence = Evidence()
    evidence.fullBudget = 9
    for (number, trial) in trials.enumerated() {
      for budget in [1, 3, 9] where budget <= trial.budget {
        evidence.append(
          Evidence.Completed(
            trial: TrialID(number), configuration: configuration(trial.x), budget: budget,
            cost: cost(trial.x, budget)))
      }
    }
    return evidence
  }

  private static func choice(
    _ trials: [(x: Double, budget: Int)], by sampler: any Sampler
  ) throws -> NextTrial? {
    var sampler = sampler
    let paused = trials.enumerated().filter { $0.element.budget < 9 }.map { number, trial in
      PausedTrial(
        trial: TrialID(number), configuration: configuration(trial.x), remaining: 9 - trial.budget)
    }
    var random = CounterGenerator(seed: 1, purpose: .proposal, index: trials.count)
    return try sampler.choose(
      TrialID(trials.count), among: paused, in: space, given: evidence(trials), using: &random)
  }

  private static let spread = stride(from: 0.0, through: 1.0, by: 0.0625).map { (x: $0, budget: 1) }

  @Test func `of many begun trials one near the optimum goes on`() throws {
    for sampler: any Sampler in [GaussianProcessSampler(), AutoSampler()] {
      let choice = try Self.choice(Self.spread, by: sampler)
      guard case .goOn(let trial) = choice else {
        Issue.record("a paused trial should go on, found \(String(describing: choice))")
        continue
      }
      #expect(abs(Self.spread[trial.rawValue].x - 0.3) < 0.13)
    }
  }

  @Test func `where what is paused is known to be bad, a trial begins`() throws {
    // The good half was trained to the end; what is left can't be better.
    let trials = Self.spread.map { (x: $0.x, budget: $0.x < 0.7 ? 9 : 3) }
    let choice = try Self.choice(trials, by: GaussianProcessSampler())
    guard case .begin(let configuration) = choice, case .number(let x) = configuration["x"] else {
      Issue.record("a trial should begin, found \(String(describing: choice))")
      return
    }
    #expect(abs(x - 0.3) < 0.13)
  }

  @Test func `samplers without a model of budgets have no opinion`() throws {
    for sampler: any Sampler in [RandomSampler(), SobolSampler(), TPESampler()] {
      #expect(try Self.choice(Self.spread, by: sampler) == nil)
    }
  }

  @Test func `an initial trial begins before anything goes on`() throws {
    let few = Array(Self.spread.prefix(4))
    guard case .begin = try Self.choice(few, by: AutoSampler()) else {
      Issue.record("sixteen trials begin first")
      return
    }
  }

  /// The whole of it: freeze-thaw finds a better full run than as many full runs do.
  @Test func `with a model it needs less budget than full runs`() throws {
    func best(_ configuration: SchedulerConfiguration, seed: UInt64) throws -> Double {
      var scheduler = try configuration.makeScheduler(space: Self.space, seed: seed, mutable: [])
      var sampler: any Sampler = AutoSampler()
      var evidence = Evidence()
      evidence.fullBudget = 9
      var source = JobSource(space: Self.space, seed: seed)
      var best = Double.infinity
      while let job = try source.nextJob(of: &scheduler, asking: &sampler, given: evidence) {
        guard case .number(let x) = job.configuration["x"] else { continue }
        // A rugged function, whose roughness shows at every budget.
        let value = Self.cost(x, job.target) + 0.05 * (1 - (40 * x).truncatingRemainder(dividingBy: 1))
        evidence.append(
          Evidence.Completed(
            trial: job.trial, configuration: job.configuration, budget: job.target, cost: value))
        try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: .reached(cost: value)))
        if job.target == 9 { best = min(best, value) }
      }
      return best
    }
    let seeds: Range<UInt64> = 0..<5
    let thawed = try seeds.map {
      try best(.freezeThaw(FreezeThawOptions(runs: 8, maximumBudget: 9)), seed: $0)
    }
    let full = try seeds.map { try best(.full(FullRunOptions(trials: 8, budget: 9)), seed: $0) }
    #expect(thawed.reduce(0, +) < full.reduce(0, +))
  }
}
