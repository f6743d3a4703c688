public import Randomness
import RealModule

/// ParEGO (Knowles, "ParEGO: a hybrid algorithm with on-line landscape approximation for expensive
/// multiobjective optimization problems", IEEE Transactions on Evolutionary Computation 10(1), 2006): each
/// trial weighs the objectives by weights of its own and leaves the rest to the Gaussian process of one cost.
///
/// - Notation: f, the costs, each warped as a Gaussian process takes it (`TargetTransform`) and scaled to [0,
///   1]; λ, the weights. The one cost is the augmented Tchebycheff function maxⱼ(λⱼ fⱼ) + 0.05 Σⱼ λⱼ fⱼ
///   (equation 2).
/// - The weights are uniform on the simplex, drawn anew for each trial; Knowles draws them from a grid on it.
/// - Limits, failed and pending trials count as they do for `gp`.
///
/// Works with any number of objectives; with one it is `gp` with its costs warped twice.
public struct ParEGOSampler: Sampler {
  public var options: ParEGOOptions

  public init(_ options: ParEGOOptions = ParEGOOptions()) { self.options = options }

  public func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let objectives = evidence.objectiveCount
    let weights = Self.weights(objectives, using: &random)
    let scalarized = evidence.scalarized(by: weights)
    var sampler = GaussianProcessSampler(
      GaussianProcessOptions(
        initialTrials: options.initialTrials, candidates: options.candidates, starts: options.starts,
        maximumObservations: options.maximumObservations))
    return try sampler.propose(trial, in: space, given: scalarized, using: &random)
  }

  /// Uniform on the simplex: exponential draws, divided by their sum.
  static func weights(_ count: Int, using random: inout CounterGenerator) -> [Double] {
    let draws = (0..<count).map { _ in -Double.log(1 - random.nextUniform()) }
    let sum = draws.reduce(0, +)
    return draws.map { sum > 0 ? $0 / sum : 1 / Double(count) }
  }
}

extension Evidence {
  /// The same measurements with one cost each; those that lack an objective are left out.
  func scalarized(by weights: [Double]) -> Evidence {
    let measured = completed.filter { $0.furtherCosts.count + 1 == weights.count }
    let scaled = weights.indices.map { j in
      Self.scaled(TargetTransform.targets(of: measured.map { $0.costVector.costs[j] }))
    }
    var one = Evidence()
    for (place, var measurement) in measured.enumerated() {
      let terms = weights.indices.map { weights[$0] * scaled[$0][place] }
      measurement.cost = (terms.max() ?? 0) + 0.05 * terms.reduce(0, +)
      measurement.furtherCosts = []
      one.append(measurement)
    }
    one.adoptTrials(of: self)
    return one
  }

  /// To [0, 1]; all 0 if they are equal.
  private static func scaled(_ values: [Double]) -> [Double] {
    guard let low = values.min(), let high = values.max(), high > low else { return values.map { _ in 0 } }
    return values.map { ($0 - low) / (high - low) }
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
