/// Everything that happened in a study, folded from its journal: what reports, pictures and exports are made
/// from.
public struct History: Codable, Equatable, Sendable {
  public var study: String
  public var objective: Objective
  public var space: SearchSpace
  /// The unit of budgets: `steps` or `epochs`.
  public var budgetUnit: String
  /// Whether trial 0 is a baseline that the best is compared with; nil, as in older records, when it is not.
  public var hasBaseline: Bool?
  /// How many consecutive trials are the replicates of one configuration; nil, as in older records, for one.
  public var replicates: Int?
  /// Whether replicates are measured on folds of the data, one each; nil, as in older records, when not.
  public var areFolds: Bool?
  /// Of the study's data; nil, as in older records and of somebody else's code, where it is not known.
  public var samples: SampleCounts?
  /// What the study was from when on, the first version first; nil where it was never changed.
  public var versions: [StudyVersion]?
  /// Whether a function took the place of training; nil, as in older records, for a study of its own.
  public var isSimulated: Bool?
  /// Indexed by `TrialID.rawValue`.
  public var trials: [TrialHistory] = []

  public init(study: String, objective: Objective, space: SearchSpace, budgetUnit: String) {
    self.study = study
    self.objective = objective
    self.space = space
    self.budgetUnit = budgetUnit
  }
}

extension History {
  /// How many consecutive trials are the replicates of one configuration.
  public var replication: Replicates { Replicates(max(1, replicates ?? 1)) }
}

/// One trial, job by job.
public struct TrialHistory: Codable, Equatable, Sendable {
  public var id: TrialID
  /// In the order of their jobs.
  public var segments: [Segment]

  public init(id: TrialID, segments: [Segment] = []) {
    self.id = id
    self.segments = segments
  }

  /// What one job did: a stretch of training under one configuration.
  public struct Segment: Codable, Equatable, Sendable {
    public var job: Job
    /// Nil while the job is at work.
    public var outcome: Outcome.Result?
    public var measurements: [Measurement]
    /// Seconds since the study began, interruptions left out, when the outcome was recorded.
    public var finishedAt: Double?
    /// The version of the study under which it was answered; nil for the first.
    public var version: Int?

    public init(
      job: Job, outcome: Outcome.Result? = nil, measurements: [Measurement] = [], finishedAt: Double? = nil
    ) {
      self.job = job
      self.outcome = outcome
      self.measurements = measurements
      self.finishedAt = finishedAt
    }

    /// The cost at the job's target; nil when it failed or is at work.
    public var cost: Double? {
      if case .reached(let cost) = outcome { cost } else { nil }
    }
  }

  /// Metrics at one point of training.
  public struct Measurement: Codable, Equatable, Sendable {
    /// Cumulative budget, in the study's unit.
    public var budget: Int
    /// By name, such as `dev_accuracy`; all finite.
    public var metrics: [String: Double]

    public init(budget: Int, metrics: [String: Double]) {
      self.budget = budget
      self.metrics = metrics
    }
  }
}

// The fold: O(1) a job and an outcome.
extension History {
  /// A job was issued.
  /// - Throws: `SearchError` when its trial is neither known nor the next one, or has an unfinished job.
  public mutating func begin(_ job: Job) throws(SearchError) {
    let place = job.trial.rawValue
    guard (0...trials.count).contains(place) else {
      throw SearchError(
        subject: "\(job.id)", expected: "one of \(trials.count) trials, or the next one",
        found: "\(job.trial)",
        remedy: "Take the jobs in the order of their numbers.")
    }
    if place == trials.count { trials.append(TrialHistory(id: job.trial)) }
    if let newest = trials[place].segments.last, newest.outcome == nil || newest.job.id >= job.id {
      throw SearchError(
        subject: "\(job.id) of \(job.trial)", expected: "the outcome of \(newest.job.id) before it",
        found: newest.outcome == nil ? "none" : "a job with a greater number",
        remedy: "Take jobs and outcomes in their order.")
    }
    trials[place].segments.append(TrialHistory.Segment(job: job))
  }

  /// A job was answered.
  /// - Throws: `SearchError` when the job is not its trial's unfinished one.
  public mutating func finish(
    _ outcome: Outcome, measurements: [TrialHistory.Measurement], at seconds: Double?
  ) throws(SearchError) {
    let place = outcome.trial.rawValue
    guard trials.indices.contains(place), let last = trials[place].segments.indices.last,
      trials[place].segments[last].job.id == outcome.job, trials[place].segments[last].outcome == nil
    else {
      throw SearchError(
        subject: "an outcome of \(outcome.job)", expected: "an unfinished job of \(outcome.trial)",
        found: "none",
        remedy: "Take jobs and outcomes in their order.")
    }
    trials[place].segments[last].outcome = outcome.result
    trials[place].segments[last].measurements = measurements
    trials[place].segments[last].finishedAt = seconds
  }
}
