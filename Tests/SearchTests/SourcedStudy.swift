import Search

/// A study all of whose configurations pass through a `JobSource`, without ranks, clocks or files: outcomes are
/// delivered in the order of the jobs.
struct SourcedStudy {
  var source: JobSource
  var scheduler: any Scheduler
  var sampler: any Sampler
  var evidence = Evidence()
  /// How many jobs an asynchronous scheduler has at work at once.
  var workers = 4
  /// Which jobs fail.
  var fails: (Job) -> Bool = { _ in false }
  private(set) var log: [VirtualStudy.Entry] = []
  private var atWork: [Job] = []

  init(
    _ scheduler: SchedulerConfiguration, _ sampler: SamplerConfiguration, in space: SearchSpace,
    seed: UInt64 = 3, starting: StartingConfigurations = StartingConfigurations()
  ) throws {
    source = JobSource(space: space, seed: seed, starting: starting)
    self.scheduler = try scheduler.makeScheduler(space: space, seed: seed, mutable: VirtualStudy.mutable)
    self.sampler = sampler.makeSampler()
    evidence.fullBudget = self.scheduler.plan.fullBudget
  }

  var jobs: [Job] { log.compactMap { if case .job(let job) = $0 { job } else { nil } } }
  /// What each trial began with.
  var begun: [Configuration] { jobs.filter { $0.origin == .fresh }.map(\.configuration) }

  /// Goes on until the log has so many entries, or to the end.
  mutating func run(to most: Int = .max) throws {
    while log.count < most {
      if scheduler.isSynchronous || atWork.count < workers, try issue(nil) { continue }
      guard !atWork.isEmpty else { return }
      try answer(atWork.removeFirst(), nil)
    }
  }

  /// Repeats what another study did, in which the space may have been another one.
  mutating func replay(_ entries: [VirtualStudy.Entry]) throws {
    var trials = 0
    for entry in entries {
      switch entry {
      case .job(let job):
        let isNew = job.trial.rawValue >= trials
        trials = max(trials, job.trial.rawValue + 1)
        let recorded = JobSource.Recorded(
          decision: isNew ? .begin(job.configuration) : .goOn(job.trial), configuration: job.configuration)
        guard try issue(recorded), atWork.last == job else {
          throw VirtualStudy.Violation(description: "expected \(job) again, found \(atWork.last as Any)")
        }
      case .outcome(let outcome):
        guard let place = atWork.firstIndex(where: { $0.id == outcome.job }) else { continue }
        try answer(atWork.remove(at: place), outcome)
      }
    }
  }

  private mutating func issue(_ recorded: JobSource.Recorded?) throws -> Bool {
    guard
      let job = try source.nextJob(
        of: &scheduler, asking: &sampler, given: evidence, recorded: recorded)
    else { return false }
    evidence.pending[job.trial] = job.configuration
    log.append(.job(job))
    atWork.append(job)
    return true
  }

  private mutating func answer(_ job: Job, _ recorded: Outcome?) throws {
    let cost = SamplerConformance.cost(of: job.configuration)
    let outcome =
      recorded
      ?? Outcome(
        job: job.id, trial: job.trial,
        result: fails(job) ? .failed(reason: "out of memory") : .reached(cost: cost))
    evidence.pending[job.trial] = nil
    if case .reached(let cost) = outcome.result {
      evidence.append(
        .init(trial: job.trial, configuration: job.configuration, budget: job.target, cost: cost))
    } else {
      evidence.failed[job.trial] = job.configuration
    }
    log.append(.outcome(outcome))
    try scheduler.observe(outcome)
    _ = scheduler.takeAbandoned()
  }
}
