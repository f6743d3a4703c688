/// Which combinations of values are allowed: a formula over parameters that must be true, such as
/// `layers * width <= 4096` or `optimizer == sgd or momentum < 0.5`.
///
/// Numbers, `+ - * / ^`, one of `== != < <= > >=`, `and`, `or`, `not`, parentheses, `min`, `max`, `log`,
/// `exp`, `sqrt` and `abs`. A word that is no parameter is a text, beside `==` and `!=`; texts of more than a
/// word go in quotes. A constraint that names an inactive parameter holds. One that comes to no number, such
/// as log(-1) < 2, does not.
public struct Constraint: Sendable {
  /// The formula as it was written.
  public let text: String
  let expression: Expression

  /// - Throws: `SearchError` that says at which character what was expected.
  public init(_ text: String) throws(SearchError) {
    self.text = text
    expression = try ExpressionParser.parse(text, subject: "constraint \(text)")
  }

  private init(_ text: String, _ expression: Expression) {
    self.text = text
    self.expression = expression
  }

  /// The same formula, of parameters that the search knows by other names.
  package func renaming(_ newName: (String) -> String) -> Constraint {
    var renamed = expression
    for place in renamed.steps.indices {
      if case .name(let name) = renamed.steps[place].operation {
        renamed.steps[place].operation = .name(newName(name))
      }
    }
    return Constraint(text, renamed)
  }

  /// Checks the formula against the parameters that it may name.
  func validate(against parameters: [Parameter]) throws(SearchError) {
    try ExpressionCheck(subject: "constraint \(text)", parameters: parameters).run(expression)
  }
}

extension Constraint: Hashable {
  public static func == (left: Self, right: Self) -> Bool { left.text.hasSameBytes(as: right.text) }
  public func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

extension Constraint: CustomStringConvertible {
  public var description: String { text }
}

extension Constraint: Codable {
  /// The formula's text.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do throws(SearchError) {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}

extension SearchSpace {
  /// Whether every constraint holds. Whether the values are of their domains is `validate(_:)`'s to say.
  public func isAllowed(_ configuration: Configuration) -> Bool {
    constraints.isEmpty || violated(by: configuration) == nil
  }

  /// Whether the configuration at `point` is allowed.
  public func isAllowed(at point: [Double]) -> Bool {
    constraints.isEmpty || violated(byValues: configuration(at: point).values) == nil
  }

  /// The first constraint that does not hold.
  func violated(by configuration: Configuration) -> Constraint? {
    violated(byValues: canonical(configuration).values)
  }

  /// - Parameter values: as the domains write them.
  private func violated(byValues values: [String: ParameterValue]) -> Constraint? {
    constraints.first { constraint in
      !constraint.expression.holds(in: values) { name in parameters.contains { $0.name == name } }
    }
  }
}
