import Search
import Training
import Yams

/// Reads `search.space`: one entry a parameter, in the order in which they are sampled.
///
///     learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}
///     momentum: {type: float, low: 0, high: 0.99, when: {optimizer: sgd}}
///     depth: {type: integer, low: 8, high: 32, step: 6}
///     batch_size: {type: power_of_two, low: 16, high: 512, prior: {value: 64, confidence: medium}}
struct SpaceReader {
  let section: Section
  /// `search`, whose `constraints` are about the space.
  let search: Section
  let trainee: TraineeDescription

  private enum Kind: String, CaseIterable {
    case float, integer, ordinal, categorical, fixed
    case powerOfTwo = "power_of_two"
  }

  /// What was read: only sound parameters, which what is said of the whole may rely on.
  struct Reading {
    var space = SearchSpace([])
    /// The names of entries that could not be read, are wrong, or depend on one that is. Nothing that names
    /// one of them is judged.
    var unsound: Set<String> = []
  }

  func read() -> Reading {
    var reading = Reading()
    for name in section.keys {
      let entry = section.section(name)
      checkName(name)
      let parameter = parameter(name, entry)
      entry.finish()
      if !entry.isSound() || !add(parameter, to: &reading) { reading.unsound.insert(name) }
    }
    if section.keys.isEmpty {
      section.report(
        nil, expected: "at least one hyperparameter", found: "none",
        remedy: "Write, for example, learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}.")
    }
    readConstraints(into: &reading)
    return reading
  }

  /// Adds a parameter that `Search`, which knows what a valid space is, has nothing against.
  private func add(_ parameter: Parameter, to reading: inout Reading) -> Bool {
    var judged = parameter
    let isComplete = (parameter.condition?.all ?? []).allSatisfy { !reading.unsound.contains($0.parameter) }
    // Its own values can be judged whatever it depends on.
    if !isComplete { judged.condition = nil }
    do {
      try SearchSpace(reading.space.parameters + [judged]).validate()
    } catch {
      section.report(parameter.name, expected: error.expected, found: error.found, remedy: error.remedy)
      return false
    }
    if isComplete { reading.space.parameters.append(parameter) }
    return isComplete
  }

  /// `search.constraints`, a list of formulas. Each is checked alone, so that all mistakes are named.
  private func readConstraints(into reading: inout Reading) {
    let texts = search.value("constraints", .list(of: .text, atLeast: 0, atMost: 1_000), default: [])
    // Where the list could not be read there are none.
    for text in texts {
      do throws(SearchError) {
        let constraint = try Constraint(text)
        guard reading.unsound.isDisjoint(with: constraint.names), !reading.space.parameters.isEmpty else {
          continue
        }
        try SearchSpace(reading.space.parameters, constraints: [constraint]).validate()
        reading.space.constraints.append(constraint)
      } catch {
        search.report(
          "constraints", expected: "\(error.expected) in \(text)", found: error.found, remedy: error.remedy)
      }
    }
    guard reading.unsound.isEmpty, search.isSound("constraints"), !reading.space.constraints.isEmpty else {
      return
    }
    // Whether anything is allowed at all is known before a job waits in a queue.
    do throws(SearchError) {
      try reading.space.validateAllowsSome()
    } catch {
      search.report("constraints", expected: error.expected, found: error.found, remedy: error.remedy)
    }
  }

  private func checkName(_ name: String) {
    guard trainee.hyperparameter(named: name) == nil else { return }
    section.report(
      name, expected: "a hyperparameter", found: name,
      remedy: suggestion(for: name, among: trainee.hyperparameters.map(\.name)))
  }

  private func parameter(_ name: String, _ entry: Section) -> Parameter {
    Parameter(name: name, domain: domain(of: entry), condition: condition(entry), prior: prior(entry))
  }

  /// `type`, and what it takes: `type: float, low: 0.1, high: 1, scale: log`.
  func domain(of entry: Section) -> Domain {
    let kind: Kind = entry.variant("type", aliases: ["int": .integer, "cat": .categorical])
    let low = "Write the smallest value to try."
    let high = "Write the largest value to try."
    let choices = Field<[ParameterValue]>.list(of: .parameterValue, atMost: 1_000)
    switch kind {
    case .float:
      let bounds = (
        low: entry.required("low", .anyNumber, remedy: low),
        high: entry.required("high", .anyNumber, remedy: high)
      )
      let scale = scale(of: entry)
      guard let step = entry.optional("step", .number(above: 0), absence: "no steps") else {
        return .float(low: bounds.low, high: bounds.high, scale: scale)
      }
      return .quantized(low: bounds.low, high: bounds.high, step: step, scale: scale)
    case .integer:
      let bounds = (
        low: entry.required("low", .integer(atLeast: .min, atMost: .max), remedy: low),
        high: entry.required("high", .integer(atLeast: .min, atMost: .max), remedy: high)
      )
      let scale = scale(of: entry)
      guard let step = entry.optional("step", .integer(atLeast: 1), absence: "no steps"), step > 1 else {
        return .integer(low: bounds.low, high: bounds.high, scale: scale)
      }
      return .quantized(
        low: Double(bounds.low), high: Double(bounds.high), step: Double(step), scale: scale)
    case .ordinal:
      return .ordinal(entry.required("values", choices, remedy: "Write values: [1, 2, 5], in their order."))
    case .categorical:
      return .categorical(entry.required("choices", choices, remedy: "Write choices: [a, b]."))
    case .fixed:
      return .fixed(entry.required("value", .parameterValue, remedy: "Write the value."))
    case .powerOfTwo:
      return powersOfTwo(
        entry, low: entry.required("low", .integer(atLeast: 1), remedy: low),
        high: entry.required("high", .integer(atLeast: 1), remedy: high))
    }
  }

  /// `scale: log`, or `log: true`, and `logit` likewise, as `suggest` takes them too.
  private func scale(of entry: Section) -> Scale {
    let flags = [Scale.log, .logit].filter {
      entry.optional($0.rawValue, .truth, absence: "as `scale` says") == true
    }
    let scale = entry.value("scale", .choice(), default: flags.first ?? .linear)
    if let other = flags.first(where: { $0 != scale }), entry.isSound() {
      entry.report(
        other.rawValue, expected: "one scale", found: "\(scale.rawValue) and \(other.rawValue)",
        remedy: "Leave one of the two out.")
    }
    return scale
  }

  private func powersOfTwo(_ entry: Section, low: Int, high: Int) -> Domain {
    let domain = Domain.powersOfTwo(from: low, through: high)
    if domain.count == 0, entry.isSound() {
      entry.report(
        "low", expected: "a power of two from low to high", found: "low \(low) and high \(high)",
        remedy: "Write for instance low: 16 and high: 512.")
    }
    return domain
  }

  /// `when: {optimizer: sgd}`, a list of values, a range `{low: 0.5}`; all of several.
  private func condition(_ entry: Section) -> Condition? {
    guard entry.contains("when") else { return nil }
    let when = entry.section("when")
    defer { when.finish() }
    let parts = when.keys.map { Condition(parameter: $0, requirement(of: $0, when)) }
    guard var first = parts.first else {
      guard when.isSound() else { return nil }
      entry.report(
        "when", expected: "another parameter and its value, such as when: {optimizer: sgd}", found: "nothing",
        remedy: "Write one of the parameters above this one, and a value, a list of values or a range.")
      return nil
    }
    first.also = Array(parts.dropFirst())
    return first
  }

  private func requirement(of name: String, _ when: Section) -> Condition.Requirement {
    guard when.isMapping(name) else {
      return .oneOf(when.required(name, .oneOrMore(.parameterValue), remedy: "Write a value."))
    }
    let range = when.section(name)
    defer { range.finish() }
    return .range(
      low: range.optional("low", .parameterValue, absence: "no lowest value"),
      high: range.optional("high", .parameterValue, absence: "no highest value"))
  }

  /// `prior: {value: 0.001, confidence: medium}`; `deviation: 0.2`, a share of the range, says it by number.
  private func prior(_ entry: Section) -> Prior? {
    guard entry.contains("prior") else { return nil }
    let section = entry.section("prior")
    defer { section.finish() }
    let value = section.required(
      "value", .parameterValue, remedy: "Write the value that you believe to be best.")
    let deviation = section.optional("deviation", .number(above: 0), absence: "what confidence says")
    guard let deviation else {
      return Prior(value: value, confidence: section.value("confidence", .choice(), default: .medium))
    }
    return Prior(value: value, deviation: deviation)
  }
}

extension Field<ParameterValue> {
  /// A number where it reads as one, else a text.
  static var parameterValue: Self {
    Self(
      expected: "a number or a text", standIn: .number(0), shape: .scalar,
      read: { node in
        guard let scalar = node.scalar, !scalar.string.isEmpty else { return nil }
        if let number = plain(node).flatMap(NumberText.number), number.isFinite { return .number(number) }
        return .text(scalar.string)
      },
      write: { value in
        switch value {
        case .number(let number): Node(short(number))
        case .text(let text): Field<String>.text.write(text)
        }
      })
  }
}
