/// Everything that happened in a study, folded from its journal: what reports, pictures and exports are made from.
public struct History: Codable, Equatable, Sendable {
  public var study: String
  public var objective: Objective
  public var space: SearchSpace
  /// The unit of budgets: `steps` or `epochs`.
  public var budgetUnit: String
  /// Indexed by `TrialID.rawValue`.
  public var trials: [TrialHistory] = []

  public init(study: String, objective: Objective, space: SearchSpace, budgetUnit: String) {
    self.study = study
    self.objective = objective
    self.space = space
    self.budgetUnit = budgetUnit
  }
}

/// One trial, job by job.
public struct TrialHistory: Codable, Equatable, Sendable {
  public var id: TrialID
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

    public init(
      job: Job, outcome: Outcome.Result? = nil, measurements: [Measurement] = [], finishedAt: Double? = nil
    ) {
      self.job = job
      self.outcome = outcome
      self.measurements = measurements
      self.finishedAt = finishedAt
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
