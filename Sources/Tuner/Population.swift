public import Search

/// A complete generation, as `population.h5` holds it.
public struct Population: Codable, Equatable, Sendable {
  /// From 0.
  public var generation: Int
  /// In the scheduler's order.
  public var members: [Member]

  public init(generation: Int, members: [Member]) {
    self.generation = generation
    self.members = members
  }

  public struct Member: Codable, Equatable, Sendable {
    public var trial: TrialID
    /// Cumulative, in the study's unit: that of the checkpoint, which is an older one when the member failed
    /// in this generation.
    public var budget: Int
    /// The objective's metric, with its own sign; nil when the member failed in this generation.
    public var score: Double?
    public var configuration: Configuration
    /// The state that the member's newest job started from: its lineage, one link at a time.
    public var origin: Origin
    /// Relative to the run directory; nil when the member has no durable state.
    public var checkpoint: String?

    public init(
      trial: TrialID, budget: Int, score: Double?, configuration: Configuration, origin: Origin,
      checkpoint: String?
    ) {
      self.trial = trial
      self.budget = budget
      self.score = score
      self.configuration = configuration
      self.origin = origin
      self.checkpoint = checkpoint
    }
  }
}
