import JSON
import Search

/// A study whose trials somebody else trains: the scheduler decides, the sampler proposes, and both learn
/// from what is told. A request that is refused has changed nothing.
struct AskTellStudy: Sendable {
  let terms: StudyTerms
  /// As files and command lines write it.
  let samplerName: String
  private var scheduler: any Scheduler
  private var sampler: any Sampler
  private var source: JobSource
  private var evidence = Evidence()
  /// Jobs that were asked for and not told, by trial.
  private(set) var atWork: [TrialID: Job] = [:]
  /// How many trials were asked for: the ids up to here were given out.
  private(set) var askedTrials = 0
  private var outsideTrials = 0
  /// The largest fidelity at which a trial was measured, by trial that may be asked for again.
  private var measured: [TrialID: Int] = [:]
  /// What was found.
  private(set) var findings: StudyFindings
  /// Why the study cannot go on.
  private var end: LineError?

  init(_ terms: StudyTerms, sampler: SamplerConfiguration, scheduler: any Scheduler) {
    self.terms = terms
    samplerName = sampler.kind.rawValue
    self.sampler = sampler.makeSampler()
    self.scheduler = scheduler
    source = JobSource(space: terms.space.space, seed: terms.seed, starting: terms.starting)
    findings = StudyFindings(keepsFront: !terms.objective.further.isEmpty)
    evidence.fullBudget = terms.fullBudget
    evidence.plannedTrials = terms.plannedTrials
  }

  /// True when no trial will be given out any more.
  var isFinished: Bool { scheduler.isFinished }

  /// Why the sampler's last proposal was made as it was; nil where there was nothing to choose.
  var rationale: String? { sampler.rationale }
}

// Asking.
extension AskTellStudy {
  /// Up to `count` jobs; fewer when the scheduler waits for results.
  mutating func ask(_ count: Int) throws(LineError) -> [Job] {
    if let end { throw end }
    var jobs: [Job] = []
    while jobs.count < count {
      let next: Job?
      do throws(SearchError) {
        next = try nextJob()
      } catch {
        // Those before it are at work by now: the client must hear of them.
        if !jobs.isEmpty { break }
        throw LineError(error)
      }
      guard let job = next else { break }
      evidence.pending[job.trial] = job.configuration
      atWork[job.trial] = job
      askedTrials = max(askedTrials, job.trial.rawValue + 1)
      jobs.append(job)
    }
    return jobs
  }

  private mutating func nextJob() throws(SearchError) -> Job? {
    try source.nextJob(of: &scheduler, asking: &sampler, given: evidence)
  }
}

// Telling.
extension AskTellStudy {
  /// Takes all of these results or, when one of them is wrong, none.
  mutating func tell(_ trials: [ToldTrial]) throws(LineError) {
    try TellCheck(terms: terms, atWork: atWork, askedTrials: askedTrials).check(trials)
    for trial in trials { take(trial) }
  }

  /// Takes a result that was found to be in order.
  private mutating func take(_ told: ToldTrial) {
    let job = told.id.flatMap { atWork.removeValue(forKey: $0) }
    let trial = job?.trial ?? nextOutsideTrial()
    guard let configuration = job?.configuration ?? told.configuration else {
      preconditionFailure("a checked result has a configuration")
    }
    let budget = job?.target ?? told.budget ?? terms.fullBudget
    let before = measured[trial] ?? 0
    for point in told.curve where point.budget > before && point.budget < budget {
      append(point.costs, at: point.budget, trial, configuration)
    }
    if job == nil { source.note(configuration) }
    evidence.pending[trial] = nil
    if let result = told.result {
      append(result.costs, at: budget, trial, configuration)
      if terms.fidelity != nil { measured[trial] = budget }
      findings.take(
        Finding(trial: job?.trial, configuration: configuration, budget: budget, result: result))
    } else {
      evidence.fail(trial, configuration, at: budget)
      findings.takeFailure()
    }
    if let job { tellScheduler(of: job, told.result?.costs) }
  }

  /// Outside observations are numbered down from -1, where no scheduler numbers its trials.
  private mutating func nextOutsideTrial() -> TrialID {
    outsideTrials += 1
    return TrialID(-outsideTrials)
  }

  private mutating func append(
    _ costs: CostVector, at budget: Int, _ trial: TrialID, _ configuration: Configuration
  ) {
    evidence.append(Evidence.Completed(trial, configuration, at: budget, costs))
  }

  private mutating func tellScheduler(of job: Job, _ costs: CostVector?) {
    let outcome =
      costs.map { costs in
        Outcome(
          job: job.id, trial: job.trial, result: .reached(cost: costs.costs[0]),
          furtherCosts: Array(costs.costs.dropFirst()), violation: costs.violation)
      } ?? Outcome(job: job.id, trial: job.trial, result: .failed(reason: "told as failed"))
    do throws(SearchError) {
      try scheduler.observe(outcome)
    } catch {
      // The result is in order, and so is the tell: but the study has come to its end.
      end = LineError(error)
    }
    for trial in scheduler.takeAbandoned() { measured[trial] = nil }
  }
}

// What the sampler's model expects.
extension AskTellStudy {
  enum Expectation {
    /// Of each configuration for every objective.
    case beliefs([[Belief]])
    /// There are none; why.
    case nothing(String)
  }

  mutating func expectation(at configurations: [Configuration]) throws(LineError) -> Expectation {
    guard var model = sampler as? any BelievingSampler else {
      return .nothing("\(samplerName) has no model of the whole space")
    }
    do throws(SearchError) {
      let beliefs = try model.beliefs(
        at: configurations, in: source.space, given: evidence, seed: source.seed)
      sampler = model
      return beliefs.map { .beliefs($0) } ?? .nothing("too little was told for a model of \(samplerName)")
    } catch {
      throw LineError(error)
    }
  }
}
