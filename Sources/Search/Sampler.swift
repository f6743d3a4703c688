public import Randomness

/// Proposes configurations. Knows nothing of rungs, ranks or files.
public protocol Sampler: Codable, Sendable {
  /// Why the last proposal was made as it was, in words for the log; nil where there is nothing to choose.
  var rationale: String? { get }

  /// A configuration for a new trial, every active parameter of `space` within its domain and no other.
  ///
  /// A function of its arguments: what a sampler stores between calls may make it faster, never change the
  /// answer. `random` is a stream of this trial's own.
  mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration

  /// Whether `choose` ever has an answer.
  var choosesAmongPaused: Bool { get }

  /// Whether the next stretch of one of `paused`, at least one, is worth more than a new trial; nil for a
  /// sampler that cannot tell.
  ///
  /// A function of its arguments, as `propose` is, which it takes the place of.
  mutating func choose(
    _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> NextTrial?
}

extension Sampler {
  public var rationale: String? { nil }
  public var choosesAmongPaused: Bool { false }

  public mutating func choose(
    _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> NextTrial? {
    nil
  }
}
