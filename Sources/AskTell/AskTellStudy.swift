import JSON
import Search

/// A study whose trials somebody else trains: the scheduler decides, the sampler proposes, and both learn
/// from what is told. A request that is refused has changed nothing.
struct AskTellStudy: Sendable {
  let request: InitRequest
  private var scheduler: any Scheduler
  private var sampler: any Sampler
  private var source: JobSource
  private var observations = Observations()
  /// Jobs that were asked for and not told, by trial.
  private var atWork: [TrialID: Job] = [:]
  /// How many trials were asked for: the ids up to here were given out.
  private var askedTrials = 0
  private var outsideTrials = 0
  /// The largest fidelity at which a trial was measured, by trial that may be asked for again.
  private var measured: [TrialID: Int] = [:]
  /// Why the study cannot go on.
  private var end: LineError?

  init(_ request: InitRequest, sampler: any Sampler, scheduler: any Scheduler) {
    self.request = request
    self.sampler = sampler
    self.scheduler = scheduler
    source = JobSource(space: request.space.space, seed: request.seed, starting: request.starting)
    observations.fullBudget = request.fidelity?.full ?? Self.fullBudget
    observations.plannedTrials = request.fidelity == nil ? request.budget : nil
  }

  /// What a full evaluation counts where there are no others.
  static let fullBudget = 1

  /// True when no trial will be given out any more.
  var isFinished: Bool { scheduler.isFinished }
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
      observations.pending[job.trial] = job.configuration
      atWork[job.trial] = job
      askedTrials = max(askedTrials, job.trial.rawValue + 1)
      jobs.append(job)
    }
    return jobs
  }

  private mutating func nextJob() throws(SearchError) -> Job? {
    try source.nextJob(of: &scheduler, asking: &sampler, given: observations)
  }
}

// Telling.
extension AskTellStudy {
  /// Takes all of these results or, when one of them is wrong, none.
  mutating func tell(_ trials: [ToldTrial]) throws(LineError) {
    var told: Set<TrialID> = []
    for (index, trial) in trials.enumerated() {
      do throws(LineError) {
        try check(trial)
        if let id = trial.id, !told.insert(id).inserted {
          throw LineError(
            "\(id)", expected: "one result", found: "two in this line", remedy: "Tell each trial once.")
        }
      } catch {
        var error = error
        error.subject = "trials[\(index)], \(error.subject)"
        throw error
      }
    }
    for trial in trials { take(trial) }
  }

  private func check(_ trial: ToldTrial) throws(LineError) {
    try checkFidelity(trial)
    guard let id = trial.id else {
      guard trial.configuration != nil else {
        throw LineError(
          "params", expected: "the parameters of an outside observation", found: "nothing",
          remedy: "Write its params, or the id of a trial.")
      }
      return
    }
    guard let job = atWork[id] else {
      throw LineError(
        "\(id)", expected: "a trial at work",
        found: id.rawValue < askedTrials ? "one that was told before" : "one that was never asked for",
        remedy: "Tell each trial that an ask answered once, and others with \"id\":null.")
    }
    if let fidelity = trial.fidelity, fidelity != job.target {
      throw LineError(
        "\(id)", expected: "a result at fidelity \(job.target), as it was asked for", found: "\(fidelity)",
        remedy: "Train the trial up to the fidelity of the answer.")
    }
    if let configuration = trial.configuration { try check(configuration, of: job) }
  }

  private func checkFidelity(_ trial: ToldTrial) throws(LineError) {
    guard let fidelity = request.fidelity else {
      guard trial.fidelity == nil, trial.curve.isEmpty else {
        throw LineError(
          trial.fidelity == nil ? "curve" : "fidelity", expected: "nothing, because init named no fidelity",
          found: trial.fidelity.map(String.init) ?? "a curve",
          remedy: "Leave it out, or name a fidelity in init.")
      }
      return
    }
    let reached = trial.fidelity ?? trial.id.flatMap { atWork[$0]?.target } ?? fidelity.full
    let furthest = max(reached, trial.curve.last?.fidelity ?? 0)
    guard reached <= fidelity.full, furthest <= reached else {
      throw LineError(
        reached <= fidelity.full ? "curve" : "fidelity",
        expected: "a fidelity of at most \(min(reached, fidelity.full))", found: "\(furthest)",
        remedy: "Tell what was measured up to the fidelity of the trial.")
    }
  }

  /// Told parameters are those of the answer; a float may have lost its last digits on the way.
  private func check(_ told: Configuration, of job: Job) throws(LineError) {
    for (name, asked) in job.configuration.values.sorted(by: { $0.key < $1.key }) {
      guard let value = told[name], Self.isSame(value, asked) else {
        throw LineError(
          "params.\(name) of \(job.trial)", expected: "\(asked), as it was asked for",
          found: told[name]?.description ?? "nothing",
          remedy: "Leave params out, or tell other parameters with \"id\":null.")
      }
    }
  }

  private static func isSame(_ first: ParameterValue, _ second: ParameterValue) -> Bool {
    guard case .number(let first) = first, case .number(let second) = second else { return first == second }
    return abs(first - second) <= 1e-9 * max(abs(first), abs(second))
  }
}

// What a result changes, once it was found to be in order.
extension AskTellStudy {
  private mutating func take(_ told: ToldTrial) {
    let job = told.id.flatMap { atWork.removeValue(forKey: $0) }
    let trial = job?.trial ?? nextOutsideTrial()
    guard let configuration = job?.configuration ?? told.configuration else {
      preconditionFailure("a checked result has a configuration")
    }
    let budget = job?.target ?? told.fidelity ?? request.fidelity?.full ?? Self.fullBudget
    let before = measured[trial] ?? 0
    for point in told.curve where point.fidelity > before && point.fidelity < budget {
      append(point.value, at: point.fidelity, trial, configuration)
    }
    if job == nil { source.note(configuration) }
    observations.pending[trial] = nil
    if let value = told.value {
      append(value, at: budget, trial, configuration)
      if request.fidelity != nil { measured[trial] = budget }
    } else {
      observations.failed[trial] = configuration
    }
    if let job { tellScheduler(of: job, told.value) }
  }

  /// Outside observations are numbered down from -1, where no scheduler numbers its trials.
  private mutating func nextOutsideTrial() -> TrialID {
    outsideTrials += 1
    return TrialID(-outsideTrials)
  }

  private mutating func append(
    _ value: Double, at budget: Int, _ trial: TrialID, _ configuration: Configuration
  ) {
    observations.append(
      Observations.Completed(
        trial: trial, configuration: configuration, budget: budget, cost: cost(of: value)))
  }

  /// Inside `Search` everything minimizes.
  private func cost(of value: Double) -> Double { request.goal == .maximize ? -value : value }

  private mutating func tellScheduler(of job: Job, _ value: Double?) {
    let result = value.map { Outcome.Result.reached(cost: cost(of: $0)) } ?? .failed(reason: "told as failed")
    do throws(SearchError) {
      try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: result))
    } catch {
      // The result is in order, and so is the tell: but the study has come to its end.
      end = LineError(error)
    }
    for trial in scheduler.takeAbandoned() { measured[trial] = nil }
  }
}
