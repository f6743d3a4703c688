/// Reads a `Codable` value from a document, as Foundation's `JSONDecoder` does from a text: a start of a run
/// reads two records for every job, and with the general decoder that was most of its time.
///
/// What is wrong is told by `DecodingError`, with the path to it.
public struct JSONDocumentDecoder {
  /// Levels of lists and objects that are read: far more than any value of ours has.
  public static let deepest = 512

  public init() {}

  /// The value that a text is.
  ///
  /// - Throws: `DecodingError`, also where the text is no JSON.
  public func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(bytes, deepest: Self.deepest)
    } catch {
      let text = "expected \(error.expected) at byte \(error.byte), found \(error.found ?? "the end")"
      throw DecodingError.dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: text))
    }
    return try NodeDecoder(DecodedDocument(document), document.root).decode(type)
  }
}

/// The one owner of the document, shared by the containers of a value.
private final class DecodedDocument {
  let document: JSONDocument

  init(_ document: JSONDocument) { self.document = document }
}

/// A value of the document.
private struct NodeDecoder: Decoder {
  let source: DecodedDocument
  let place: Int

  init(_ source: DecodedDocument, _ node: JSONDocument.Node) {
    self.source = source
    place = node.place
  }

  var document: JSONDocument { source.document }
  var node: JSONDocument.Node { JSONDocument.Node(place: place) }

  /// Found anew, from the top: asked only of what is wrong.
  var codingPath: [any CodingKey] { document.path(to: node) }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard document.kind(of: node) == .object else { throw mismatch([String: Any].self, "an object") }
    return KeyedDecodingContainer(Members(self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard document.kind(of: node) == .array else { throw mismatch([Any].self, "a list") }
    return Elements(self)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { self }

  private func mismatch(_ type: Any.Type, _ expected: String) -> DecodingError {
    document.mismatch(type, expected, at: node)
  }
}

// Scalars.
extension NodeDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool { document.kind(of: node) == .null }

  func decode(_ type: Bool.Type) throws -> Bool {
    switch document.kind(of: node) {
    case .yes: return true
    case .no: return false
    default: throw mismatch(type, "true or false")
    }
  }

  func decode(_ type: String.Type) throws -> String {
    guard let text = document.text(of: node) else { throw mismatch(type, "a text") }
    return text
  }

  func decode(_ type: Double.Type) throws -> Double {
    guard let number = document.number(of: node) else { throw numberError(type) }
    return number
  }

  func decode(_ type: Float.Type) throws -> Float {
    guard document.kind(of: node) == .number else { throw numberError(type) }
    // From the text, because rounding twice is not rounding once.
    let text = String(decoding: document.literal(of: node), as: UTF8.self)
    guard let number = Float(text), number.isFinite else { throw numberError(type) }
    return number
  }

  func decode(_ type: Int.Type) throws -> Int {
    guard let number = document.integer(of: node) else { throw numberError(type) }
    return number
  }

  func decode(_ type: UInt64.Type) throws -> UInt64 {
    guard let number = document.unsigned(of: node) else { throw numberError(type) }
    return number
  }

  func decode(_ type: UInt.Type) throws -> UInt { UInt(try decode(UInt64.self)) }
  func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }

  func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if type == JSONValue.self, let value = try JSONValue(document, node) as? Value { return value }
    if document.kind(of: node) == .object, let dictionary = type as? any TextKeyed.Type,
      let value = try dictionary.read(self) as? Value
    {
      return value
    }
    return try type.init(from: self)
  }

  private func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
    guard let number = document.integer(of: node), let exact = Number(exactly: number) else {
      throw numberError(type)
    }
    return exact
  }

  private func numberError(_ type: Any.Type) -> DecodingError { document.numberError(type, at: node) }
}

/// A dictionary, read member by member: its own conformance asks for all keys, and for each value by its key.
private protocol TextKeyed {
  static func read(_ decoder: NodeDecoder) throws -> Self
}

extension Dictionary: TextKeyed where Key == String, Value: Decodable {
  fileprivate static func read(_ decoder: NodeDecoder) throws -> [String: Value] {
    var values: [String: Value] = [:]
    for (key, value) in decoder.document.members(of: decoder.node) {
      guard let key = decoder.document.text(of: key), values[key] == nil else { continue }
      values[key] = try NodeDecoder(decoder.source, value).decode(Value.self)
    }
    return values
  }
}

/// An object's members by their keys.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let owner: NodeDecoder
  /// Where each member's key is among the tokens, in their order.
  private var keys: [Int] = []
  /// The same by key, where they are many.
  private var places: [String: Int] = [:]
  private static var most: Int { 16 }

  init(_ owner: NodeDecoder) {
    self.owner = owner
    for (key, _) in owner.document.members(of: owner.node) { keys.append(key.place) }
    guard keys.count > Self.most else { return }
    for key in keys { places[text(key)] = places[text(key)] ?? key }
  }

  private func text(_ key: Int) -> String { owner.document.text(of: JSONDocument.Node(place: key)) ?? "" }

  var codingPath: [any CodingKey] { owner.codingPath }
  var allKeys: [Key] { keys.compactMap { Key(stringValue: text($0)) } }

  private func find(_ key: Key) -> NodeDecoder? {
    let name = key.stringValue
    let place =
      keys.count > Self.most
      ? places[name] : keys.first { owner.document.isText(JSONDocument.Node(place: $0), equalTo: name) }
    return place.map { NodeDecoder(owner.source, JSONDocument.Node(place: $0 + 1)) }
  }

  private func value(_ key: Key) throws -> NodeDecoder {
    if let value = find(key) { return value }
    throw DecodingError.keyNotFound(
      key, DecodingError.Context(codingPath: codingPath, debugDescription: "there is no such key"))
  }

  func contains(_ key: Key) -> Bool { find(key) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { try value(key).decodeNil() }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).decode(type) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).decode(type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).decode(type) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).decode(type) }

  func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
    try value(key).decode(type)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> {
    try value(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try value(key).unkeyedContainer()
  }

  func superDecoder(forKey key: Key) throws -> any Decoder { try value(key) }

  func superDecoder() throws -> any Decoder {
    guard let key = Key(stringValue: "super") else { return owner }
    return try value(key)
  }
}

/// A list's elements, one after the other.
private struct Elements: UnkeyedDecodingContainer {
  let owner: NodeDecoder
  private let places: [Int]
  private(set) var currentIndex = 0

  init(_ owner: NodeDecoder) {
    self.owner = owner
    places = owner.document.elements(of: owner.node).map(\.place)
  }

  var codingPath: [any CodingKey] { owner.codingPath }
  var count: Int? { places.count }
  var isAtEnd: Bool { currentIndex == places.count }

  private var next: NodeDecoder {
    get throws {
      guard !isAtEnd else {
        let path = codingPath + [PathKey(currentIndex)]
        throw DecodingError.valueNotFound(
          Any.self, DecodingError.Context(codingPath: path, debugDescription: "the list has ended"))
      }
      return NodeDecoder(owner.source, JSONDocument.Node(place: places[currentIndex]))
    }
  }

  mutating func decodeNil() throws -> Bool {
    guard try next.decodeNil() else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let value = try next.decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type
  ) throws -> KeyedDecodingContainer<Nested> {
    let container = try next.container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next.unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try next
    currentIndex += 1
    return decoder
  }
}
