/// Checks a formula against the parameters that it may name: every operation gets what it takes, and the
/// whole is true or false.
struct ExpressionCheck {
  let subject: String
  let parameters: [Parameter]

  /// What a part of the formula comes to.
  private enum Kind {
    case number, truth
    /// A text in quotes or a bare one.
    case text(String)
    case parameter(Parameter)
  }

  private struct Part {
    var kind: Kind
    var position: Int
  }

  func run(_ expression: Expression) throws(SearchError) {
    var stack: [Part] = []
    for step in expression.steps {
      switch step.operation {
      case .number: stack.append(Part(kind: .number, position: step.position))
      case .text(let text): stack.append(Part(kind: .text(text), position: step.position))
      case .name(let name): stack.append(Part(kind: kind(of: name), position: step.position))
      case .negate: try replace(&stack, 1, by: .number, step, with: requireNumber)
      case .not: try replace(&stack, 1, by: .truth, step, with: requireTruth)
      case .call(_, let count): try replace(&stack, count, by: .number, step, with: requireNumber)
      case .binary(.and), .binary(.or): try replace(&stack, 2, by: .truth, step, with: requireTruth)
      case .binary(.plus), .binary(.minus), .binary(.times), .binary(.divided), .binary(.power):
        try replace(&stack, 2, by: .number, step, with: requireNumber)
      case .binary(.less), .binary(.atMost), .binary(.greater), .binary(.atLeast):
        try replace(&stack, 2, by: .truth, step, with: requireNumber)
      case .binary(.equal), .binary(.unequal):
        try requireComparable(stack.suffix(2).map { $0 })
        try replace(&stack, 2, by: .truth, step) { _ throws(SearchError) in }
      }
    }
    guard let whole = stack.last else { return }
    try requireTruth(whole)
    // A constraint of no parameter always holds, or never.
    guard expression.names.contains(where: { name in parameters.contains { $0.name == name } }) else {
      throw SearchError(
        subject: subject, expected: "a parameter of the search space", found: "none",
        remedy: "Name one, or remove the constraint.")
    }
  }

  private func kind(of name: String) -> Kind {
    parameters.first { $0.name == name }.map { .parameter($0) } ?? .text(name)
  }

  private func replace(
    _ stack: inout [Part], _ count: Int, by kind: Kind, _ step: Expression.Step,
    with check: (Part) throws(SearchError) -> Void
  ) throws(SearchError) {
    for part in stack.suffix(count) { try check(part) }
    stack.removeLast(min(count, stack.count))
    stack.append(Part(kind: kind, position: step.position))
  }

  private func requireNumber(_ part: Part) throws(SearchError) {
    switch part.kind {
    case .number: return
    case .parameter(let parameter) where parameter.domain.isNumeric: return
    case .parameter(let parameter):
      throw error(
        part, expected: "a number", found: "\(parameter.name), which is \(parameter.domain)",
        remedy: "Compare it by == or != with one of its values.")
    case .text(let text): throw unknown(text, part)
    case .truth:
      throw error(part, expected: "a number", found: "a comparison", remedy: "Join comparisons by and or or.")
    }
  }

  private func requireTruth(_ part: Part) throws(SearchError) {
    switch part.kind {
    case .truth: return
    case .text(let text): throw unknown(text, part)
    case .number, .parameter:
      throw error(
        part, expected: "a comparison", found: "a value", remedy: "Compare it, such as width <= 512.")
    }
  }

  /// Both sides numbers, or a parameter beside one of its values, or two parameters.
  private func requireComparable(_ sides: [Part]) throws(SearchError) {
    for (side, other) in zip(sides, sides.reversed()) {
      switch (side.kind, other.kind) {
      case (.truth, _): try requireNumber(side)
      case (.text(let text), .parameter(let parameter)):
        guard !parameter.domain.contains(.text(text)) else { continue }
        if parameter.domain.isNumeric { throw unknown(text, side) }
        throw error(
          side, expected: "\(parameter.domain), the values of \(parameter.name)", found: text,
          remedy: suggestion(for: text, among: parameter.domain.texts))
      case (.text(let text), _): throw unknown(text, side)
      case (.parameter(let parameter), .number) where !parameter.domain.hasNumbers: try requireNumber(side)
      default: continue
      }
    }
  }

  private func unknown(_ name: String, _ part: Part) -> SearchError {
    error(
      part, expected: "a parameter of the search space", found: name,
      remedy: suggestion(for: name, among: parameters.map(\.name)))
  }

  private func error(_ part: Part, expected: String, found: String, remedy: String) -> SearchError {
    SearchError(
      subject: subject, expected: "\(expected) at character \(part.position)", found: found, remedy: remedy)
  }
}

extension Domain {
  private var choices: [ParameterValue]? {
    switch self {
    case .float, .integer, .quantized: nil
    case .ordinal(let choices), .categorical(let choices): choices
    }
  }

  /// The texts among the choices.
  fileprivate var texts: [String] {
    (choices ?? []).compactMap { if case .text(let text) = $0 { text } else { nil } }
  }

  /// True when every value is a number.
  var isNumeric: Bool { texts.isEmpty }

  /// True when some value is a number.
  fileprivate var hasNumbers: Bool { choices.map { texts.count < $0.count } ?? true }
}
