public import Search

/// What a group says when its job is done. It is sent only after the checkpoint of the reached state is
/// durable.
public struct JobReport: Hashable, Codable, Sendable {
  public enum Result: Hashable, Codable, Sendable {
    /// The target was reached; the checkpoint's path is relative to the run directory.
    case reached(checkpoint: String)
    /// The trial diverged, ran out of memory or threw: data, not an error of the program.
    case failed(reason: String)
  }

  public var job: JobID
  public var trial: TrialID
  public var group: GroupID
  public var result: Result
  /// Every measurement of the whole job, earlier sessions included, budgets ascending. When the target was
  /// reached, the last one was made there and names the study's objective.
  public var measurements: [Measurement]
  /// The hyperparameters in force, read back from the running trainer.
  public var effective: Configuration
  /// Optimizer steps that the trial has done.
  public var step: Int
  /// What the reached state takes in the memory of the group's root; 0 when nothing is kept there.
  public var stateBytes: Int
  /// Seconds of work in this session, waiting for rank 0 left out.
  public var seconds: Double

  public init(
    job: JobID, trial: TrialID, group: GroupID, result: Result, measurements: [Measurement],
    effective: Configuration, step: Int, stateBytes: Int, seconds: Double
  ) {
    self.job = job
    self.trial = trial
    self.group = group
    self.result = result
    self.measurements = measurements
    self.effective = effective
    self.step = step
    self.stateBytes = stateBytes
    self.seconds = seconds
  }
}

extension JobReport {
  /// Metrics at one point of training.
  public struct Measurement: Hashable, Codable, Sendable {
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
