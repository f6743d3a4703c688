/// One hyperparameter: its name, the values it may take, and when it has one at all.
public struct Parameter: Hashable, Codable, Sendable {
  public var name: String
  public var domain: Domain
  /// Nil for a parameter that is always active.
  public var condition: Condition?
  /// Where its best value is believed to be; nil where nobody said.
  public var prior: Prior?

  public init(name: String, domain: Domain, condition: Condition? = nil, prior: Prior? = nil) {
    self.name = name
    self.domain = domain
    self.condition = condition
    self.prior = prior
  }
}

/// Which hyperparameters are searched, in a fixed order, and which of their combinations are allowed.
///
/// A space that someone wrote is checked once by `validate()`; the other functions take a valid one.
public struct SearchSpace: Hashable, Sendable {
  public var parameters: [Parameter]
  /// All must hold for every configuration.
  public var constraints: [Constraint]

  public init(_ parameters: [Parameter], constraints: [Constraint] = []) {
    self.parameters = parameters
    self.constraints = constraints
  }

  /// The number of parameters, and so of coordinates of a point of the unit cube.
  public var dimension: Int { parameters.count }
}

extension SearchSpace {
  /// True when `parameter` has a value in a configuration that has these values for the parameters before it.
  public func isActive(_ parameter: Parameter, given values: [String: ParameterValue]) -> Bool {
    guard let condition = parameter.condition else { return true }
    guard isMet(condition, given: values) else { return false }
    return condition.also.isEmpty || condition.all.allSatisfy { isMet($0, given: values) }
  }

  /// Whether the condition's own part holds, `also` left out.
  private func isMet(_ condition: Condition, given values: [String: ParameterValue]) -> Bool {
    // An inactive parent has no value, so that its children are inactive too.
    guard let value = values[condition.parameter] else { return false }
    if case .oneOf(let wanted) = condition.requirement {
      if wanted.contains(value) { return true }
      // Numbers on a grid are the same when they stand at one place of it.
      guard case .number = value else { return false }
    }
    guard let parent = parameters.first(where: { $0.name == condition.parameter }) else { return false }
    return condition.requirement.isMet(by: value, of: parent.domain)
  }
}

extension SearchSpace: Codable {
  private enum Key: String, CodingKey { case parameters, constraints }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    parameters = try container.decode([Parameter].self, forKey: .parameters)
    constraints = try container.decodeIfPresent([Constraint].self, forKey: .constraints) ?? []
  }

  /// Constraints are written only where there are some, so that a space without is written as it ever was.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(parameters, forKey: .parameters)
    if !constraints.isEmpty { try container.encode(constraints, forKey: .constraints) }
  }
}
