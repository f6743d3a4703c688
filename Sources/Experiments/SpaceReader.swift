import Search
import Training
import Yams

/// Reads `search.space`: one entry a parameter, in the order in which they are sampled.
///
///     learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}
///     momentum: {type: float, low: 0, high: 0.99, when: {optimizer: sgd}}
struct SpaceReader {
  let section: Section
  let findings: Findings

  private enum Kind: String, CaseIterable {
    case float, integer, categorical
  }

  func read() -> SearchSpace {
    var space = SearchSpace([])
    for name in section.keys {
      let entry = section.section(name)
      let problems = findings.problems.count
      checkName(name)
      space.parameters.append(parameter(name, entry))
      entry.finish()
      // `Search` knows what a valid space is. An entry that could not be read has been reported already.
      guard findings.problems.count == problems else { continue }
      do {
        try space.validate()
      } catch {
        section.report(name, expected: error.expected, found: error.found, remedy: error.remedy)
        space.parameters.removeLast()
      }
    }
    if section.keys.isEmpty {
      section.report(
        nil, expected: "at least one hyperparameter", found: "none",
        remedy: "Write, for example, learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}.")
    }
    return space
  }

  private func checkName(_ name: String) {
    guard Hyperparameters.named(name) == nil else { return }
    section.report(
      name, expected: "a hyperparameter", found: name,
      remedy: suggestion(for: name, among: Hyperparameters.all.map(\.name)))
  }

  private func parameter(_ name: String, _ entry: Section) -> Parameter {
    let kind: Kind = entry.variant("type")
    return Parameter(name: name, domain: domain(kind, entry), condition: condition(entry))
  }

  private func domain(_ kind: Kind, _ entry: Section) -> Domain {
    let low = "Write the smallest value to try."
    let high = "Write the largest value to try."
    switch kind {
    case .float:
      return .float(
        low: entry.required("low", .anyNumber, remedy: low),
        high: entry.required("high", .anyNumber, remedy: high),
        scale: entry.value("scale", .choice(), default: .linear))
    case .integer:
      return .integer(
        low: entry.required("low", .integer(atLeast: .min), remedy: low),
        high: entry.required("high", .integer(atLeast: .min), remedy: high),
        scale: entry.value("scale", .choice(), default: .linear))
    case .categorical:
      return .categorical(entry.required("choices", .list(of: .parameterValue), remedy: "Write choices: [a, b]."))
    }
  }

  /// `when: {optimizer: sgd}`, or a list of values.
  private func condition(_ entry: Section) -> Condition? {
    guard entry.contains("when") else { return nil }
    let when = entry.section("when")
    defer { when.finish() }
    guard let name = when.keys.first, when.keys.count == 1 else {
      entry.report(
        "when", expected: "one other parameter and its value, such as when: {optimizer: sgd}",
        found: "\(when.keys.count) keys",
        remedy: "Write one of the parameters above this one, and a value or a list of values.")
      return nil
    }
    return Condition(
      parameter: name, values: when.required(name, .oneOrMore(.parameterValue), remedy: "Write a value."))
  }
}

extension Field<ParameterValue> {
  /// A number where it reads as one, else a text.
  static var parameterValue: Self {
    Self(
      expected: "a number or a text", standIn: .number(0),
      read: { node in
        guard let scalar = node.scalar, !scalar.string.isEmpty else { return nil }
        if let number = plain(node).flatMap({ Double($0) }), number.isFinite { return .number(number) }
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
