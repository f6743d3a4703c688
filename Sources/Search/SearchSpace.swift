/// A parameter is active only when another one, defined before it, is active and has one of these values.
public struct Condition: Hashable, Codable, Sendable {
  public var parameter: String
  public var values: [ParameterValue]

  public init(parameter: String, values: [ParameterValue]) {
    self.parameter = parameter
    self.values = values
  }
}

/// One hyperparameter: its name, the values it may take, and when it has one at all.
public struct Parameter: Hashable, Codable, Sendable {
  public var name: String
  public var domain: Domain
  public var condition: Condition?

  public init(name: String, domain: Domain, condition: Condition? = nil) {
    self.name = name
    self.domain = domain
    self.condition = condition
  }
}

/// Which hyperparameters are searched, in a fixed order.
///
/// A space that someone wrote is checked once by `validate()`; the other functions take a valid one.
public struct SearchSpace: Hashable, Codable, Sendable {
  public var parameters: [Parameter]

  public init(_ parameters: [Parameter]) { self.parameters = parameters }

  /// The number of parameters, and so of coordinates of a point of the unit cube.
  public var dimension: Int { parameters.count }
}

extension SearchSpace {
  /// True when `parameter` has a value in a configuration that has these values for the parameters before it.
  public func isActive(_ parameter: Parameter, given values: [String: ParameterValue]) -> Bool {
    guard let condition = parameter.condition else { return true }
    // An inactive parent has no value, so that its children are inactive too.
    guard let value = values[condition.parameter] else { return false }
    return condition.values.contains(value)
  }
}
