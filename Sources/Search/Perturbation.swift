public import Randomness

/// How PBT's explore changes a configuration (Jaderberg et al., "Population based training of neural
/// networks", 2017, arXiv 1711.09846: perturb by 1.2 or 0.8, resample with probability 0.25).
public struct Perturbation: Hashable, Codable, Sendable {
  /// A number is multiplied by one of these, drawn uniformly; at least one, all above 0.
  public var factors: [Double]
  /// With this probability a value is drawn anew from its domain instead, in [0, 1].
  public var resampleProbability: Double

  public init(factors: [Double] = [0.8, 1.2], resampleProbability: Double = 0.25) {
    self.factors = factors
    self.resampleProbability = resampleProbability
  }

  public func validate() throws(SearchError) {
    guard !factors.isEmpty, factors.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      throw SearchError(
        subject: "explore", expected: "at least one factor, all finite and above 0",
        found: factors.isEmpty ? "none" : factors.map { "\($0)" }.joined(separator: ", "),
        remedy: "Write for instance 0.8 and 1.2.")
    }
    guard factors.count <= 1000, factors.allSatisfy({ $0 <= 1e6 }) else {
      throw SearchError(
        subject: "explore", expected: "at most 1000 factors, none above 1e6",
        found: factors.count > 1000 ? "\(factors.count)" : "\(factors.max() ?? 0)",
        remedy: "Write for instance 0.8 and 1.2.")
    }
    guard resampleProbability >= 0, resampleProbability <= 1 else {
      throw SearchError(
        subject: "explore", expected: "a resampling probability from 0 to 1", found: "\(resampleProbability)",
        remedy: "Write for instance 0.25.")
    }
  }
}

extension SearchSpace {
  /// A neighbour of `configuration`: every number multiplied by a factor and clipped to its domain, or drawn
  /// anew; a categorical choice, which has no neighbours, kept or drawn anew. A parameter that becomes active
  /// with a new choice is drawn uniformly.
  ///
  /// Parameters named in `fixed`, such as a model's width, keep their values. What the constraints refuse is
  /// drawn again; after a hundred refusals `configuration` stays as it is.
  /// - Throws: what `validate(_:)` throws for `configuration`, and `Perturbation.validate()`.
  public func perturbed(
    _ configuration: Configuration, by perturbation: Perturbation, keeping fixed: Set<String> = [],
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try perturbation.validate()
    try validate(configuration)
    for _ in 0..<100 {
      let moved = moved(configuration, by: perturbation, keeping: fixed, using: &random)
      if isAllowed(moved) { return moved }
    }
    return configuration
  }

  private func moved(
    _ configuration: Configuration, by perturbation: Perturbation, keeping fixed: Set<String>,
    using random: inout CounterGenerator
  ) -> Configuration {
    var values: [String: ParameterValue] = [:]
    for parameter in parameters {
      // The same number of draws for every parameter: one parameter's luck never shifts the next one's.
      let coin = random.nextUniform()
      let place = random.nextUniform()
      guard isActive(parameter, given: values) else { continue }
      guard let value = configuration[parameter.name] else {
        values[parameter.name] = parameter.domain.value(at: place)
        continue
      }
      if fixed.contains(parameter.name) {
        values[parameter.name] = value
      } else if coin < perturbation.resampleProbability {
        values[parameter.name] = parameter.domain.value(at: place)
      } else {
        let factor = perturbation.factors[Int(place * Double(perturbation.factors.count))]
        values[parameter.name] = parameter.domain.scaled(value, by: factor)
      }
    }
    return Configuration(values)
  }
}

extension Domain {
  /// `value` times `factor`, clipped to the domain; an ordered value's neighbour, the next for a factor above
  /// 1; a categorical choice is itself.
  ///
  /// On a linear scale a value smaller than a twentieth of the range moves as far as that twentieth would,
  /// because a product would never leave 0. An integer moves by at least 1, a quantized number by at
  /// least a step, unless `factor` is 1.
  public func scaled(_ value: ParameterValue, by factor: Double) -> ParameterValue {
    if case .ordinal = self { return neighbour(of: value, by: factor > 1 ? 1 : factor < 1 ? -1 : 0) }
    guard case .number(let number) = value else { return value }
    switch self {
    case .float(let low, let high, let scale):
      let moved = Self.product(number, factor, floor: scale == .log ? 0 : (high - low) / 20)
      return .number(min(max(moved, low), high))
    case .integer(let low, let high, let scale):
      var moved = Self.product(number, factor, floor: scale == .linear ? Double(high - low) / 20 : 0)
        .rounded()
      if moved == number, factor != 1 { moved += (factor > 1) == (number >= 0) ? 1 : -1 }
      return .number(min(max(moved, Double(low)), Double(high)))
    case .quantized(let low, let high, let step, let scale):
      let grid = Grid(low, high, step)
      guard let index = grid.index(of: number), factor != 1 else { return value }
      let moved = Self.product(number, factor, floor: scale == .linear ? (high - low) / 20 : 0)
      let target = grid.index(of: grid.value(nearest: moved)) ?? index
      return .number(grid.value(target == index ? index + ((factor > 1) == (number >= 0) ? 1 : -1) : target))
    case .ordinal, .categorical:
      return value
    }
  }

  private static func product(_ number: Double, _ factor: Double, floor: Double) -> Double {
    number.magnitude >= floor ? number * factor : number + (number < 0 ? -floor : floor) * (factor - 1)
  }
}
