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
