public import Randomness
import RealModule

/// A user's guess of a parameter's best value, and how sure it is.
///
/// Over the unit interval a number's prior is a normal density around the guess, cut off at 0 and 1 (the
/// priors of Hvarfner et al., "πBO", ICLR 2022, and of Mallik et al., "PriorBand", NeurIPS 2023). The choice
/// that was guessed has the weight 1 / (1 + 4 `deviation`), of which the rest is spread evenly over all
/// choices.
public struct Prior: Hashable, Codable, Sendable {
  public var value: ParameterValue
  /// The normal density's standard deviation, as a share of the parameter's range in its own scale, above 0.
  public var deviation: Double

  /// How sure a guess is.
  public enum Confidence: String, Codable, CaseIterable, Sendable {
    case low, medium, high

    /// A half, a quarter, a tenth of the range.
    public var deviation: Double {
      switch self {
      case .low: 0.5
      case .medium: 0.25
      case .high: 0.1
      }
    }
  }

  public init(value: ParameterValue, deviation: Double) {
    self.value = value
    self.deviation = deviation
  }

  public init(value: ParameterValue, confidence: Confidence) {
    self.init(value: value, deviation: confidence.deviation)
  }
}

extension Prior {
  func validate(_ domain: Domain, subject: String) throws(SearchError) {
    guard domain.contains(value) else {
      throw SearchError(
        subject: subject, expected: "a prior's value that is \(domain)", found: "\(value)",
        remedy: "Correct the value, or widen the range.")
    }
    guard deviation >= 0.001, deviation <= 10 else {
      throw SearchError(
        subject: subject, expected: "a prior's deviation from 0.001 to 10 of the range",
        found: "\(deviation)",
        remedy: "Write for instance 0.25, or confidence: medium.")
    }
  }

  /// The probability of the guessed one of `count` choices, beside the even share of all.
  private var weight: Double { 1 / (1 + 4 * deviation) }

  /// Of the coordinate `unit` in [0, 1], relative to the uniform density.
  func logDensity(at unit: Double, of domain: Domain) -> Double {
    guard let centre = domain.unit(of: value) else { return 0 }
    if domain.isCategorical {
      let count = Double(domain.count ?? 1)
      let isGuess = domain.value(at: unit) == value
      return Double.log((1 - weight) + (isGuess ? weight * count : 0))
    }
    let z = (min(max(unit, 0), 1) - centre) / deviation
    let mass = Self.cumulative((1 - centre) / deviation) - Self.cumulative(-centre / deviation)
    return -z * z / 2 - NormalDistribution.logSquareRootOf2Pi - Double.log(deviation) - Double.log(mass)
  }

  /// The derivative of `logDensity` by `unit`; 0 of a choice.
  func logDensitySlope(at unit: Double, of domain: Domain) -> Double {
    guard !domain.isCategorical, let centre = domain.unit(of: value) else { return 0 }
    return (centre - unit) / (deviation * deviation)
  }

  /// A coordinate from two draws.
  func unit(of domain: Domain, using random: inout CounterGenerator) -> Double {
    let (coin, place) = (random.nextUniform(), random.nextUniform())
    guard let centre = domain.unit(of: value) else { return place }
    if domain.isCategorical { return coin < weight ? centre : place }
    let low = Self.cumulative(-centre / deviation)
    let high = Self.cumulative((1 - centre) / deviation)
    let probability = min(max(low + place * (high - low), 1e-300), 1 - 1e-16)
    return min(max(centre + deviation * NormalDistribution.quantile(probability), 0), 1)
  }

  private static func cumulative(_ z: Double) -> Double { Double.erfc(-z / Double.sqrt(2)) / 2 }
}

extension SearchSpace {
  /// True when a user guessed some parameter's best value.
  public var hasPrior: Bool { parameters.contains { $0.prior != nil } }

  /// The logarithm of the prior's density at a point of the unit cube, `[dimension]`: 0 where nobody guessed.
  /// Inactive parameters count nothing; constraints are not heeded, so that it is a density only without
  /// them.
  public func logPriorDensity(at point: [Double]) -> Double {
    precondition(point.count == dimension, "a point needs one coordinate for each parameter")
    guard hasPrior else { return 0 }
    let configuration = configuration(at: point)
    var sum = 0.0
    for (parameter, unit) in zip(parameters, point) {
      guard let prior = parameter.prior, configuration[parameter.name] != nil else { continue }
      sum += prior.logDensity(at: unit, of: parameter.domain)
    }
    return sum
  }

  /// A point drawn from the prior, uniform in the parameters without one; allowed by the constraints where a
  /// thousand draws meet such a point.
  public func pointFromPrior(using random: inout CounterGenerator) -> [Double] {
    drawn {
      parameters.map { $0.prior?.unit(of: $0.domain, using: &random) ?? random.nextUniform() }
    }
  }
}
