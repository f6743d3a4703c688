public import Randomness

/// A genetic algorithm in the steady state: each trial is a child of the best so far, so that any number of
/// groups may ask at once and none waits for a generation.
///
/// - Population: the best `population` measurements of all; the best are never lost (elitism). Failed trials
///   and those at work are none of them, and are not bred again.
/// - Parents win tournaments: the best of `tournament` members, drawn evenly.
/// - Crossover: of numbers simulated binary crossover, each of the two values as likely; a choice from either
///   parent.
/// - Mutation: of numbers polynomial mutation, which moves an integer by one at least; a choice is drawn
///   anew.
/// - Beginning: the first `population` trials are points of a scrambled Sobol sequence.
public struct GeneticSampler: Sampler {
  public var options: GeneticOptions
  private var ranked: RankedMeasurements?
  private var features: FeatureSpace?

  public init(_ options: GeneticOptions = GeneticOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    if features?.space != space {
      try space.validate()
      features = FeatureSpace(space)
    }
    try options.validate()
    let kept = ranked.take()
    let ranked = try RankedMeasurements.advanced(kept, to: evidence, in: space)
    self.ranked = ranked
    guard evidence.trialCount(upTo: options.population) >= options.population, let features,
      let budget = evidence.budget(atLeast: 2)
    else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    let step = GeneticStep(
      space: features, options: options, ranked: ranked,
      parents: Array(ranked.best(at: budget).prefix(options.population)),
      outstanding: try OutstandingTrials(evidence, unmeasuredAt: budget, in: ranked))
    return space.configuration(at: step.child(using: &random))
  }
}

/// One proposal.
private struct GeneticStep {
  let space: FeatureSpace
  let options: GeneticOptions
  let ranked: RankedMeasurements
  /// Rows of `ranked`, best first.
  let parents: [Int]
  let outstanding: OutstandingTrials

  /// A new snapped point, unless many attempts at one fail, as in a space that has been tried out.
  func child(using random: inout CounterGenerator) -> [Double] {
    var point = bred(using: &random)
    for attempt in 1..<50 where outstanding.isKnown(point, of: space, in: ranked) {
      // A population of one mind breeds the same child again and again; chance does not.
      point = attempt < 20 ? bred(using: &random) : space.snapped(space.space.randomPoint(using: &random))
    }
    return point
  }

  private func bred(using random: inout CounterGenerator) -> [Double] {
    let first = parent(using: &random)
    let second = random.nextUniform() < options.crossover ? parent(using: &random) : first
    let rate = options.mutations / Double(space.dimension)
    return (0..<space.dimension).map { j in
      // A parameter that is inactive in both may be active in the child.
      var unit = inherited(first[first.startIndex + j], second[second.startIndex + j], at: j, using: &random)
      if random.nextUniform() < rate { unit = mutated(unit, at: j, using: &random) }
      return space.snapped(unit, at: j)
    }
  }

  private func parent(using random: inout CounterGenerator) -> ArraySlice<Double> {
    var best = parents.count
    for _ in 0..<options.tournament { best = min(best, Int(random.nextUniform() * Double(parents.count))) }
    return ranked.table.point(parents[best])
  }

  /// Every coordinate draws equally often, whatever its parents are.
  private func inherited(
    _ a: Double, _ b: Double, at j: Int, using random: inout CounterGenerator
  ) -> Double {
    let (side, draw) = (random.nextUniform(), random.nextUniform())
    if a.isNaN || b.isNaN { return a.isNaN && b.isNaN ? draw : a.isNaN ? b : a }
    // Half of the numbers cross, as in NSGA-II; the others come whole from one parent.
    guard !space.categorical[j], side < 0.5 else { return side < 0.75 ? a : b }
    let children = Variation.crossed(a, b, at: draw)
    return side < 0.25 ? children.low : children.high
  }

  private func mutated(_ unit: Double, at j: Int, using random: inout CounterGenerator) -> Double {
    let draw = random.nextUniform()
    if space.categorical[j] { return draw }
    let mutant = Variation.mutated(unit, at: draw)
    guard let count = space.space.parameters[j].domain.count, count > 1,
      space.snapped(mutant, at: j) == space.snapped(unit, at: j)
    else { return mutant }
    return min(max(unit + (draw < 0.5 ? -1 : 1) / Double(count), 0), 1)
  }
}

extension GeneticSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension GeneticSampler: Codable {
  /// The options alone: what is kept follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try GeneticOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
