/// The jobs that a scheduler has issued: numbers them, and settles each with its outcome once.
struct JobLedger: Codable, Equatable, Sendable {
  private(set) var issued = 0
  private(set) var observed = 0
  /// Budget units of the observed jobs.
  private(set) var observedBudget = 0
  private var unfinished: [JobID: Job] = [:]
  /// Trials that no job will start from any more; emptied by `takeAbandoned`.
  private var abandoned: [TrialID] = []

  mutating func issue(_ trial: TrialID, from origin: Origin, _ configuration: Configuration, to target: Int)
    -> Job
  {
    let job = Job(
      id: JobID(issued), trial: trial, origin: origin, configuration: configuration, target: target)
    issued += 1
    unfinished[job.id] = job
    return job
  }

  /// The job that the outcome answers.
  mutating func settle(_ outcome: Outcome) throws(SearchError) -> Job {
    guard let job = unfinished[outcome.job], job.trial == outcome.trial else {
      let wasIssued = (0..<issued).contains(outcome.job.rawValue)
      let found =
        unfinished[outcome.job].map { "a job of \($0.trial)" }
        ?? (wasIssued ? "a job that was observed before" : "a job that was never issued")
      throw SearchError(
        subject: "an outcome of \(outcome.job)", expected: "an unfinished job of \(outcome.trial)",
        found: found,
        remedy: "Report each job once.")
    }
    if case .reached(let cost) = outcome.result, !cost.isFinite {
      throw SearchError(
        subject: "\(job.id) of \(job.trial)", expected: "a finite cost", found: "\(cost)",
        remedy: "Report the trial as failed.")
    }
    unfinished[job.id] = nil
    observed += 1
    observedBudget += job.work
    return job
  }

  /// No later job will start from a state of this trial.
  mutating func abandon(_ trial: TrialID) { abandoned.append(trial) }

  mutating func takeAbandoned() -> [TrialID] {
    defer { abandoned = [] }
    return abandoned
  }

  func progress(_ stage: ScheduleProgress.Stage) -> ScheduleProgress {
    ScheduleProgress(issuedJobs: issued, observedJobs: observed, observedBudget: observedBudget, stage: stage)
  }
}

extension Outcome {
  /// Nil when the job failed.
  var cost: Double? {
    if case .reached(let cost) = result { cost } else { nil }
  }
}

/// A trial's place in a ranking: by cost, equal costs by age, so that every ranking has one order.
struct Ranked: Hashable, Comparable, Codable, Sendable {
  var cost: Double
  var trial: TrialID

  static func < (left: Self, right: Self) -> Bool {
    (left.cost, left.trial) < (right.cost, right.trial)
  }
}
