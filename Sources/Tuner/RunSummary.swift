public import Search

/// How a run ended, and the best that it found.
public struct RunSummary: Codable, Equatable, Sendable {
  public enum Ending: Codable, Equatable, Sendable {
    case finished
    case unfinished(StopReason)
  }

  public struct Best: Codable, Equatable, Sendable {
    public var trial: TrialID
    /// Cumulative budget at which the score was measured, in the study's unit.
    public var budget: Int
    /// The objective's metric, with its own sign.
    public var score: Double
    public var configuration: Configuration
    /// Relative to the run directory.
    public var checkpoint: String

    public init(trial: TrialID, budget: Int, score: Double, configuration: Configuration, checkpoint: String)
    {
      self.trial = trial
      self.budget = budget
      self.score = score
      self.configuration = configuration
      self.checkpoint = checkpoint
    }
  }

  public var ending: Ending
  /// Nil when no job has reached its target.
  public var best: Best?
  /// Trials begun.
  public var trials: Int
  /// Jobs answered, in all sessions.
  public var jobs: Int
  /// Trials whose newest job failed.
  public var failedTrials: Int

  public init(ending: Ending, best: Best?, trials: Int, jobs: Int, failedTrials: Int) {
    self.ending = ending
    self.best = best
    self.trials = trials
    self.jobs = jobs
    self.failedTrials = failedTrials
  }
}
