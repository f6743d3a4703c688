/// A JSON text (RFC 8259), parsed into one flat list of tokens: no tree, so that a line of a hundred thousand
/// trials costs one allocation, and a text that is only compared is never copied.
public struct JSONDocument: Sendable {
  /// A value's place among the tokens.
  public struct Node: Equatable, Sendable {
    var place: Int
  }

  /// What a value is; `no` and `yes` are JSON's `false` and `true`.
  public enum Kind: UInt8, Sendable {
    case null, no, yes, number, text, array, object
  }

  struct Token: Sendable {
    var kind: Kind
    /// A text without escapes: its bytes are its content.
    var isPlain: Bool
    /// Bytes of the value, a text's quotes left out.
    var start: UInt32
    var end: UInt32
    /// The place of the first token after the value and all that it holds.
    var next: UInt32
  }

  let bytes: [UInt8]
  /// A value, then what it holds; a member of an object is its key, a text, and its value.
  let tokens: [Token]

  /// - Parameter deepest: how many levels of lists and objects are read, so that no text exhausts the stack.
  /// - Throws: `JSONError` where the text is not JSON.
  public init(_ bytes: [UInt8], deepest: Int = 32) throws(JSONError) {
    var parser = JSONParser(bytes, deepest: deepest)
    tokens = try parser.parse()
    self.bytes = bytes
  }

  /// The value that the whole text is.
  public var root: Node { Node(place: 0) }

  public func kind(of node: Node) -> Kind { tokens[node.place].kind }

  private func range(of node: Node) -> Range<Int> {
    Int(tokens[node.place].start)..<Int(tokens[node.place].end)
  }
}

// Values.
extension JSONDocument {
  /// The content of a text; nil for another kind.
  public func text(of node: Node) -> String? {
    guard kind(of: node) == .text else { return nil }
    let raw = bytes[range(of: node)]
    return String(decoding: tokens[node.place].isPlain ? raw : Self.unescaped(raw), as: UTF8.self)
  }

  /// True for a text of just these bytes, written without escapes.
  public func isText(_ node: Node, _ content: [UInt8]) -> Bool {
    let token = tokens[node.place]
    guard token.kind == .text, token.isPlain, Int(token.end - token.start) == content.count else {
      return false
    }
    return bytes[range(of: node)].elementsEqual(content)
  }

  /// The same for a text that may have escapes.
  func isText(_ node: Node, equalTo content: String) -> Bool {
    let token = tokens[node.place]
    guard token.isPlain else { return text(of: node) == content }
    // Composed or not, a text is its bytes.
    return content.utf8.count == Int(token.end - token.start)
      && bytes[range(of: node)].elementsEqual(content.utf8)
  }

  /// The finite `Double` nearest to a number; nil for another kind, and for a number beyond all finite ones.
  public func number(of node: Node) -> Double? {
    guard kind(of: node) == .number else { return nil }
    let range = range(of: node)
    if let small = smallInteger(in: range) { return Double(small) }
    guard let value = Double(String(decoding: bytes[range], as: UTF8.self)), value.isFinite else {
      return nil
    }
    return value
  }

  /// A number without a fraction, `3.0` and `3e2` included; nil for another kind or a number that `Int` does
  /// not hold.
  public func integer(of node: Node) -> Int? {
    guard kind(of: node) == .number else { return nil }
    let range = range(of: node)
    if let small = smallInteger(in: range) { return small }
    let text = String(decoding: bytes[range], as: UTF8.self)
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// The same up to `UInt64.max`.
  func unsigned(of node: Node) -> UInt64? {
    if let integer = integer(of: node) { return UInt64(exactly: integer) }
    guard kind(of: node) == .number else { return nil }
    let text = String(decoding: bytes[range(of: node)], as: UTF8.self)
    return UInt64(text) ?? Double(text).flatMap { UInt64(exactly: $0) }
  }

  /// The number of up to 15 digits, which `Double` holds exactly.
  private func smallInteger(in range: Range<Int>) -> Int? {
    let isNegative = bytes[range.lowerBound] == UInt8(ascii: "-")
    let digits = bytes[(isNegative ? range.lowerBound + 1 : range.lowerBound)..<range.upperBound]
    // A negative zero is no integer.
    guard digits.count <= 15, !(isNegative && digits.first == UInt8(ascii: "0")) else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
      value = 10 * value + Int(digit - UInt8(ascii: "0"))
    }
    return isNegative ? -value : value
  }

  /// The value as it stands in the text, a long one cut short: for messages.
  public func excerpt(of node: Node) -> String {
    switch kind(of: node) {
    case .array: return "a list"
    case .object: return "an object"
    case .text: return "\"\(Self.short(bytes[range(of: node)]))\""
    case .null, .no, .yes, .number: return Self.short(bytes[range(of: node)])
    }
  }

  /// The bytes of a number, `true`, `false` or `null`, or of a text with its quotes.
  public func literal(of node: Node) -> ArraySlice<UInt8> {
    let range = range(of: node)
    return kind(of: node) == .text ? bytes[range.lowerBound - 1..<range.upperBound + 1] : bytes[range]
  }

  static func short(_ bytes: ArraySlice<UInt8>) -> String {
    let most = 40
    return String(decoding: bytes.prefix(most), as: UTF8.self) + (bytes.count > most ? "..." : "")
  }
}

// What arrays and objects hold.
extension JSONDocument {
  /// The elements of an array, in their order.
  public struct Elements: Sequence, IteratorProtocol {
    fileprivate let tokens: [Token]
    fileprivate var place: Int
    fileprivate let end: Int

    public mutating func next() -> Node? {
      guard place < end else { return nil }
      defer { place = Int(tokens[place].next) }
      return Node(place: place)
    }
  }

  /// The members of an object, in their order.
  public struct Members: Sequence, IteratorProtocol {
    fileprivate let tokens: [Token]
    fileprivate var place: Int
    fileprivate let end: Int

    public mutating func next() -> (key: Node, value: Node)? {
      guard place < end else { return nil }
      defer { place = Int(tokens[place + 1].next) }
      return (Node(place: place), Node(place: place + 1))
    }
  }

  /// The elements of an array; nothing for another kind.
  public func elements(of node: Node) -> Elements {
    Elements(tokens: tokens, place: node.place + 1, end: end(of: node, .array))
  }

  /// The members of an object; nothing for another kind.
  public func members(of node: Node) -> Members {
    Members(tokens: tokens, place: node.place + 1, end: end(of: node, .object))
  }

  private func end(of node: Node, _ kind: Kind) -> Int {
    self.kind(of: node) == kind ? Int(tokens[node.place].next) : node.place
  }
}

// Escapes, which the parser has found to be right.
extension JSONDocument {
  private static func unescaped(_ raw: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var content: [UInt8] = []
    content.reserveCapacity(raw.count)
    var place = raw.startIndex
    while place < raw.endIndex {
      guard raw[place] == UInt8(ascii: "\\") else {
        content.append(raw[place])
        place += 1
        continue
      }
      let letter = raw[place + 1]
      place += 2
      guard letter == UInt8(ascii: "u") else {
        content.append(JSONParser.escapes[letter] ?? letter)
        continue
      }
      var scalar = JSONParser.hexadecimal(raw[place..<place + 4])!
      place += 4
      if JSONParser.isHighSurrogate(scalar) {
        let low = JSONParser.hexadecimal(raw[place + 2..<place + 6])!
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
        place += 6
      }
      content += Array(String(Character(Unicode.Scalar(scalar)!)).utf8)
    }
    return content[...]
  }
}
