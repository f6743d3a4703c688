import JSON
import Training

/// A key of experiment files with those below it, and what each of the reader's readings asked of them.
struct KeyTree {
  /// What the key takes, by the number of the reading that asked for it.
  private var questions: [Int: [Question]] = [:]
  /// The choice on which the keys below depend, by the number of the reading that made it.
  private var variants: [Int: Variant] = [:]
  private var children: [String: KeyTree] = [:]

  /// The tree of all keys; its root stands for the whole file.
  init(_ readings: [ExperimentReading]) {
    self.init()
    for (number, reading) in readings.enumerated() {
      for question in reading.questions {
        change(Self.path(question.path)[...]) { $0.questions[number, default: []].append(question) }
      }
      for (path, variant) in reading.variants {
        change(Self.path(path)[...]) { $0.variants[number] = variant }
      }
    }
  }

  private init() {}

  private static func path(_ text: String) -> [String] {
    ExperimentReading.general(text).split(separator: ".").map(String.init)
  }

  private mutating func change(_ path: ArraySlice<String>, _ body: (inout KeyTree) -> Void) {
    guard let first = path.first else { return body(&self) }
    children[first, default: KeyTree()].change(path.dropFirst(), body)
  }

  /// The schema of the whole file.
  var schema: [String: JSONValue] {
    let all = Set(children.values.flatMap { $0.questions.keys })
    return keys(in: all).merging(["type": .text("object")]) { $1 }
  }

  /// The schema of what the key takes, as far as these readings asked for it.
  private func schema(in readings: Set<Int>) -> JSONValue {
    let asked = questions.filter { readings.contains($0.key) }.sorted { $0.key < $1.key }.flatMap(\.value)
    var shapes: [ValueShape] = []
    for question in asked where !shapes.contains(question.shape) { shapes.append(question.shape) }
    let schemas = shapes.map { schema(of: $0, in: readings) }
    var members: [String: JSONValue] = ["anyOf": .array(schemas)]
    if schemas.count == 1, case .object(let only)? = schemas.first { members = only }
    if let first = asked.first { members["description"] = .text(first.words) }
    return .object(members)
  }

  private func schema(of shape: ValueShape, in readings: Set<Int>) -> JSONValue {
    switch shape {
    case .section: section(in: readings)
    case .shorthand(let key):
      .object([
        "anyOf": .array([children[key]?.schema(in: readings) ?? .boolean(true), section(in: readings)])
      ])
    case .sections: .object(["type": .text("array"), "items": .object(keys(in: readings))])
    default: shape.schema
    }
  }

  /// Keys with values; an empty section is one without keys.
  private func section(in readings: Set<Int>) -> JSONValue {
    var members: [String: JSONValue] = ["type": .array([.text("object"), .text("null")])]
    let chosen = variants.filter { readings.contains($0.key) }
    guard let key = chosen.values.first?.key, let kind = children[key] else {
      return .object(members.merging(keys(in: readings)) { $1 })
    }
    members["properties"] = .object([key: kind.schema(in: readings)])
    let isRequired = kind.isRequired(in: readings)
    if isRequired { members["required"] = .array([.text(key)]) }
    let has = JSONValue.object(["required": .array([.text(key)])])
    let branches = Set(chosen.values.map(\.value)).sorted().map { value in
      let own = Set(chosen.filter { $0.value.value == value }.keys)
      let constant = JSONValue.object([key: .object(["const": .text(value)])])
      return JSONValue.object([
        "if": .object(["properties": constant, "required": .array([.text(key)])]),
        "then": .object(keys(in: own)),
      ])
    }
    // Without a choice the default depends on other sections: any key of any kind.
    let others = JSONValue.object(["if": .object(["not": has]), "then": .object(keys(in: readings))])
    members["allOf"] = .array(branches + [others])
    return .object(members)
  }

  private func keys(in readings: Set<Int>) -> [String: JSONValue] {
    var members: [String: JSONValue] = ["type": .array([.text("object"), .text("null")])]
    var (properties, others): ([String: JSONValue], JSONValue) = ([:], .boolean(false))
    let asked = children.mapValues { child in Set(child.questions.keys).intersection(readings) }
      .filter { !$0.value.isEmpty }
    let whole = asked.values.reduce(into: Set<Int>()) { $0.formUnion($1) }
    var required: [JSONValue] = []
    for (name, numbers) in asked.sorted(by: { $0.key < $1.key }) {
      guard let child = children[name] else { continue }
      if ExperimentReading.placeholders.contains(name) {
        others = child.schema(in: numbers)
      } else {
        properties[name] = child.schema(in: numbers)
        if numbers == whole, child.isRequired(in: numbers) { required.append(.text(name)) }
      }
    }
    members["properties"] = .object(properties)
    members["additionalProperties"] = others
    if !required.isEmpty { members["required"] = .array(required) }
    return members
  }

  private func isRequired(in readings: Set<Int>) -> Bool {
    questions.filter { readings.contains($0.key) }.values.allSatisfy { $0.allSatisfy(\.isRequired) }
  }
}

extension Question {
  /// `An integer at least 1. Without it: 3.`
  fileprivate var words: String {
    let text = expected.prefix(1).uppercased() + expected.dropFirst()
    guard !isRequired else { return "\(text). Required." }
    return `default`.map { "\(text). Without it: \($0)." } ?? "\(text)."
  }
}

extension ValueShape {
  /// A scalar is written without quotes more often than not, so a text may look like another type.
  private static let scalarTypes = JSONValue.array(["string", "number", "boolean"].map(JSONValue.text))

  fileprivate var schema: JSONValue {
    switch self {
    case .text: .object(["type": Self.scalarTypes, "minLength": .integer(1)])
    case .pattern(let pattern): .object(["type": Self.scalarTypes, "pattern": .text(pattern)])
    case .truth: .object(["type": .text("boolean")])
    case .integer(let low, let high): .object(Self.integer(low, high))
    case .number(let range): .object(range.members)
    case .choice(let words, let aliases): .object(["enum": .array((words + aliases).map(JSONValue.text))])
    case .known(let words):
      .object(["anyOf": .array([Self.choice(words, aliases: []).schema, .object(["type": Self.scalarTypes])])])
    case .scalar: .object(["type": Self.scalarTypes, "minLength": .integer(1)])
    case .list(let element, let low, let high):
      .object([
        "type": .text("array"), "items": element.schema, "minItems": .integer(low),
        "maxItems": .integer(high),
      ])
    case .either(let shapes): .object(["anyOf": .array(shapes.map(\.schema))])
    case .mapping(let value, let keys):
      .object([
        "type": .text("object"), "properties": .object(keys.mapValues(\.schema)),
        "required": .array(keys.keys.sorted().map(JSONValue.text)), "additionalProperties": value.schema,
      ])
    // What these hold is the tree's to say.
    case .section, .shorthand, .sections: .boolean(true)
    }
  }

  private static func integer(_ low: Int, _ high: Int) -> [String: JSONValue] {
    var members: [String: JSONValue] = ["type": .text("integer")]
    if low != .min { members["minimum"] = .integer(low) }
    if high != .max { members["maximum"] = .integer(high) }
    return members
  }
}

extension NumberRange {
  fileprivate var members: [String: JSONValue] {
    var members: [String: JSONValue] = ["type": .text("number")]
    if low.isFinite { members[includesLow ? "minimum" : "exclusiveMinimum"] = .number(low) }
    if high.isFinite { members[includesHigh ? "maximum" : "exclusiveMaximum"] = .number(high) }
    return members
  }
}
