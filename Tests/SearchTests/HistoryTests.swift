import Search
import Testing

@Suite struct HistoryTests {
  private static func job(_ id: Int, _ trial: Int, _ origin: Origin, _ learningRate: Double, to target: Int)
    -> Job
  {
    Job(
      id: JobID(id), trial: TrialID(trial), origin: origin,
      configuration: Configuration(["learning_rate": .number(learningRate)]), target: target)
  }

  private static func empty() -> History {
    History(
      study: "digits", objective: Objective(metric: "dev_accuracy", goal: .maximize),
      space: SearchSpace([Parameter(name: "learning_rate", domain: .float(low: 0, high: 1, scale: .linear))]),
      budgetUnit: "epochs")
  }

  /// Three members, three generations of 2 epochs. 0 copies 1 after the first, 2 copies 0 after the second,
  /// and 1 fails in the third.
  private static func population() throws -> History {
    var history = empty()
    let generations: [[(Job, Double?)]] = [
      [
        (job(0, 0, .fresh, 0.1, to: 2), -0.5), (job(1, 1, .fresh, 0.2, to: 2), -0.7),
        (job(2, 2, .fresh, 0.3, to: 2), -0.6),
      ],
      [
        (job(3, 0, .fork(of: TrialID(1), at: 2), 0.24, to: 4), -0.9),
        (job(4, 1, .resume(from: 2), 0.2, to: 4), -0.7),
        (job(5, 2, .resume(from: 2), 0.3, to: 4), -0.4),
      ],
      [
        (job(6, 0, .resume(from: 4), 0.24, to: 6), -0.85), (job(7, 1, .resume(from: 4), 0.2, to: 6), nil),
        (job(8, 2, .fork(of: TrialID(0), at: 4), 0.288, to: 6), -0.95),
      ],
    ]
    for (number, generation) in generations.enumerated() {
      for (job, _) in generation { try history.begin(job) }
      for (place, (job, cost)) in generation.enumerated() {
        let result = cost.map { Outcome.Result.reached(cost: $0) } ?? .failed(reason: "diverged")
        let metrics =
          cost.map { [TrialHistory.Measurement(budget: job.target, metrics: ["dev_accuracy": -$0])] } ?? []
        try history.finish(
          Outcome(job: job.id, trial: job.trial, result: result), measurements: metrics,
          at: Double(number * 10 + place))
      }
    }
    return history
  }

  @Test func `the incumbents are those who led, by their newest readings, in the order of time`() throws {
    let history = try Self.population()
    #expect(history.incumbents.map(\.cost) == [-0.5, -0.7, -0.9, -0.85, -0.95])
    #expect(history.incumbents.map(\.trial.rawValue) == [0, 1, 0, 0, 2])
    #expect(history.incumbents.map(\.finishedAt) == [0, 1, 10, 20, 22])
    let best = try #require(history.best)
    #expect(best.job == JobID(8) && best.trial == TrialID(2) && best.budget == 6)
    #expect(best.configuration == Configuration(["learning_rate": .number(0.288)]))
    #expect(history.objective.score(of: best.cost) == 0.95)
  }

  @Test func `an asynchronous study is told in the order of its outcomes, not of its jobs`() throws {
    var history = Self.empty()
    let jobs = [Self.job(0, 0, .fresh, 0.1, to: 1), Self.job(1, 1, .fresh, 0.2, to: 1)]
    for job in jobs { try history.begin(job) }
    for (job, cost, time) in [(jobs[1], 2.0, 5.0), (jobs[0], 1.0, 9.0)] {
      try history.finish(
        Outcome(job: job.id, trial: job.trial, result: .reached(cost: cost)), measurements: [], at: time)
    }
    #expect(history.incumbents.map(\.trial.rawValue) == [1, 0])
  }

  @Test func `a lineage leads back over forks and resumes to new weights`() throws {
    let history = try Self.population()
    #expect(history.lineage(of: TrialID(2)).map(\.job.id.rawValue) == [1, 3, 8])
    #expect(history.lineage(of: TrialID(2)).map(\.job.trial.rawValue) == [1, 0, 2])
    #expect(history.lineage(of: TrialID(0)).map(\.job.id.rawValue) == [1, 3, 6])
    // The newest state of 1 is the one before its failure.
    #expect(history.lineage(of: TrialID(1)).map(\.job.id.rawValue) == [1, 4])
    // Before it was replaced, 2 was on its own.
    #expect(history.lineage(of: TrialID(2), at: 4).map(\.job.id.rawValue) == [2, 5])
    #expect(history.lineage(of: TrialID(2), at: 3).isEmpty)
    #expect(history.lineage(of: TrialID(9)).isEmpty)
  }

  @Test func `a schedule joins what was trained under one configuration`() throws {
    let history = try Self.population()
    func entry(_ start: Int, _ end: Int, _ learningRate: Double) -> ScheduledConfiguration {
      ScheduledConfiguration(
        start: start, end: end, configuration: Configuration(["learning_rate": .number(learningRate)]))
    }
    #expect(history.schedule(of: TrialID(2)) == [entry(0, 2, 0.2), entry(2, 4, 0.24), entry(4, 6, 0.288)])
    #expect(history.schedule(of: TrialID(0)) == [entry(0, 2, 0.2), entry(2, 6, 0.24)])
    #expect(history.schedule(of: TrialID(1)) == [entry(0, 4, 0.2)])
  }

  @Test func `counts are as worked by hand`() throws {
    var history = try Self.population()
    #expect(
      history.counts
        == HistoryCounts(
          trials: 3, failedTrials: 1, jobs: 9, failedJobs: 1, unfinishedJobs: 0, forks: 2, budget: 18))
    try history.begin(Self.job(9, 1, .fork(of: TrialID(2), at: 6), 0.3, to: 8))
    #expect(
      history.counts
        == HistoryCounts(
          trials: 3, failedTrials: 1, jobs: 10, failedJobs: 1, unfinishedJobs: 1, forks: 3, budget: 18))
  }

  @Test func `an empty study has no best`() {
    #expect(Self.empty().best == nil)
    #expect(Self.empty().counts == HistoryCounts())
  }

  @Test func `jobs and outcomes out of order are refused`() throws {
    var history = Self.empty()
    #expect(
      message { try history.begin(Self.job(0, 1, .fresh, 0.1, to: 1)) } == """
        job 0: expected one of 0 trials, or the next one, found trial 1. Take the jobs in the order of their numbers.
        """)
    try history.begin(Self.job(0, 0, .fresh, 0.1, to: 1))
    #expect(
      message { try history.begin(Self.job(1, 0, .resume(from: 1), 0.1, to: 2)) } == """
        job 1 of trial 0: expected the outcome of job 0 before it, found none. Take jobs and outcomes in their order.
        """)
    let outcome = Outcome(job: JobID(0), trial: TrialID(0), result: .reached(cost: 1))
    try history.finish(outcome, measurements: [], at: nil)
    #expect(
      message { try history.finish(outcome, measurements: [], at: nil) } == """
        an outcome of job 0: expected an unfinished job of trial 0, found none. Take jobs and outcomes in their order.
        """)
  }

  @Test func `it follows a study of any scheduler`() throws {
    for configuration in SchedulerConformanceTests.configurations {
      var study = VirtualStudy(
        try VirtualStudy.scheduler(configuration), seed: 2, result: Fate.distinct.result(2))
      study.changesOnResume = configuration.kind == .replay ? VirtualStudy.mutable : []
      try study.run()
      var history = Self.empty()
      for (place, entry) in study.log.enumerated() {
        switch entry {
        case .job(let job): try history.begin(job)
        case .outcome(let outcome): try history.finish(outcome, measurements: [], at: Double(place))
        }
      }
      #expect(history.counts.jobs == study.jobs.count)
      #expect(history.counts.budget == study.scheduler.progress.observedBudget)
      // By hand: of the trials that came as far as three, the newest readings.
      let newest = history.trials.compactMap { trial in trial.segments.last { $0.cost != nil } }
      let budgets = newest.map(\.job.target).sorted(by: >)
      let least = budgets.isEmpty ? 0 : budgets[min(2, budgets.count - 1)]
      #expect(history.best?.cost == newest.filter { $0.job.target >= least }.compactMap(\.cost).min())
      for trial in history.trials {
        // Every lineage is a chain from 0 to where the trial stands.
        let schedule = history.schedule(of: trial.id)
        #expect(schedule.first?.start == 0 && schedule.last?.end == trial.segments.last?.job.target)
        #expect(zip(schedule, schedule.dropFirst()).allSatisfy { $0.end == $1.start })
      }
    }
  }
}
