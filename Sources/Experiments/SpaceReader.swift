import Search
import Yams

/// Reads `search.space`: one entry a parameter, in the order in which they are sampled.
///
///     learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}
///     momentum: {type: float, low: 0, high: 0.99, when: {optimizer: sgd}}
struct SpaceReader {
  let section: Section

  private enum Kind: String, CaseIterable {
    case float, integer, categorical
  }

  func read() -> SearchSpace {
    var parameters: [Parameter] = []
    for name in section.keys {
      let entry = section.section(name)
      parameters.append(parameter(name, entry, after: parameters))
      entry.finish()
    }
    if section.keys.isEmpty {
      section.report(
        nil, expected: "at least one hyperparameter", found: "none",
        remedy: "Write, for example, learning_rate: {type: float, low: 1e-4, high: 0.1, scale: log}.")
    }
    return SearchSpace(parameters)
  }

  private func parameter(_ name: String, _ entry: Section, after earlier: [Parameter]) -> Parameter {
    let kind: Kind = entry.required("type", .choice(), remedy: "Write one of: float, integer, categorical.")
    let domain: Domain
    switch kind {
    case .float: domain = float(entry)
    case .integer: domain = integer(entry)
    case .categorical:
      let choices = entry.required("choices", .list(of: .parameterValue), remedy: "Write choices: [a, b].")
      domain = .categorical(choices)
    }
    return Parameter(name: name, domain: domain, condition: condition(entry, after: earlier))
  }

  private func float(_ entry: Section) -> Domain {
    let scale: Scale = entry.value("scale", .choice(), default: .linear)
    let low = entry.required("low", .anyNumber, remedy: "Write the smallest value to try.")
    let high = entry.required("high", .anyNumber, remedy: "Write the largest value to try.")
    if scale == .log, low <= 0 {
      entry.report(
        "low", expected: "a number above 0, because the scale is log", found: short(low),
        remedy: "Write \(high > 0 ? short(high / 1000) : "1e-6"), or set scale: linear.")
    }
    checkOrder(entry, low: low, high: high)
    return .float(low: low, high: high, scale: scale)
  }

  private func integer(_ entry: Section) -> Domain {
    let scale: Scale = entry.value("scale", .choice(), default: .linear)
    let low = entry.required("low", .integer(atLeast: -1 << 53, atMost: 1 << 53), remedy: "Write the smallest value to try.")
    let high = entry.required("high", .integer(atLeast: -1 << 53, atMost: 1 << 53), remedy: "Write the largest value to try.")
    if scale == .log, low < 1 {
      entry.report(
        "low", expected: "an integer at least 1, because the scale is log", found: String(low),
        remedy: "Write 1, or set scale: linear.")
    }
    checkOrder(entry, low: Double(low), high: Double(high))
    return .integer(low: low, high: high, scale: scale)
  }

  private func checkOrder(_ entry: Section, low: Double, high: Double) {
    guard entry.contains("low"), entry.contains("high"), low >= high else { return }
    entry.report(
      "high", expected: "a number above low, which is \(short(low))", found: short(high),
      remedy: low > high
        ? "Swap low and high." : "Widen the range, or take the parameter out of the space and set it in training.")
  }

  private func condition(_ entry: Section, after earlier: [Parameter]) -> Condition? {
    guard entry.contains("when") else { return nil }
    let when = entry.section("when")
    defer { when.finish() }
    guard let name = when.keys.first, when.keys.count == 1 else {
      entry.report(
        "when", expected: "one other parameter and its value, such as when: {optimizer: sgd}",
        found: "\(when.keys.count) keys", remedy: "Write one of the parameters above this one, and a value or a list of values.")
      return nil
    }
    let values = when.required(name, .oneOrMore(.parameterValue), remedy: "Write a value.")
    guard let parent = earlier.first(where: { $0.name == name }) else {
      when.report(
        name, expected: "a parameter that is defined above this one", found: name,
        remedy: suggestion(for: name, among: earlier.map(\.name)))
      return nil
    }
    if case .categorical(let choices) = parent.domain, let stranger = values.first(where: { !choices.contains($0) }) {
      when.report(
        name, expected: "a choice of \(name)", found: stranger.text,
        remedy: suggestion(for: stranger.text, among: choices.map(\.text)))
    }
    return Condition(parameter: name, values: values)
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

extension Field {
  /// A single value, or a list of them.
  static func oneOrMore<Element>(_ element: Field<Element>) -> Self where Value == [Element] {
    let list = Self.list(of: element)
    return Self(
      expected: "\(element.expected), or a list of them", standIn: list.standIn,
      read: { node in element.read(node).map { [$0] } ?? list.read(node) },
      write: { list.write($0) })
  }
}

extension ParameterValue {
  var text: String {
    switch self {
    case .number(let number): short(number)
    case .text(let text): text
    }
  }
}
