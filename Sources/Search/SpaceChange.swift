import Randomness

// Configurations that were tried before the space was changed, as the present space sees them.
extension SearchSpace {
  /// `configuration` with every value as its domain writes it (`Domain.canonical`); whether the values are of
  /// their domains does not matter.
  package func canonical(_ configuration: Configuration) -> Configuration {
    var own = configuration
    for parameter in parameters {
      guard case .quantized = parameter.domain, let value = configuration[parameter.name] else { continue }
      own[parameter.name] = parameter.domain.canonical(value)
    }
    return own
  }

  /// `configuration` as one of this space, though its constraints need not hold: without the values of
  /// parameters that are gone or inactive here. Nil where a parameter of this space has no value in it, or
  /// one outside of its domain.
  func expressed(_ configuration: Configuration) -> Configuration? {
    var values: [String: ParameterValue] = [:]
    values.reserveCapacity(dimension)
    for parameter in parameters where isActive(parameter, given: values) {
      guard let value = configuration[parameter.name], parameter.domain.contains(value) else { return nil }
      values[parameter.name] = parameter.domain.canonical(value)
    }
    return Configuration(values)
  }

  /// The configuration of this space that is nearest to `configuration`, whose constraints need not hold:
  /// numbers moved to the nearest of their domain, what is unknown or missing in the middle of it.
  func fitted(_ configuration: Configuration) -> Configuration {
    var values: [String: ParameterValue] = [:]
    values.reserveCapacity(dimension)
    for parameter in parameters where isActive(parameter, given: values) {
      values[parameter.name] =
        configuration[parameter.name].flatMap(parameter.domain.nearest(to:))
        ?? parameter.domain.value(at: 0.5)
    }
    return Configuration(values)
  }

  /// `fitted(_:)` as a point of the unit cube, `[dimension]`.
  func fittedPoint(of configuration: Configuration) -> [Double] {
    let own = fitted(configuration)
    return parameters.map { parameter in
      own[parameter.name].flatMap { parameter.domain.unit(of: $0) } ?? 0.5
    }
  }

  /// `configuration` if it is one of this space, else an allowed one near it.
  /// - Throws: what `allowedPoint(using:)` throws.
  func adopted(
    _ configuration: Configuration, using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try repaired(fitted(configuration), using: &random)
  }
}

extension Domain {
  /// The value of this domain that is nearest to `value`; nil for a choice that it does not have, and a text
  /// where it has numbers.
  func nearest(to value: ParameterValue) -> ParameterValue? {
    if contains(value) { return canonical(value) }
    guard case .number(let number) = value, !number.isNaN else { return nil }
    switch self {
    case .float(let low, let high, _): return .number(min(max(number, low), high))
    case .integer(let low, let high, _):
      return .number(min(max(number.rounded(), Double(low)), Double(high)))
    case .quantized(let low, let high, let step, _):
      return .number(Grid(low, high, step).value(nearest: number))
    case .ordinal(let choices):
      return choices.compactMap { if case .number(let choice) = $0 { choice } else { nil } }
        .min { abs($0 - number) < abs($1 - number) }.map(ParameterValue.number)
    case .categorical: return nil
    }
  }
}
