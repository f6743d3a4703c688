/// A complete generation of a population: every member has reached the generation's budget or has failed. Of
/// a population without generations, what is newest of each member at a time.
public struct Generation: Hashable, Codable, Sendable {
  /// From 0.
  public var number: Int
  /// By trial, from 0.
  public var members: [Member]

  public init(number: Int, members: [Member]) {
    self.number = number
    self.members = members
  }

  public struct Member: Hashable, Codable, Sendable {
    public var trial: TrialID
    /// Cumulative, in the study's unit: what the member reached, or should have reached when it failed.
    public var budget: Int
    /// Lower is better; nil when the member failed in this generation.
    public var cost: Double?
    /// By how much limits are broken, summed; 0 when they hold.
    public var violation: Double
    /// The hyperparameters in force during the generation.
    public var configuration: Configuration
    /// The state that the member started from: its lineage, one link at a time.
    public var origin: Origin

    public init(
      trial: TrialID, budget: Int, cost: Double?, violation: Double = 0, configuration: Configuration,
      origin: Origin
    ) {
      self.trial = trial
      self.budget = budget
      self.cost = cost
      self.violation = violation
      self.configuration = configuration
      self.origin = origin
    }

    /// Whose state the member copied before this generation; nil when it went on from its own or started
    /// fresh.
    public var parent: TrialID? {
      if case .fork(let parent, _) = origin { parent } else { nil }
    }
  }
}
