public import Randomness

/// Draws every configuration uniformly, each parameter in its own scale, whatever was observed.
public struct RandomSampler: Sampler, Equatable {
  public init() {}

  public func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    return space.configuration(at: try space.allowedPoint(using: &random))
  }
}
