public import Randomness
import RealModule

/// ParEGO (Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
/// multiobjective optimization problems", IEEE Transactions on Evolutionary Computation 10(1), 2006): each
/// trial weighs the objectives by weights of its own and leaves the rest to the Gaussian process of one cost.
///
/// - Notation: f, the costs, each from 0 at the least to 1 at the reference point or beyond it (`ObjectiveScale`); λ, the
///   weights. The one cost is the augmented Tchebycheff function maxⱼ(λⱼ fⱼ) + 0.05 Σⱼ λⱼ fⱼ (equation 2).
/// - The weights are uniform on the simplex, drawn anew for each trial; Knowles draws them from a grid on it.
/// - Replicates of a configuration count once, by their means.
/// - Limits, failed and pending trials count as they do for `gp`.
///
/// Works with any number of objectives; with one it is `gp`.
public struct ParEGOSampler: Sampler {
  public var options: ParEGOOptions
  private var table: ObservationTable?

  public init(_ options: ParEGOOptions = ParEGOOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let weights = Self.weights(evidence.objectiveCount, using: &random)
    let table = try ObservationTable.advanced(self.table.take(), to: evidence, in: space)
    self.table = table
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials,
      let one = table.scalarized(by: weights, of: evidence)
    else { return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random)) }
    try LinearAlgebra.load()
    let options = GaussianProcessOptions(
      candidates: options.candidates, starts: options.starts, maximumObservations: options.maximumObservations
    )
    var model = FittedProcess.advanced(nil, to: one, given: evidence, options: options)
    let (others, prior) = (evidence.outstanding(), OptimumPrior(of: space, given: evidence))
    let near = try model.neighbour(
      for: trial, beside: others, expecting: prior, options: options, using: &random)
    if let near { return space.configuration(at: near) }
    return space.configuration(at: try model.proposal(beside: others, expecting: prior, using: &random))
  }

  /// Uniform on the simplex: exponential draws, divided by their sum.
  static func weights(_ count: Int, using random: inout CounterGenerator) -> [Double] {
    let draws = (0..<count).map { _ in -Double.log(1 - random.nextUniform()) }
    let sum = draws.reduce(0, +)
    return draws.map { sum > 0 ? $0 / sum : 1 / Double(count) }
  }
}

extension ObservationTable {
  /// The configurations with one cost each; those that lack an objective are left out. Nil for fewer than two. O(n d).
  func scalarized(by weights: [Double], of evidence: Evidence) -> ObservationTable? {
    let rows = evidence.firstReadings(among: Array(0..<count))
      .filter { evidence.completed[$0].furtherCosts.count + 1 == weights.count }
    guard rows.count > 1 else { return nil }
    let vectors = rows.compactMap { evidence.estimate(ofRow: $0)?.mean }
    let shares = ObjectiveScale(of: vectors).shares(of: vectors)
    let costs = rows.indices.map { place in
      let terms = weights.indices.map { weights[$0] * shares[$0][place] }
      return (terms.max() ?? 0) + 0.05 * terms.reduce(0, +)
    }
    return table(of: rows, costs: costs)
  }
}

/// What may be chosen about a `ParEGOSampler`; the defaults serve.
public struct ParEGOOptions: SurrogateOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// How many points of the space are tried before the search for the best, at least 2.
  public var candidates: Int
  /// How many of them are improved by gradient, at least 1.
  public var starts: Int
  /// Of more measurements than this, the best and an even selection of the others are kept, at least 10.
  /// Every trial's model is a new one, so this bounds what a proposal costs.
  public var maximumObservations: Int

  public init(initialTrials: Int = 10, candidates: Int = 512, starts: Int = 8, maximumObservations: Int = 400)
  {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.starts = starts
    self.maximumObservations = maximumObservations
  }

  public func validate() throws(SearchError) { try validateSurrogate(of: .parego) }

  public var heeds: Heeding { .everything }

  public func makeSampler() -> any Sampler { ParEGOSampler(self) }
}

extension ParEGOSampler: Codable {
  public init(from decoder: any Decoder) throws { self.init(try ParEGOOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
