public import Randomness

/// Proposes configurations. Knows nothing of rungs, ranks or files.
public protocol Sampler: Codable, Sendable {
  /// A configuration for a new trial, every active parameter of `space` within its domain and no other.
  ///
  /// A function of its arguments: what a sampler stores between calls may make it faster, never change the answer.
  /// `random` is a stream of this trial's own.
  mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given observations: Observations, using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration
}

/// What is known when a configuration is proposed.
public struct Observations: Codable, Equatable, Sendable {
  public struct Completed: Codable, Equatable, Sendable {
    public var trial: TrialID
    public var configuration: Configuration
    /// The cumulative budget at which the cost was measured.
    public var budget: Int
    /// Finite; lower is better.
    public var cost: Double

    public init(trial: TrialID, configuration: Configuration, budget: Int, cost: Double) {
      self.trial = trial
      self.configuration = configuration
      self.budget = budget
      self.cost = cost
    }
  }

  /// Every measurement, in the order in which it was reported; a trial appears once for each budget it reached.
  public var completed: [Completed] = []
  /// Trials at work, by trial.
  public var pending: [TrialID: Configuration] = [:]
  /// Trials that failed, by trial.
  public var failed: [TrialID: Configuration] = [:]

  public init() {}
}
