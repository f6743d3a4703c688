import Randomness

/// A user's prior of where the optimum lies, and how much it weighs among the measurements so far: πBO
/// (Hvarfner et al., "πBO: augmenting acquisition functions with user beliefs for Bayesian optimization",
/// ICLR 2022, equation 6). What is maximized is α(x) π(x)^(β / n) after n measurements, so that a guess leads
/// the beginning and a wrong one is forgotten.
struct OptimumPrior {
  /// β / n.
  let exponent: Double

  private let space: FeatureSpace
  private let priors: [(coordinate: Int, prior: Prior, domain: Domain)]

  /// Of how many trials a study is taken to be where nobody said.
  private static let usualTrials = 100

  /// Nil where nobody guessed. β is a tenth of the planned trials, as the paper has it.
  init?(of space: SearchSpace, given evidence: Evidence) {
    guard space.hasPrior else { return nil }
    self.space = FeatureSpace(space)
    let trials = evidence.plannedTrials ?? Self.usualTrials
    exponent = Double(trials) / 10 / Double(max(evidence.completed.count, 1))
    priors = space.parameters.enumerated().compactMap { j, parameter in
      parameter.prior.map { (j, $0, parameter.domain) }
    }
  }

  /// β / n ln π of one coordinate of the cube; 0 where nobody guessed.
  func logWeight(of unit: Double, at coordinate: Int) -> Double {
    guard let own = priors.first(where: { $0.coordinate == coordinate }) else { return 0 }
    return exponent * own.prior.logDensity(at: unit, of: own.domain)
  }

  /// A coordinate of the cube, drawn from the guess; nil where nobody guessed.
  func unit(at coordinate: Int, using random: inout CounterGenerator) -> Double? {
    priors.first { $0.coordinate == coordinate }.map { $0.prior.unit(of: $0.domain, using: &random) }
  }

  /// β / n ln π(x) at the features of a configuration, `[d]`, and its gradient; what is inactive counts
  /// nothing.
  func logWeight(at features: [Double]) -> (value: Double, gradient: [Double]) {
    let active = space.isActive(at: features)
    var value = 0.0
    var gradient = Array(repeating: 0.0, count: features.count)
    for (j, prior, domain) in priors where active[j] {
      value += exponent * prior.logDensity(at: features[j], of: domain)
      gradient[j] = exponent * prior.logDensitySlope(at: features[j], of: domain)
    }
    return (value, gradient)
  }
}

/// The logarithm of an acquisition, and of a prior's weight added to it.
struct PriorWeightedAcquisition<Base: AcquisitionFunction>: AcquisitionFunction {
  private let base: Base
  private let prior: OptimumPrior
  private let dimension: Int

  /// - Parameter dimension: coordinates of a query.
  init(_ base: Base, by prior: OptimumPrior, dimension: Int) {
    self.base = base
    self.prior = prior
    self.dimension = dimension
  }

  var capacity: Int { base.capacity }

  func values(at queries: [Double]) -> [Double] {
    base.values(at: queries).enumerated().map { c, value in
      value + prior.logWeight(at: query(c, of: queries)).value
    }
  }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    var (values, gradients) = base.ascent(at: queries)
    for c in values.indices {
      let (value, gradient) = prior.logWeight(at: query(c, of: queries))
      values[c] += value
      for j in 0..<dimension { gradients[c * dimension + j] += gradient[j] }
    }
    return (values, gradients)
  }

  private func query(_ c: Int, of queries: [Double]) -> [Double] {
    Array(queries[c * dimension..<(c + 1) * dimension])
  }
}
