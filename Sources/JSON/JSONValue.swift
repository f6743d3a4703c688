/// Any JSON document. A journal's header keeps the study as one, so that a study written by an older program
/// can be compared with today's field by field.
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int)
  /// An integer above `Int.max`, such as a large seed.
  case unsigned(UInt64)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

extension JSONValue {
  /// A member of an object; nil of anything else, and where there is none.
  public subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }
}

extension JSONValue {
  /// What stands at a node.
  ///
  /// - Throws: `DecodingError` for a number that no `Double` holds.
  init(_ document: JSONDocument, _ node: JSONDocument.Node) throws {
    switch document.kind(of: node) {
    case .null: self = .null
    case .yes: self = .boolean(true)
    case .no: self = .boolean(false)
    case .number: self = try Self.number(document, node)
    case .text: self = .text(document.text(of: node) ?? "")
    case .array: self = .array(try document.elements(of: node).map { try JSONValue(document, $0) })
    case .object:
      var members: [String: JSONValue] = [:]
      for (key, value) in document.members(of: node) {
        members[document.text(of: key) ?? ""] = try JSONValue(document, value)
      }
      self = .object(members)
    }
  }

  private static func number(_ document: JSONDocument, _ node: JSONDocument.Node) throws -> JSONValue {
    if let integer = document.integer(of: node) { return .integer(integer) }
    if let unsigned = document.unsigned(of: node) { return .unsigned(unsigned) }
    if let number = document.number(of: node) { return .number(number) }
    throw document.numberError(Double.self, at: node)
  }
}

extension JSONValue: Codable {
  public init(from decoder: any Decoder) throws {
    // A decoder tells what kind of value it holds only by refusing the other kinds.
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(UInt64.self) {
      self = .unsigned(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .text(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .unsigned(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .text(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
