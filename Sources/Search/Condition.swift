/// A parameter is active only when another one, defined before it, is active and meets a requirement.
public struct Condition: Hashable, Sendable {
  /// What the other parameter's value must be.
  public enum Requirement: Hashable, Codable, Sendable {
    /// One of these values.
    case oneOf([ParameterValue])
    /// Both ends included; nil leaves one open. An ordinal parameter's values compare by their order.
    case range(low: ParameterValue?, high: ParameterValue?)
  }

  public var parameter: String
  public var requirement: Requirement
  /// Conditions that must hold as well.
  public var also: [Condition]

  public init(parameter: String, _ requirement: Requirement, also: [Condition] = []) {
    self.parameter = parameter
    self.requirement = requirement
    self.also = also
  }

  public init(parameter: String, values: [ParameterValue]) { self.init(parameter: parameter, .oneOf(values)) }

  /// Active where `parameter` is a number from `low` to `high`, both included.
  public init(parameter: String, low: Double?, high: Double?) {
    self.init(parameter: parameter, .range(low: low.map { .number($0) }, high: high.map { .number($0) }))
  }

  /// This condition and those besides it, each about one parameter.
  public var all: [Condition] { [Condition(parameter: parameter, requirement)] + also.flatMap(\.all) }
}

extension Condition.Requirement {
  /// Whether `value`, of a parameter with this domain, meets it.
  public func isMet(by value: ParameterValue, of domain: Domain) -> Bool {
    switch self {
    case .oneOf(let values):
      if values.contains(value) { return true }
      guard case .quantized = domain else { return false }
      let own = domain.canonical(value)
      return values.contains { domain.canonical($0) == own }
    case .range(let low, let high):
      guard let place = domain.order(of: value) else { return false }
      return (low.map { domain.order(of: $0).map { $0 <= place } ?? false } ?? true)
        && (high.map { domain.order(of: $0).map { place <= $0 } ?? false } ?? true)
    }
  }
}

extension Domain {
  /// By what values of the domain compare: a number itself, an ordered value's index. Nil for an unordered
  /// choice.
  func order(of value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.float, .number(let number)), (.integer, .number(let number)): number
    case (.quantized, .number(let number)):
      if case .number(let own) = canonical(value) { own } else { number }
    case (.ordinal(let choices), _): choices.firstIndex(of: value).map(Double.init)
    default: nil
    }
  }
}

extension Condition: CustomStringConvertible {
  /// Such as `optimizer is adamw or lamb`, `momentum is from 0.5 to 0.9`, `layers is at least 2`.
  public var description: String {
    all.map { "\($0.parameter) is \($0.requirement)" }.joined(separator: " and ")
  }
}

extension Condition.Requirement: CustomStringConvertible {
  public var description: String {
    switch self {
    case .oneOf(let values): values.map(\.description).joined(separator: " or ")
    case .range(let low?, let high?): "from \(low) to \(high)"
    case .range(let low?, nil): "at least \(low)"
    case .range(nil, let high?): "at most \(high)"
    case .range(nil, nil): "any value"
    }
  }
}

extension Condition: Codable {
  private enum Key: String, CodingKey { case parameter, values, range, also }

  private struct Range: Codable {
    var low: ParameterValue?
    var high: ParameterValue?
  }

  /// `{"parameter": "optimizer", "values": ["sgd"]}`; a range in place of the values, and `also`, where there
  /// are.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    parameter = try container.decode(String.self, forKey: .parameter)
    also = try container.decodeIfPresent([Condition].self, forKey: .also) ?? []
    if let range = try container.decodeIfPresent(Range.self, forKey: .range) {
      requirement = .range(low: range.low, high: range.high)
    } else {
      requirement = .oneOf(try container.decode([ParameterValue].self, forKey: .values))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(parameter, forKey: .parameter)
    switch requirement {
    case .oneOf(let values): try container.encode(values, forKey: .values)
    case .range(let low, let high): try container.encode(Range(low: low, high: high), forKey: .range)
    }
    if !also.isEmpty { try container.encode(also, forKey: .also) }
  }
}

extension Condition {
  /// A parent must come first, so that one pass over the parameters settles which of them are active.
  func validate(subject: String, earlier: [String: Parameter]) throws(SearchError) {
    for condition in all {
      guard let parent = earlier[condition.parameter] else {
        throw SearchError(
          subject: subject, expected: "a condition on a parameter defined before it",
          found: condition.parameter,
          remedy: "Define \(condition.parameter) above it, or correct the name.")
      }
      switch condition.requirement {
      case .oneOf(let values): try condition.validate(values, of: parent.domain, subject)
      case .range(let low, let high): try condition.validate(low, high, of: parent.domain, subject)
      }
    }
  }

  private func validate(_ values: [ParameterValue], of domain: Domain, _ subject: String) throws(SearchError)
  {
    guard domain.count != nil else {
      throw SearchError(
        subject: subject, expected: "a condition on a range of \(parameter), which is a float",
        found: "a condition on its values",
        remedy: "Give the lowest or the highest value that makes it active, such as {low: 0.5}.")
    }
    guard !values.isEmpty else {
      throw SearchError(
        subject: subject, expected: "at least one value of \(parameter) in the condition", found: "none",
        remedy: "List the values that make it active.")
    }
    for value in values where !domain.contains(value) {
      throw SearchError(
        subject: subject, expected: "a condition on \(domain), the values of \(parameter)", found: "\(value)",
        remedy: "Correct the value, or add it to \(parameter).")
    }
  }

  private func validate(
    _ low: ParameterValue?, _ high: ParameterValue?, of domain: Domain, _ subject: String
  ) throws(SearchError) {
    guard !domain.isCategorical else {
      throw SearchError(
        subject: subject, expected: "a condition on values of \(parameter), whose choices have no order",
        found: "a range", remedy: "List the values, or make \(parameter) ordinal.")
    }
    guard low != nil || high != nil else {
      throw SearchError(
        subject: subject, expected: "low, high or both for the range of \(parameter)", found: "neither",
        remedy: "Give the lowest or the highest value that makes it active, such as {low: 0.5}.")
    }
    for end in [low, high] {
      guard let end else { continue }
      guard let place = domain.order(of: end), place.isFinite else {
        throw SearchError(
          subject: subject, expected: "a range within \(domain), the values of \(parameter)", found: "\(end)",
          remedy: "Correct the value.")
      }
    }
    let ends = domain.orderedEnds
    let first = max(low.flatMap(domain.order) ?? ends.low, ends.low)
    let last = min(high.flatMap(domain.order) ?? ends.high, ends.high)
    guard first <= last else {
      throw SearchError(
        subject: subject, expected: "a range that \(parameter), \(domain), can lie in",
        found: "\(requirement)",
        remedy: "Correct the range.")
    }
  }
}

extension Domain {
  /// The first and the last place of `order(of:)`.
  fileprivate var orderedEnds: (low: Double, high: Double) {
    switch self {
    case .float(let low, let high, _): (low, high)
    case .integer(let low, let high, _): (Double(low), Double(high))
    case .quantized(let low, let high, let step, _): (low, Grid(low, high, step).last)
    case .ordinal(let choices), .categorical(let choices): (0, Double(choices.count - 1))
    }
  }
}
