/// Reads a JSON text strictly as RFC 8259 defines it: nothing may follow the value, texts are UTF-8, numbers
/// have JSON's form, and there is no NaN.
struct JSONParser {
  typealias Token = JSONDocument.Token

  private let bytes: [UInt8]
  private let deepest: Int
  private var place = 0
  private var tokens: [Token] = []

  /// - Parameter deepest: levels of lists and objects, so that no text exhausts the stack.
  init(_ bytes: [UInt8], deepest: Int) {
    self.bytes = bytes
    self.deepest = deepest
    tokens.reserveCapacity(32)
  }

  mutating func parse() throws(JSONError) -> [Token] {
    skipSpace()
    try parseValue(depth: 1)
    skipSpace()
    guard place == bytes.count else { throw error(expected: "nothing after the value") }
    return tokens
  }

  /// The byte at `place`; 0, which stands nowhere in a JSON text, after the last.
  private var byte: UInt8 { place < bytes.count ? bytes[place] : 0 }

  private mutating func skipSpace() {
    while true {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): place += 1
      default: return
      }
    }
  }

  private mutating func parseValue(depth: Int) throws(JSONError) {
    switch byte {
    case UInt8(ascii: "{"): try parseObject(depth: depth)
    case UInt8(ascii: "["): try parseArray(depth: depth)
    case UInt8(ascii: "\""): try parseText()
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try parseNumber()
    case UInt8(ascii: "t"): try parseWord("true", .yes)
    case UInt8(ascii: "f"): try parseWord("false", .no)
    case UInt8(ascii: "n"): try parseWord("null", .null)
    default: throw error(expected: "a value")
    }
  }

  private mutating func parseWord(_ word: StaticString, _ kind: JSONDocument.Kind) throws(JSONError) {
    let end = place + word.utf8CodeUnitCount
    let matches = word.withUTF8Buffer { $0.elementsEqual(bytes[place..<min(end, bytes.count)]) }
    guard matches else { throw error(expected: "a value") }
    append(kind, from: place, to: end)
    place = end
  }

  private mutating func append(_ kind: JSONDocument.Kind, isPlain: Bool = false, from start: Int, to end: Int)
  {
    tokens.append(
      Token(
        kind: kind, isPlain: isPlain, start: UInt32(start), end: UInt32(end), next: UInt32(tokens.count + 1)))
  }
}

// Arrays and objects.
extension JSONParser {
  private mutating func parseArray(depth: Int) throws(JSONError) {
    let own = try open(.array, depth)
    if byte == UInt8(ascii: "]") { return close(own) }
    while true {
      try parseValue(depth: depth + 1)
      skipSpace()
      if byte == UInt8(ascii: "]") { return close(own) }
      guard byte == UInt8(ascii: ",") else { throw error(expected: "a comma or the list's end") }
      place += 1
      skipSpace()
    }
  }

  private mutating func parseObject(depth: Int) throws(JSONError) {
    let own = try open(.object, depth)
    if byte == UInt8(ascii: "}") { return close(own) }
    while true {
      guard byte == UInt8(ascii: "\"") else { throw error(expected: "a key in double quotes") }
      try parseText()
      skipSpace()
      guard byte == UInt8(ascii: ":") else { throw error(expected: "a colon after the key") }
      place += 1
      skipSpace()
      try parseValue(depth: depth + 1)
      skipSpace()
      if byte == UInt8(ascii: "}") { return close(own) }
      guard byte == UInt8(ascii: ",") else { throw error(expected: "a comma or the object's end") }
      place += 1
      skipSpace()
    }
  }

  private mutating func open(_ kind: JSONDocument.Kind, _ depth: Int) throws(JSONError) -> Int {
    guard depth <= deepest else {
      throw error(expected: "at most \(deepest) levels of lists and objects")
    }
    append(kind, from: place, to: place + 1)
    place += 1
    skipSpace()
    return tokens.count - 1
  }

  private mutating func close(_ own: Int) {
    place += 1
    tokens[own].end = UInt32(place)
    tokens[own].next = UInt32(tokens.count)
  }
}

// Numbers and texts.
extension JSONParser {
  private mutating func parseNumber() throws(JSONError) {
    let start = place
    if byte == UInt8(ascii: "-") { place += 1 }
    if byte == UInt8(ascii: "0") {
      place += 1
    } else {
      try parseDigits(of: start)
    }
    if byte == UInt8(ascii: ".") {
      place += 1
      try parseDigits(of: start)
    }
    if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
      place += 1
      if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { place += 1 }
      try parseDigits(of: start)
    }
    append(.number, from: start, to: place)
  }

  private mutating func parseDigits(of start: Int) throws(JSONError) {
    let first = place
    while byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { place += 1 }
    guard place > first else {
      place = start
      throw error(expected: "a number")
    }
  }

  private mutating func parseText() throws(JSONError) {
    place += 1
    let start = place
    var isPlain = true
    var isASCII = true
    while byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        try parseEscape()
      } else {
        guard byte >= 0x20 else { throw error(expected: "a text that ends by a double quote") }
        if byte >= 0x80 { isASCII = false }
        place += 1
      }
    }
    if !isASCII, String(validating: bytes[start..<place], as: UTF8.self) == nil {
      place = start
      throw error(expected: "a text in UTF-8")
    }
    append(.text, isPlain: isPlain, from: start, to: place)
    place += 1
  }

  private mutating func parseEscape() throws(JSONError) {
    let start = place
    place += 2
    let letter = start + 1 < bytes.count ? bytes[start + 1] : 0
    if Self.escapes[letter] != nil { return }
    guard letter == UInt8(ascii: "u"), let scalar = parseHexadecimal() else { throw badEscape(start) }
    guard Self.isHighSurrogate(scalar) else {
      if Self.isLowSurrogate(scalar) { throw badEscape(start) }
      return
    }
    // Characters beyond U+FFFF are written as a pair.
    guard byte == UInt8(ascii: "\\"), place + 1 < bytes.count, bytes[place + 1] == UInt8(ascii: "u") else {
      throw badEscape(start)
    }
    place += 2
    guard let low = parseHexadecimal(), Self.isLowSurrogate(low) else { throw badEscape(start) }
  }

  private mutating func badEscape(_ start: Int) -> JSONError {
    place = start
    return error(expected: "an escape that JSON has")
  }

  private mutating func parseHexadecimal() -> UInt32? {
    guard place + 4 <= bytes.count, let value = Self.hexadecimal(bytes[place..<place + 4]) else { return nil }
    place += 4
    return value
  }

  /// Four hexadecimal digits.
  static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt32? {
    var value: UInt32 = 0
    for digit in digits {
      guard let part = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
      value = value << 4 | UInt32(part)
    }
    return value
  }

  static func isHighSurrogate(_ unit: UInt32) -> Bool { (0xD800..<0xDC00).contains(unit) }
  static func isLowSurrogate(_ unit: UInt32) -> Bool { (0xDC00..<0xE000).contains(unit) }

  /// The letter after a backslash, and what both stand for.
  static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
    UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
  ]

  /// What is wrong at `place`.
  private func error(expected: String) -> JSONError {
    let rest = bytes[min(place, bytes.count)...]
    let words = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf"]
    return JSONError(
      byte: place + 1, expected: expected, found: rest.isEmpty ? nil : JSONDocument.short(rest),
      isNoNumber: words.contains { rest.starts(with: $0.utf8) })
  }
}
