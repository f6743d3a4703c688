/// Writes `Codable` values as JSON with sorted keys, as Foundation's `JSONEncoder` with `.sortedKeys` and
/// `.withoutEscapingSlashes` does, and into one buffer: the journal has two records for every job, and with
/// the general encoder they were half of the controller's time.
///
/// A value opens a frame, writes its members one after the other, and closes it; then members that are out of
/// order are moved. A container that was handed out is done when its parent is used again, as the compiler's
/// own conformances do.
public struct SortedJSONEncoder {
  private let sink = JSONSink()

  public init() {}

  /// The value as JSON.
  ///
  /// - Throws: `EncodingError` for a number that is not finite, and what the value throws.
  public func encode(_ value: some Encodable) throws -> [UInt8] {
    sink.text.reset()
    try sink.write(value, at: 0)
    return sink.text.bytes
  }
}

/// The one owner of the text, shared by the containers of a value.
private final class JSONSink {
  var text = JSONText()

  func write(_ value: some Encodable, at depth: Int) throws {
    text.open(at: depth)
    try value.encode(to: FrameEncoder(sink: self, depth: depth))
    text.close(to: depth)
  }
}

/// What a value sees of its frame.
private struct FrameEncoder: Encoder {
  let sink: JSONSink
  let depth: Int
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    sink.text.begin(.object, at: depth)
    return KeyedEncodingContainer(Members(sink: sink, depth: depth))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    sink.text.begin(.array, at: depth)
    return Elements(sink: sink, depth: depth)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(sink: sink, depth: depth) }
}

private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let sink: JSONSink
  let depth: Int
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) {
    sink.text.beginMember(key.stringValue, at: depth)
    sink.text.write(plain: "null")
  }

  func encode(_ value: Bool, forKey key: Key) {
    sink.text.beginMember(key.stringValue, at: depth)
    sink.text.write(plain: value)
  }

  func encode(_ value: String, forKey key: Key) {
    sink.text.beginMember(key.stringValue, at: depth)
    sink.text.quote(value)
  }

  func encode(_ value: Int, forKey key: Key) {
    sink.text.beginMember(key.stringValue, at: depth)
    sink.text.write(plain: value)
  }

  func encode(_ value: Double, forKey key: Key) throws {
    sink.text.beginMember(key.stringValue, at: depth)
    try sink.text.write(value)
  }

  func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
    sink.text.beginMember(key.stringValue, at: depth)
    try sink.write(value, at: depth + 1)
  }

  func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    nested(key.stringValue).container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    nested(key.stringValue).unkeyedContainer()
  }

  func superEncoder() -> any Encoder { nested("super") }
  func superEncoder(forKey key: Key) -> any Encoder { nested(key.stringValue) }

  private func nested(_ key: String) -> FrameEncoder {
    sink.text.beginMember(key, at: depth)
    sink.text.open(at: depth + 1)
    return FrameEncoder(sink: sink, depth: depth + 1)
  }
}

private struct Elements: UnkeyedEncodingContainer {
  let sink: JSONSink
  let depth: Int
  var codingPath: [any CodingKey] { [] }
  var count: Int { sink.text.frames[depth].elements }

  func encodeNil() {
    sink.text.beginElement(at: depth)
    sink.text.write(plain: "null")
  }

  func encode(_ value: Bool) {
    sink.text.beginElement(at: depth)
    sink.text.write(plain: value)
  }

  func encode<Value: Encodable>(_ value: Value) throws {
    sink.text.beginElement(at: depth)
    try sink.write(value, at: depth + 1)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    nested().container(keyedBy: keyType)
  }

  func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nested().unkeyedContainer() }
  func superEncoder() -> any Encoder { nested() }

  private func nested() -> FrameEncoder {
    sink.text.beginElement(at: depth)
    sink.text.open(at: depth + 1)
    return FrameEncoder(sink: sink, depth: depth + 1)
  }
}

/// Every number that is neither `Double` nor `Int` comes through its own conformance and ends here.
private struct Single: SingleValueEncodingContainer {
  let sink: JSONSink
  let depth: Int
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { write("null") }
  func encode(_ value: Bool) { write(value) }
  func encode(_ value: Int) { write(value) }
  func encode(_ value: Int8) { write(value) }
  func encode(_ value: Int16) { write(value) }
  func encode(_ value: Int32) { write(value) }
  func encode(_ value: Int64) { write(value) }
  func encode(_ value: UInt) { write(value) }
  func encode(_ value: UInt8) { write(value) }
  func encode(_ value: UInt16) { write(value) }
  func encode(_ value: UInt32) { write(value) }
  func encode(_ value: UInt64) { write(value) }

  func encode(_ value: String) {
    sink.text.beginScalar(at: depth)
    sink.text.quote(value)
  }

  func encode(_ value: Double) throws {
    sink.text.beginScalar(at: depth)
    try sink.text.write(value)
  }

  func encode(_ value: Float) throws {
    guard value.isFinite else { return try encode(Double(value)) }
    let text = value.description
    write(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
  }

  /// In the same frame: the value takes the place of the one that wraps it.
  func encode<Value: Encodable>(_ value: Value) throws {
    try value.encode(to: FrameEncoder(sink: sink, depth: depth))
  }

  private func write(_ value: some CustomStringConvertible) {
    sink.text.beginScalar(at: depth)
    sink.text.write(plain: value)
  }
}
