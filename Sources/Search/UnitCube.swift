public import Randomness

// A configuration as a point of the unit cube [0, 1]^d, one coordinate for each parameter of the space,
// active or not. Samplers work there: a uniform point is a uniform configuration.
extension SearchSpace {
  /// The configuration at `point`, `[dimension]`. Coordinates are clipped to [0, 1]; those of inactive
  /// parameters do not matter.
  public func configuration(at point: [Double]) -> Configuration {
    precondition(point.count == dimension, "a point needs one coordinate for each parameter")
    var values: [String: ParameterValue] = [:]
    values.reserveCapacity(dimension)
    for (parameter, unit) in zip(parameters, point) where isActive(parameter, given: values) {
      values[parameter.name] = parameter.domain.value(at: unit)
    }
    return Configuration(values)
  }

  /// The point of `configuration`, `[dimension]`; inactive parameters lie in the middle, at 1/2.
  ///
  /// `configuration(at:)` undoes it, exactly for discrete values, to rounding for floats. The constraints
  /// need not hold, so that a measurement from outside can be learned from.
  /// - Throws: what `validate(_:)` throws, but for constraints.
  public func point(of configuration: Configuration) throws(SearchError) -> [Double] {
    var point: [Double] = []
    point.reserveCapacity(dimension)
    var active = 0
    for parameter in parameters {
      guard let value = configuration[parameter.name] else {
        point.append(0.5)
        if isActive(parameter, given: configuration.values) { try validateValues(of: configuration) }
        continue
      }
      guard let unit = parameter.domain.unit(of: value), isActive(parameter, given: configuration.values)
      else {
        try validateValues(of: configuration)
        preconditionFailure("a valid configuration has a place in the unit cube")
      }
      point.append(unit)
      active += 1
    }
    if active != configuration.values.count { try validateValues(of: configuration) }
    return point
  }

  /// A configuration drawn uniformly, each parameter in its own scale; allowed where `randomPoint` finds one.
  public func randomConfiguration(using random: inout CounterGenerator) -> Configuration {
    configuration(at: randomPoint(using: &random))
  }

  /// A point drawn uniformly, drawn anew up to a thousand times until the constraints allow it.
  func randomPoint(using random: inout CounterGenerator) -> [Double] {
    drawn { uniformPoint(using: &random) }
  }

  /// A point drawn uniformly. Every parameter draws, active or not, so that one parameter's value never
  /// shifts the random numbers of the next.
  func uniformPoint(using random: inout CounterGenerator) -> [Double] {
    random.nextUniforms(dimension)
  }
}
