public import Randomness

/// Sequential model-based configuration: a random forest of the costs so far, and the configuration with the
/// largest expected improvement under it (Hutter, Hoos and Leyton-Brown, "Sequential model-based optimization
/// for general algorithm configuration", LION 2011).
///
/// - Model: `GrowingForest`; splits on numbers and on sets of choices, inactive parameters apart; costs
///   warped by half-ranks (`TargetTransform`). It costs far less than a Gaussian process and bears jumps,
///   many choices and conditions well; it knows less of smooth functions.
/// - Beginning: as in `GaussianProcessSampler`, points of a scrambled Sobol sequence.
/// - A user's prior of the optimum weighs the improvement, and half of the beginning is drawn from it.
/// - A share of the trials is drawn at random, so that no part of the space is left out for good.
/// - Several budgets: the largest one with enough measurements, as in BOHB.
/// - Pending trials count as if they had come out in the middle of what was measured, failed ones as the
///   worst: a constant liar (Ginsbourger, Le Riche and Carraro, 2010), because what a forest itself expects
///   of a point would change nothing in it.
public struct ForestSampler: Sampler {
  public var options: ForestOptions
  private var kept: ForestMemory?

  public init(_ options: ForestOptions = ForestOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    // Taken out of `self`, so that the forest has one owner and grows in place.
    let old = kept
    kept = nil
    var memory = try ForestMemory.advanced(
      old, to: evidence, in: space, options: options, seed: random.seed)
    defer { kept = memory }
    let minimum = min(space.dimension + 1, options.initialTrials)
    guard memory.chooseBudget(of: evidence, atLeast: minimum) else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    // Drawn in any case, so that the share changes nothing else.
    let isRandom = random.nextUniform() < options.randomShare
    if isRandom { return space.randomConfiguration(using: &random) }
    return space.configuration(at: try memory.proposal(given: evidence, options: options, using: &random))
  }
}

extension ForestSampler: BelievingSampler {
  public mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]? {
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials else { return nil }
    let old = kept
    kept = nil
    var memory = try ForestMemory.advanced(old, to: evidence, in: space, options: options, seed: seed)
    defer { kept = memory }
    let minimum = min(space.dimension + 1, options.initialTrials)
    guard memory.chooseBudget(of: evidence, atLeast: minimum) else { return nil }
    return try memory.beliefs(at: configurations).map { [$0] }
  }
}

/// What may be chosen about a `ForestSampler`; the defaults serve.
public struct ForestOptions: SamplerOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// At least 1.
  public var trees: Int
  /// How many random configurations are looked at for each proposal, at least 1.
  public var candidates: Int
  /// How many local searches are made for each proposal, at least 1.
  public var starts: Int
  /// The share of the trials that are drawn at random, from 0 to 1.
  public var randomShare: Double

  public init(
    initialTrials: Int = 10, trees: Int = 10, candidates: Int = 512, starts: Int = 10,
    randomShare: Double = 0.1
  ) {
    self.initialTrials = initialTrials
    self.trees = trees
    self.candidates = candidates
    self.starts = starts
    self.randomShare = randomShare
  }

  public func validate() throws(SearchError) {
    let forest = SamplerConfiguration.Kind.forest
    try forest.check("initial trials", initialTrials, atLeast: 2, atMost: 1_000_000)
    try forest.check("trees", trees, atLeast: 1, atMost: 1000)
    try forest.check("candidates", candidates, atLeast: 1, atMost: 100_000)
    try forest.check("starts", starts, atLeast: 1, atMost: 1000)
    try forest.check("random share", randomShare, "from 0 to 1", where: randomShare >= 0 && randomShare <= 1)
  }

  public var heeds: Heeding { [.outcomes, .limits, .priors, .budgets, .pending] }

  public func makeSampler() -> any Sampler { ForestSampler(self) }
}

extension ForestSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension ForestSampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws {
    self.init(try ForestOptions(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
