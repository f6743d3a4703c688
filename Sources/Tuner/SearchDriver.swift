import Search

/// Drives the scheduler and the sampler, and keeps what they are told. The only caller of either.
///
/// Costs O(1) a job and an outcome, apart from the scheduler's and the sampler's own work.
struct SearchDriver: Sendable {
  private var source: JobSource
  private(set) var scheduler: any Scheduler
  private var sampler: any Sampler
  private(set) var evidence = Evidence()
  /// Indexed by `TrialID.rawValue`.
  private(set) var trials: [Trial] = []
  /// How many jobs were issued; the number of the next one.
  private(set) var issued = 0
  /// Trials whose newest job failed.
  private(set) var failedTrials = 0

  /// True when trial 0 goes on with another configuration or another trial's state.
  private var hasLeftBaseline = false
  /// True when no job goes on from an earlier state, because a larger budget is another model or other data.
  private let trainsAnew: Bool
  /// Trials whose newest state no job will start from, because all begin anew.
  private var spent: [TrialID] = []
  /// The sampler knows the scheduler's trials, and each replicate's measurement as one of its trial.
  private let replicates: Replicates
  /// What trial 0 reached with the configuration that it began with, if that is a baseline, the newest last.
  private(set) var baselineReadings: [BaselineComparison.Reading] = []
  /// What the states that made each trial's reached, where there is a baseline, the newest last: a clone's are its
  /// parent's. Of replicates the mean.
  private(set) var readings: [TrialID: [BaselineComparison.Reading]] = [:]

  /// A trial as its newest job left it.
  struct Trial: Sendable {
    var configuration: Configuration
    var origin: Origin
    /// At the newest budget reached; nil before the first outcome and after a failure.
    var cost: Double?
    var hasFailed = false
  }

  init(
    seed: UInt64, space: SearchSpace, scheduler: any Scheduler, sampler: any Sampler,
    starting: StartingConfigurations? = nil, trainsAnew: Bool = false,
    replicates: Replicates = Replicates(1), replicatesAreFolds: Bool = false
  ) {
    source = JobSource(space: space, seed: seed, starting: starting ?? StartingConfigurations())
    self.scheduler = scheduler
    self.sampler = sampler
    self.trainsAnew = trainsAnew
    self.replicates = replicates
    evidence.readingsAreFolds = replicatesAreFolds
    evidence.fullBudget = scheduler.plan.fullBudget
    evidence.plannedTrials = scheduler.plan.trials
  }

  var isSynchronous: Bool { scheduler.isSynchronous }
  var isFinished: Bool { scheduler.isFinished }
  var rationale: String? { sampler.rationale }

  /// The next job, or nil when there is none before another outcome.
  ///
  /// - Parameter recorded: what an earlier session did here; nothing is proposed again.
  mutating func nextJob(recorded: JobRecord? = nil) throws(TunerError) -> JobRecord? {
    let next: Job?
    do {
      next = try source.nextJob(
        of: &scheduler, asking: &sampler, given: evidence, recorded: recorded.map(decision))
    } catch {
      throw TunerError(error)
    }
    guard var job = next else { return nil }
    if trainsAnew { job.origin = .fresh }
    return try register(job)
  }

  private func decision(in record: JobRecord) -> JobSource.Recorded {
    JobSource.Recorded(
      decision: record.job.trial.rawValue < trials.count
        ? .goOn(replicates.original(of: record.job.trial)) : .begin(record.job.configuration),
      configuration: record.job.configuration)
  }

  private mutating func register(_ job: Job) throws(TunerError) -> JobRecord {
    guard job.id.rawValue == issued, (0...trials.count).contains(job.trial.rawValue), job.target >= 1 else {
      throw TunerError(
        .defect, subject: "\(job.id) of the scheduler",
        expected: "job \(issued), of one of \(trials.count) trials or the next one, to a budget of 1 or more",
        found: "\(job.id) of \(job.trial), to \(job.target)", remedy: "Report this as a bug of the scheduler."
      )
    }
    issued += 1
    evidence.pending[replicates.original(of: job.trial)] = job.configuration
    if job.trial.rawValue == trials.count {
      trials.append(Trial(configuration: job.configuration, origin: job.origin))
      return JobRecord(job: job, previous: nil)
    }
    if case .fork(let parent, let budget) = job.origin, let own = readings[parent] {
      readings[job.trial] = own.filter { $0.budget <= budget }
    }
    let previous = trials[job.trial.rawValue].configuration
    if job.trial.rawValue == 0 {
      if case .fork = job.origin { hasLeftBaseline = true }
      if previous != job.configuration { hasLeftBaseline = true }
    }
    trials[job.trial.rawValue].configuration = job.configuration
    trials[job.trial.rawValue].origin = job.origin
    return JobRecord(job: job, previous: previous == job.configuration ? nil : previous)
  }

  private mutating func observeBaseline(_ job: Job, _ cost: Double) {
    guard source.starting.baseline != nil else { return }
    let trial = replicates.original(of: job.trial)
    let reading = BaselineComparison.Reading(budget: job.target, cost: cost)
    readings[trial, default: []].append(reading)
    if trial == TrialID(0), !hasLeftBaseline { baselineReadings.append(reading) }
  }

  /// Trials from which no later job will start.
  mutating func takeAbandoned() -> [TrialID] {
    defer { spent = [] }
    return scheduler.takeAbandoned() + spent
  }

  /// Tells the scheduler, and from the next proposal on the sampler, how `job` ended.
  ///
  /// - Parameter mean: the first objective's cost over all replicates, when this was the last of them.
  mutating func observe(_ outcome: Outcome, of job: Job, mean: Double?) throws(TunerError) {
    let original = replicates.original(of: job.trial)
    evidence.pending[original] = nil
    if trainsAnew { spent.append(job.trial) }
    if trials[job.trial.rawValue].hasFailed { failedTrials -= 1 }
    switch outcome.result {
    case .reached(let cost):
      trials[job.trial.rawValue].cost = cost
      trials[job.trial.rawValue].hasFailed = false
      if let mean { observeBaseline(job, mean) }
      evidence.append(
        Evidence.Completed(
          trial: original, configuration: job.configuration, budget: job.target, cost: cost,
          furtherCosts: outcome.furtherCosts, violation: outcome.violation, excesses: outcome.excesses))
    case .failed:
      trials[job.trial.rawValue].cost = nil
      trials[job.trial.rawValue].hasFailed = true
      failedTrials += 1
      evidence.fail(original, job.configuration, at: job.target)
    }
    do {
      try scheduler.observe(outcome)
    } catch {
      throw TunerError(error)
    }
  }
}

extension TunerError {
  /// A search cannot go on: the study asks for something that can't be.
  init(_ error: SearchError) {
    self.init(
      .usage, subject: error.subject, expected: error.expected, found: error.found, remedy: error.remedy)
  }
}
