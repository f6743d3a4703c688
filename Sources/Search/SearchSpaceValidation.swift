extension SearchSpace {
  /// Checks the definition: names, bounds, choices, conditions, priors and constraints. The first mistake is
  /// thrown.
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
      try parameter.prior?.validate(parameter.domain, subject: subject)
      earlier[parameter.name] = parameter
    }
    for constraint in constraints { try constraint.validate(against: parameters) }
  }

  /// Checks that `configuration` has a value of its domain for every active parameter, and no other, and that
  /// the constraints allow it.
  public func validate(_ configuration: Configuration) throws(SearchError) {
    try validateValues(of: configuration)
    guard let constraint = violated(by: configuration) else { return }
    let values = parameters.filter { constraint.expression.names.contains($0.name) }.map {
      "\($0.name) \(configuration[$0.name].map(\.description) ?? "inactive")"
    }
    throw SearchError(
      subject: "configuration", expected: "\(constraint)", found: values.joined(separator: ", "),
      remedy: "Change one of these values, or the constraint.")
  }

  /// `validate(_:)` but for the constraints.
  func validateValues(of configuration: Configuration) throws(SearchError) {
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

extension Domain {
  /// Checks bounds, steps and choices.
  func validate(subject: String) throws(SearchError) {
    switch self {
    case .float(let low, let high, let scale):
      let (lowest, highest) = ("\(ParameterValue.number(low))", "\(ParameterValue.number(high))")
      guard low.isFinite, high.isFinite else {
        throw Self.outOfRange(subject, expected: "finite bounds", lowest, highest)
      }
      guard (high - low).isFinite else {
        throw Self.outOfRange(
          subject, expected: "bounds whose difference is a finite number", lowest,
          "\(highest), for which high - low is too large")
      }
      guard low < high else { throw Self.unordered(subject, lowest, highest) }
      guard scale != .log || low > 0 else {
        throw SearchError(
          subject: subject, expected: "low above 0, because the scale is log", found: lowest,
          remedy: "Raise low, or use the linear scale.")
      }
      guard scale != .logit || (low > 0 && high < 1) else {
        throw SearchError(
          subject: subject, expected: "low above 0 and high below 1, because the scale is logit",
          found: "\(lowest) and \(highest)", remedy: "Narrow the range, such as 0.001 to 0.999.")
      }
      guard scale.measure(low) < scale.measure(high) else {
        throw SearchError(
          subject: subject, expected: "bounds that differ on the scale \(scale.rawValue)",
          found: "\(lowest) and \(highest), too close to tell apart",
          remedy: "Widen the range, or use the linear scale.")
      }
    case .integer(let low, let high, let scale):
      guard low >= -Self.largestInteger, high <= Self.largestInteger else {
        throw Self.outOfRange(subject, expected: "bounds within ±2^40", "\(low)", "\(high)")
      }
      guard low < high else { throw Self.unordered(subject, "\(low)", "\(high)") }
      try Self.validate(scale, subject)
      guard scale == .linear || low >= 1 else {
        throw SearchError(
          subject: subject, expected: "low of at least 1, because the scale is log", found: "\(low)",
          remedy: "Raise low, or use the linear scale.")
      }
    case .quantized(let low, let high, let step, let scale):
      try Self.validate(scale, subject)
      try Self.validate(low, high, step: step, scale, subject)
    case .ordinal(let choices), .categorical(let choices):
      try Self.validate(choices: choices, subject)
    }
  }

  /// Logit cells would be wider than a step at the ends.
  private static func validate(_ scale: Scale, _ subject: String) throws(SearchError) {
    guard scale == .logit else { return }
    throw SearchError(
      subject: subject, expected: "the scale linear or log for integers and steps", found: "logit",
      remedy: "Use linear or log, or a float without a step.")
  }

  private static func validate(
    _ low: Double, _ high: Double, step: Double, _ scale: Scale, _ subject: String
  ) throws(SearchError) {
    try Domain.float(low: low, high: high, scale: .linear).validate(subject: subject)
    guard step > 0, step <= high - low, (high - low) / step <= Double(largestInteger) else {
      throw SearchError(
        subject: subject, expected: "a step above 0 and at most high - low, and no more than 2^40 of them",
        found: "\(ParameterValue.number(step))",
        remedy: "Write a step that divides the range into a few values.")
    }
    let finest = 8 * max(low.magnitude, high.magnitude).ulp
    guard step >= finest else {
      throw SearchError(
        subject: subject, expected: "a step of at least \(finest), which numbers of this size can tell apart",
        found: "\(ParameterValue.number(step))", remedy: "Raise the step, or leave it out.")
    }
    guard scale == .linear || low > step / 2 else {
      throw SearchError(
        subject: subject, expected: "low above half a step, because the scale is log",
        found: "low \(ParameterValue.number(low)) and step \(ParameterValue.number(step))",
        remedy: "Raise low, lower the step, or use the linear scale.")
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
      remedy: low == high
        ? "Widen the range, or give it one value, with the type fixed and the value \(low)."
        : "Widen the range, or give the hyperparameter a fixed value outside the search space.")
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
