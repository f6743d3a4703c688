/// A trainee's state between two steps, and what it is the state of: all that a checkpoint file holds.
public struct Checkpoint: Equatable, Sendable {
  public var metadata: CheckpointMetadata
  public var snapshot: Snapshot
  /// For use elsewhere; nil of a trainee that tells none, and of what was read from a file.
  public var record: ModelRecord?

  public init(metadata: CheckpointMetadata, snapshot: Snapshot, record: ModelRecord? = nil) {
    self.record = record
    self.metadata = metadata
    self.snapshot = snapshot
  }
}

/// What a checkpoint is the state of. Plain numbers and texts: this room knows neither trials nor jobs.
public struct CheckpointMetadata: Equatable, Sendable {
  /// The state that a job started from.
  public struct State: Hashable, Codable, Sendable {
    public var trial: Int
    /// Cumulative, in the study's unit.
    public var budget: Int

    public init(trial: Int, budget: Int) {
      self.trial = trial
      self.budget = budget
    }
  }

  public var study: String
  public var trial: Int
  /// The number of the job that made this state, within its study.
  public var job: Int
  /// The cumulative budget that the job aims at.
  public var target: Int
  public var budgetUnit: BudgetUnit
  /// Where the job's weights came from: the trial's own earlier state, or another trial's; nil for new
  /// weights.
  public var origin: State?
  /// The hyperparameters of the job; numbers finite.
  public var configuration: [String: HyperparameterValue]
  /// The job's measurements so far, budgets ascending.
  public var measurements: [Measurement]
  /// True when the job's target is reached; false for a state on the way there.
  public var isComplete: Bool

  public init(
    study: String, trial: Int, job: Int, target: Int, budgetUnit: BudgetUnit, origin: State? = nil,
    configuration: [String: HyperparameterValue], measurements: [Measurement] = [], isComplete: Bool
  ) {
    self.study = study
    self.trial = trial
    self.job = job
    self.target = target
    self.budgetUnit = budgetUnit
    self.origin = origin
    self.configuration = configuration
    self.measurements = measurements
    self.isComplete = isComplete
  }
}
