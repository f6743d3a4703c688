/// A trial that was measured at a smaller budget than the full one and could go on.
public struct PausedTrial: Hashable, Sendable {
  public var trial: TrialID
  public var configuration: Configuration
  /// Budget units that it still takes to the full budget.
  public var remaining: Int

  public init(trial: TrialID, configuration: Configuration, remaining: Int) {
    self.trial = trial
    self.configuration = configuration
    self.remaining = remaining
  }
}

/// What an idle group is to train.
public enum NextTrial: Hashable, Sendable {
  /// A new trial.
  case begin(Configuration)
  /// One of those that are paused.
  case goOn(TrialID)
}
