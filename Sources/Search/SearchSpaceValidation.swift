extension SearchSpace {
  /// Checks the definition: names, bounds, choices and conditions. The first mistake is thrown.
  public func validate() throws(SearchError) {
    guard !parameters.isEmpty else {
      throw SearchError(
        subject: "search space", expected: "at least one parameter", found: "none",
        remedy: "Name a hyperparameter to search.")
    }
    var earlier: [String: Parameter] = [:]
    for parameter in parameters {
      let subject = "parameter \(parameter.name)"
      guard !parameter.name.isEmpty else {
        throw SearchError(
          subject: "search space", expected: "a name for every parameter", found: "an empty name",
          remedy: "Name the hyperparameter.")
      }
      guard earlier[parameter.name] == nil else {
        throw SearchError(
          subject: subject, expected: "a name used once", found: "a second parameter of this name",
          remedy: "Rename or remove one of them.")
      }
      try parameter.domain.validate(subject: subject)
      if let condition = parameter.condition {
        try condition.validate(subject: subject, earlier: earlier)
      }
      earlier[parameter.name] = parameter
    }
  }

  /// Checks that `configuration` has a value of its domain for every active parameter, and no other.
  public func validate(_ configuration: Configuration) throws(SearchError) {
    var known = 0
    for parameter in parameters {
      let value = configuration[parameter.name]
      if value != nil { known += 1 }
      guard isActive(parameter, given: configuration.values) else {
        if let value { throw inactive(parameter, value) }
        continue
      }
      guard let value else {
        throw SearchError(
          subject: "parameter \(parameter.name)", expected: "\(parameter.domain)", found: "no value",
          remedy: "Give it a value of its domain.")
      }
      guard parameter.domain.contains(value) else {
        throw SearchError(
          subject: "parameter \(parameter.name)", expected: "\(parameter.domain)", found: "\(value)",
          remedy: "Give it a value of its domain.")
      }
    }
    guard known == configuration.values.count else {
      let names = Set(parameters.map(\.name))
      // Sorted, because a dictionary's order changes from run to run and a message must not.
      let unknown = configuration.values.keys.filter { !names.contains($0) }.sorted()
      throw SearchError(
        subject: "parameter \(unknown[0])",
        expected: "a parameter of the search space (\(parameters.map(\.name).joined(separator: ", ")))",
        found: "an unknown name", remedy: "Correct the name or remove it.")
    }
  }

  private func inactive(_ parameter: Parameter, _ value: ParameterValue) -> SearchError {
    let condition = parameter.condition.map { " unless \($0)" } ?? ""
    return SearchError(
      subject: "parameter \(parameter.name)", expected: "no value\(condition)", found: "\(value)",
      remedy: "Remove it, or change what it depends on.")
  }
}

extension Condition: CustomStringConvertible {
  /// Such as `optimizer is adamw or lamb`.
  public var description: String {
    "\(parameter) is \(values.map(\.description).joined(separator: " or "))"
  }

  /// A parent must come first, so that one pass over the parameters settles which of them are active.
  fileprivate func validate(subject: String, earlier: [String: Parameter]) throws(SearchError) {
    guard let parent = earlier[parameter] else {
      throw SearchError(
        subject: subject, expected: "a condition on a parameter defined before it", found: parameter,
        remedy: "Define \(parameter) above it, or correct the name.")
    }
    if case .float = parent.domain {
      throw SearchError(
        subject: subject, expected: "a condition on an integer or a categorical parameter",
        found: "\(parameter), which is a float", remedy: "Condition on choices of values instead.")
    }
    guard !values.isEmpty else {
      throw SearchError(
        subject: subject, expected: "at least one value of \(parameter) in the condition", found: "none",
        remedy: "List the values that make it active.")
    }
    for value in values where !parent.domain.contains(value) {
      throw SearchError(
        subject: subject, expected: "a condition on \(parent.domain), the values of \(parameter)",
        found: "\(value)", remedy: "Correct the value, or add it to \(parameter).")
    }
  }
}

extension Domain {
  fileprivate func validate(subject: String) throws(SearchError) {
    switch self {
    case .float(let low, let high, let scale):
      let (lowest, highest) = ("\(ParameterValue.number(low))", "\(ParameterValue.number(high))")
      guard low.isFinite, high.isFinite, (high - low).isFinite else {
        throw Self.outOfRange(subject, expected: "finite bounds", lowest, highest)
      }
      guard low < high else { throw Self.unordered(subject, lowest, highest) }
      guard scale == .linear || low > 0 else {
        throw SearchError(
          subject: subject, expected: "low above 0, because the scale is log", found: lowest,
          remedy: "Raise low, or use the linear scale.")
      }
    case .integer(let low, let high, let scale):
      guard low >= -Self.largestInteger, high <= Self.largestInteger else {
        throw Self.outOfRange(subject, expected: "bounds within ±2^40", "\(low)", "\(high)")
      }
      guard low < high else { throw Self.unordered(subject, "\(low)", "\(high)") }
      guard scale == .linear || low >= 1 else {
        throw SearchError(
          subject: subject, expected: "low of at least 1, because the scale is log", found: "\(low)",
          remedy: "Raise low, or use the linear scale.")
      }
    case .categorical(let choices):
      try Self.validate(choices: choices, subject)
    }
  }

  private static func outOfRange(
    _ subject: String, expected: String, _ low: String, _ high: String
  ) -> SearchError {
    SearchError(
      subject: subject, expected: expected, found: "\(low) and \(high)", remedy: "Narrow the range.")
  }

  private static func unordered(_ subject: String, _ low: String, _ high: String) -> SearchError {
    SearchError(
      subject: subject, expected: "low below high", found: "low \(low) and high \(high)",
      remedy: "Widen the range, or give the hyperparameter a fixed value outside the search space.")
  }

  private static func validate(choices: [ParameterValue], _ subject: String) throws(SearchError) {
    guard !choices.isEmpty else {
      throw SearchError(
        subject: subject, expected: "at least one choice", found: "none", remedy: "List its choices.")
    }
    var seen: Set<ParameterValue> = []
    for choice in choices {
      if case .number(let number) = choice, !number.isFinite {
        throw SearchError(
          subject: subject, expected: "finite numbers or text as choices", found: "\(choice)",
          remedy: "Remove the choice, or write it as text.")
      }
      guard seen.insert(choice).inserted else {
        throw SearchError(
          subject: subject, expected: "choices that differ", found: "\(choice) twice",
          remedy: "Remove one of them.")
      }
    }
  }
}
