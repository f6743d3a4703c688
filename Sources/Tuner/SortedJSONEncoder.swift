/// Writes `Codable` values as JSON with sorted keys, as Foundation's `JSONEncoder` with `.sortedKeys` and
/// `.withoutEscapingSlashes` does, and into one buffer: the journal has two records for every job, and with the
/// general encoder they were half of the controller's time.
///
/// A value opens a frame, writes its members one after the other, and closes it; then members that are out of order
/// are moved. A container that was handed out is done when its parent is used again, as the compiler's own
/// conformances do.
struct SortedJSONEncoder {
  private let sink = JSONSink()

  /// - Throws: `EncodingError` for a number that is not finite, and what the value throws.
  func encode(_ value: some Encodable) throws -> [UInt8] {
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

/// The buffer and the frames that are open.
private struct JSONText {
  enum Kind { case untouched, scalar, object, array }

  struct Frame {
    var kind = Kind.untouched
    /// Where its members begin in `members`.
    var firstMember: Int
    var isSorted = true
    var elements = 0
  }

  private(set) var bytes: [UInt8] = []
  private(set) var frames: [Frame] = []
  /// Of all open objects: where each member's key begins, and the key.
  private var members: [(start: Int, key: String)] = []

  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    frames.removeAll(keepingCapacity: true)
    members.removeAll(keepingCapacity: true)
  }

  /// Opens a frame at `depth`, after closing what is open there and above.
  mutating func open(at depth: Int) {
    close(to: depth)
    frames.append(Frame(firstMember: members.count))
  }

  mutating func close(to depth: Int) {
    while frames.count > depth { closeLast() }
  }

  mutating func begin(_ kind: Kind, at depth: Int) {
    guard frames[depth].kind == .untouched else { return }
    frames[depth].kind = kind
    bytes.append(kind == .object ? UInt8(ascii: "{") : UInt8(ascii: "["))
  }

  mutating func beginMember(_ key: String, at depth: Int) {
    close(to: depth + 1)
    if members.count > frames[depth].firstMember {
      bytes.append(UInt8(ascii: ","))
      if key < members[members.count - 1].key { frames[depth].isSorted = false }
    }
    members.append((bytes.count, key))
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  mutating func beginElement(at depth: Int) {
    close(to: depth + 1)
    if frames[depth].elements > 0 { bytes.append(UInt8(ascii: ",")) }
    frames[depth].elements += 1
  }

  mutating func beginScalar(at depth: Int) {
    close(to: depth + 1)
    frames[depth].kind = .scalar
  }

  private mutating func closeLast() {
    guard let frame = frames.popLast() else { return }
    switch frame.kind {
    case .scalar: return
    case .untouched: bytes += [UInt8(ascii: "{"), UInt8(ascii: "}")]
    case .array: bytes.append(UInt8(ascii: "]"))
    case .object:
      if !frame.isSorted { sort(from: frame.firstMember) }
      members.removeSubrange(frame.firstMember...)
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private mutating func sort(from firstMember: Int) {
    let own = members[firstMember...]
    // A member ends before the comma of the next.
    let ends = own.dropFirst().map { $0.start - 1 } + [bytes.count]
    let pieces = zip(own, ends).map { (key: $0.key, bytes: bytes[$0.start..<$1]) }.sorted { $0.key < $1.key }
    var sorted: [UInt8] = []
    sorted.reserveCapacity(bytes.count - own[firstMember].start)
    for piece in pieces {
      if !sorted.isEmpty { sorted.append(UInt8(ascii: ",")) }
      sorted += piece.bytes
    }
    bytes.replaceSubrange(own[firstMember].start..., with: sorted)
  }
}

// Values.
extension JSONText {
  /// The shortest text that reads back as the same number, a whole one without its fraction.
  mutating func write(_ number: Double) throws {
    guard number.isFinite else {
      throw EncodingError.invalidValue(
        number, EncodingError.Context(codingPath: [], debugDescription: "JSON has no \(number)"))
    }
    var text = number.description
    text.withUTF8 { utf8 in
      let isWhole = utf8.count > 2 && utf8[utf8.count - 2] == UInt8(ascii: ".") && utf8.last == UInt8(ascii: "0")
      bytes.append(contentsOf: isWhole ? utf8.dropLast(2) : utf8[...])
    }
  }

  mutating func write(plain value: some CustomStringConvertible) {
    bytes.append(contentsOf: value.description.utf8)
  }

  mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        bytes.append(contentsOf: utf8)
      } else {
        for byte in utf8 { appendEscaped(byte) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func appendEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
    case UInt8(ascii: "\n"): bytes += Array(#"\n"#.utf8)
    case UInt8(ascii: "\t"): bytes += Array(#"\t"#.utf8)
    case UInt8(ascii: "\r"): bytes += Array(#"\r"#.utf8)
    case 0x08: bytes += Array(#"\b"#.utf8)
    case 0x0C: bytes += Array(#"\f"#.utf8)
    case 0..<0x20: bytes += Array("\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    default: bytes.append(byte)
    }
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
