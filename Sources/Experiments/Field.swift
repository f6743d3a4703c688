import Training
import Yams

/// The kind of value that a key takes: what to say it expects, how to read it, how to write it out again.
struct Field<Value> {
  /// Completes "expected ...", such as `an integer at least 1`.
  var expected: String
  /// Takes the place of an unreadable value, so that reading goes on and finds the next mistake. Nothing that
  /// depends on it is judged: `Findings.isSound` says so.
  var standIn: Value
  /// The same as `expected`, for a JSON Schema. It may allow more than `read` does, never less.
  var shape: ValueShape
  /// Nil when the node is not such a value.
  var read: (Node) -> Value?
  var write: (Value) -> Node
  /// What a refused node calls for besides `expected` and "Correct the value."; nil for nothing.
  var objection: (Node) -> Objection? = { _ in nil }

  /// Why a value is refused, where the kind of the field alone does not say it.
  struct Objection {
    /// Nil for what the field expects anyway.
    var expected: String?
    var remedy: String
  }
}

extension Field<Int> {
  /// - Parameter high: the greatest value; it is part of `expected` only where a key has one of its own.
  static func integer(atLeast low: Int, atMost high: Int = NumberText.greatestInteger) -> Self {
    let expected =
      switch (low, high) {
      case (.min, .max): "an integer"
      case (_, NumberText.greatestInteger), (_, .max): "an integer at least \(low)"
      default: "an integer from \(low) to \(high)"
      }
    return Self(
      expected: expected, standIn: low, shape: .integer(low: low, high: high),
      read: { node in
        plain(node).flatMap(NumberText.integer).flatMap { low <= $0 && $0 <= high ? $0 : nil }
      },
      write: { Node(String($0)) },
      objection: { objection(to: $0, "an integer at most \(high)") { $0 >= Double(high) } })
  }
}

extension Field<Double> {
  static var anyNumber: Self { number("a number", standIn: 1, in: .all) }

  static func number(above low: Double) -> Self {
    number("a number above \(short(low))", standIn: low + 1, in: .above(low, through: .infinity))
  }

  static func number(above low: Double, through high: Double) -> Self {
    number(
      "a number above \(short(low)) and at most \(short(high))", standIn: high, in: .above(low, through: high)
    )
  }

  static func number(above low: Double, below high: Double) -> Self {
    number(
      "a number above \(short(low)) and below \(short(high))", standIn: (low + high) / 2,
      in: .between(low, high))
  }

  static func number(atLeast low: Double) -> Self {
    number("a number at least \(short(low))", standIn: low, in: .from(low, through: .infinity))
  }

  static func number(from low: Double, below high: Double) -> Self {
    number(
      "a number at least \(short(low)) and below \(short(high))", standIn: low, in: .from(low, below: high))
  }

  static func number(from low: Double, through high: Double) -> Self {
    number("a number from \(short(low)) to \(short(high))", standIn: high, in: .from(low, through: high))
  }

  /// As a hyperparameter takes it.
  static func number(in range: NumberRange) -> Self {
    range.includesLow && range.includesHigh
      ? number(from: range.low, through: range.high)
      : number("\(range)", standIn: range.includesHigh ? range.high : range.low, in: range)
  }

  fileprivate static func number(_ expected: String, standIn: Double, in range: NumberRange) -> Self {
    let greatest = NumberText.greatestNumber
    return Self(
      expected: expected, standIn: standIn, shape: .number(range),
      read: { node in
        plain(node).flatMap(NumberText.number).flatMap {
          abs($0) <= greatest && range.contains($0) ? $0 : nil
        }
      },
      write: { Node(short($0)) },
      objection: { objection(to: $0, "a number from -1e15 to 1e15") { abs($0) > greatest } })
  }
}

extension NumberRange {
  fileprivate static var all: Self { between(-.infinity, .infinity) }

  /// Without its ends.
  fileprivate static func between(_ low: Double, _ high: Double) -> Self {
    var range = from(low, below: high)
    range.includesLow = false
    return range
  }
}

extension Field {
  /// What to say of a number that is beyond the greatest, or in a notation that is not read.
  private static func objection(
    to node: Node, _ expected: String, where isTooGreat: (Double) -> Bool
  ) -> Objection? {
    guard let text = plain(node) else { return nil }
    if let number = NumberText.number(text), isTooGreat(number) {
      return Objection(expected: expected, remedy: "Write a number that is not so great.")
    }
    return NumberText.remedy(for: text).map { Objection(remedy: $0) }
  }
}

extension Field<String> {
  static var text: Self {
    Self(
      expected: "a text", standIn: "?", shape: .text,
      read: { node in node.scalar.flatMap { $0.string.isEmpty ? nil : $0.string } },
      write: { Node($0, .implicit, Double($0) == nil ? .any : .doubleQuoted) })
  }

  /// A name that becomes part of a path: no longer than file systems let the name of a file be, 255 bytes.
  static var name: Self {
    let longest = 255
    return Self(
      expected: "a name of letters, digits, '-', '_' and '.' that starts with a letter or digit",
      standIn: "?", shape: .pattern("^[A-Za-z0-9][-A-Za-z0-9_.]*$"),
      read: { node in
        node.scalar?.string.wholeMatch(of: /[A-Za-z0-9][-A-Za-z0-9_.]*/).map { String($0.output) }
          .flatMap { $0.utf8.count <= longest ? $0 : nil }
      },
      write: { Node($0) },
      objection: { node in
        guard let text = node.scalar?.string, text.utf8.count > longest else { return nil }
        return Objection(
          expected: "a name of at most \(longest) letters, because a directory is called like it",
          remedy: "Shorten it; it has \(text.utf8.count).")
      })
  }
}

extension Field<Bool> {
  static var truth: Self {
    Self(
      expected: "true or false", standIn: false, shape: .truth,
      read: { node in
        switch plain(node) {
        case "true": true
        case "false": false
        default: nil
        }
      },
      write: { Node(String($0)) })
  }
}

extension Field {
  /// One of the cases of an enum, by its raw value.
  ///
  /// - Parameter aliases: other words for them, such as those that another tool has.
  static func choice(aliases: [String: Value] = [:]) -> Self
  where Value: RawRepresentable<String> & CaseIterable & Sendable {
    let known = Value.allCases.map(\.rawValue)
    return Self(
      expected: known.count == 1 ? known[0] : "one of \(known.joined(separator: ", "))",
      standIn: Value.allCases[Value.allCases.startIndex],
      shape: .choice(known, aliases: aliases.keys.sorted()),
      read: { $0.scalar.flatMap { Value(rawValue: $0.string) ?? aliases[$0.string] } },
      write: { Node($0.rawValue) })
  }

  /// One of these words.
  static func choice(of known: [String]) -> Self where Value == String {
    Self(
      expected: known.count == 1 ? known[0] : "one of \(known.joined(separator: ", "))",
      standIn: known.first ?? "", shape: .choice(known, aliases: []),
      read: { $0.scalar.flatMap { known.contains($0.string) ? $0.string : nil } },
      write: { Node($0) })
  }

  /// A sequence of such values, `[1, 2]`.
  static func list<Element>(of element: Field<Element>, atLeast count: Int = 1, atMost most: Int = 10_000)
    -> Self
  where Value == [Element] {
    Self(
      expected: "a list, such as [a, b], of at least \(count), each \(element.expected)",
      standIn: Array(repeating: element.standIn, count: count),
      shape: .list(of: element.shape, atLeast: count, atMost: most),
      read: { node in
        guard let nodes = node.sequence, nodes.count >= count, nodes.count <= most else { return nil }
        let values = nodes.compactMap { element.read($0) }
        return values.count == nodes.count ? values : nil
      },
      write: { Node($0.map(element.write), .implicit, .flow) },
      objection: { node in
        guard let nodes = node.sequence else { return nil }
        if nodes.count > most {
          return Objection(
            expected: "a list of at most \(most)", remedy: "Shorten it; it has \(nodes.count).")
        }
        return nodes.first { element.read($0) == nil }.flatMap(element.objection).map {
          Field.Objection(expected: $0.expected.map { "a list, each \($0)" }, remedy: $0.remedy)
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
      shape: .either([element.shape, list.shape]),
      read: { node in element.read(node).map { [$0] } ?? list.read(node) },
      write: { list.write($0) })
  }
}

extension Field<HyperparameterValue> {
  /// What a hyperparameter of this kind takes.
  static func value(of kind: Hyperparameter.Kind) -> Self {
    switch kind {
    case .number(let range):
      Field<Double>.number(range.description, standIn: range.inside, in: range).asValue {
        .number($0)
      }
    case .integer(let low, let high):
      Field<Int>.integer(atLeast: low, atMost: high).asValue { .number(Double($0)) }
    case .text(["false", "true"]):
      Field<Bool>.truth.asValue { .text(String($0)) }
    case .text(let choices):
      Field<String>.choice(of: choices).asValue { .text($0) }
    case .any:
      Field<String>.text.asValue { .text($0) }
    }
  }
}

extension Field {
  /// The same field, its value in another form.
  fileprivate func asValue(
    _ form: @escaping (Value) -> HyperparameterValue
  ) -> Field<HyperparameterValue> {
    Field<HyperparameterValue>(
      expected: expected, standIn: form(standIn), shape: shape, read: { read($0).map(form) },
      write: { Node($0.description) },
      objection: { objection($0).map { .init(expected: $0.expected, remedy: $0.remedy) } })
  }
}

extension NumberRange {
  /// A number that it contains.
  fileprivate var inside: Double { includesHigh ? high : includesLow ? low : (low + high) / 2 }
}

/// The text of an unquoted scalar: a quoted "1" is a text, not a number.
func plain(_ node: Node) -> String? {
  guard case .scalar(let scalar) = node, scalar.style == .plain || scalar.style == .any else { return nil }
  return scalar.string
}

/// A number as a person writes it: 64 rather than 64.0.
func short(_ number: Double) -> String {
  number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
}
