public import Randomness

/// Trial number i gets point number i of one scrambled Sobol sequence, which covers the space more evenly
/// than random draws do, whatever was observed.
///
/// The generator's seed scrambles the sequence, so that all trials of a study share one. Parameters beyond
/// the first 128 are drawn uniformly: the sampler has direction numbers for no more, and at that dimension a
/// sequence of hundreds of points is no more even than random ones.
public struct SobolSampler: Sampler, Equatable {
  public init() {}

  public func propose(
    _ trial: TrialID, in space: SearchSpace, given observations: Observations,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    return space.configuration(at: Self.point(of: trial, in: space, using: &random))
  }

  /// A coordinate for each parameter of a space that has at least one.
  static func point(
    of trial: TrialID, in space: SearchSpace, using random: inout CounterGenerator
  ) -> [Double] {
    let covered = min(space.dimension, SobolSequence.maximumDimension)
    let even = SobolSequence(dimension: covered).scrambledPoint(at: trial.rawValue, seed: random.seed)
    return even + (covered..<space.dimension).map { _ in random.nextUniform() }
  }
}
