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
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    let point = Self.point(of: trial, in: space, using: &random)
    return space.configuration(at: try space.repaired(point, using: &random))
  }

  /// The point of a trial before anything is modelled: of the sequence; where the user guessed the optimum, every
  /// second one is drawn from the guess.
  static func opening(
    _ trial: TrialID, in space: SearchSpace, using random: inout CounterGenerator
  ) -> [Double] {
    space.hasPrior && trial.rawValue % 2 == 0
      ? space.pointFromPrior(using: &random) : point(of: trial, in: space, using: &random)
  }

  /// How many sequences are asked for a point that the constraints allow.
  private static let rounds: UInt64 = 64

  /// A coordinate for each parameter of a space that has at least one. Where the constraints do not allow it,
  /// the trial's point of the next of 64 sequences, each scrambled in its own way, that has an allowed one;
  /// where none has, one drawn at random.
  static func point(
    of trial: TrialID, in space: SearchSpace, using random: inout CounterGenerator
  ) -> [Double] {
    let covered = min(space.dimension, SobolSequence.maximumDimension)
    let sequence = SobolSequence(dimension: covered)
    for round in 0..<(space.constraints.isEmpty ? 1 : rounds) {
      let even = sequence.scrambledPoint(
        at: trial.rawValue, seed: random.seed &+ round &* 0x9E37_79B9_7F4A_7C15)
      let point = even + (covered..<space.dimension).map { _ in random.nextUniform() }
      if space.isAllowed(at: point) { return point }
    }
    return space.randomPoint(using: &random)
  }
}
