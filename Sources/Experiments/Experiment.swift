public import Search
public import Training

/// An experiment file, decoded and validated: every default written out.
public struct Experiment: Equatable, Sendable {
  /// The study's name, and by default its run directory's.
  public var study: String
  public var seed: UInt64
  public var objective: Objective
  /// What a trial is of.
  public var trainee: TraineeConfiguration
  public var space: SearchSpace
  /// What is tried first; nil when the sampler is asked from the start.
  public var starting: StartingConfigurations?
  public var sampler: SamplerConfiguration
  public var scheduler: SchedulerConfiguration
  /// What grows with the budget in the place of the length of training; nil when that does.
  public var fidelity: Fidelity?
  /// How often every trial is trained, each time from another seed; at least 1.
  public var replicates = 1
  /// Whether the replicates of a trial are measured on folds of the data, one each.
  public var crossValidation = false
  /// Whether all trials are measured on the same dev samples.
  public var devSplit = DevSplit.fixed
  public var resources: Resources
  public var checkpoint: CheckpointPolicy
  /// The file again, with every default in it: what a run directory keeps as `study.yaml`.
  public var resolved: String

  /// How ranks are divided.
  public struct Resources: Equatable, Sendable {
    /// Ranks that train one trial together.
    public var ranksPerTrial: Int
  }

  /// When a trial is saved besides at the end of each of its jobs.
  public struct CheckpointPolicy: Equatable, Sendable {
    /// Seconds between saves in the middle of a job; 0 saves none.
    public var seconds: Double
  }
}
