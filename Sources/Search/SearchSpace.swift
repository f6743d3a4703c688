/// The values that one hyperparameter may take.
public enum Domain: Hashable, Codable, Sendable {
  /// Real numbers in [low, high]; with `.log`, uniform in the logarithm, and low is above 0.
  case float(low: Double, high: Double, scale: Scale)
  /// Integers in [low, high]; with `.log`, uniform in the logarithm, and low is at least 1.
  case integer(low: Int, high: Int, scale: Scale)
  /// Unordered choices, at least one, all different. Numeric choices keep their numbers.
  case categorical([ParameterValue])
}

public enum Scale: String, Codable, CaseIterable, Sendable {
  case linear, log
}

/// A parameter is active only when another one, defined before it, is active and has one of these values.
public struct Condition: Hashable, Codable, Sendable {
  public var parameter: String
  public var values: [ParameterValue]

  public init(parameter: String, values: [ParameterValue]) {
    self.parameter = parameter
    self.values = values
  }
}

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
public struct SearchSpace: Hashable, Codable, Sendable {
  public var parameters: [Parameter]

  public init(_ parameters: [Parameter]) { self.parameters = parameters }
}
