// JSON that is written straight into bytes.
extension [UInt8] {
  /// Appends text that is JSON already.
  public mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends a text in quotes, escaped where JSON asks for it.
  public mutating func append(quoting text: String) {
    append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        append(contentsOf: utf8)
      } else {
        for byte in utf8 { append(escaping: byte) }
      }
    }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(#"\""#)
    case UInt8(ascii: "\\"): append(#"\\"#)
    case UInt8(ascii: "\n"): append(#"\n"#)
    case UInt8(ascii: "\t"): append(#"\t"#)
    case UInt8(ascii: "\r"): append(#"\r"#)
    case 0x08: append(#"\b"#)
    case 0x0C: append(#"\f"#)
    case 0..<0x20: append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
    default: append(byte)
    }
  }

  /// Appends an integer.
  public mutating func append(_ number: Int) { append(contentsOf: String(number).utf8) }

  /// Appends the shortest text that reads back as the same number; it is finite.
  public mutating func append(_ number: Double) { append(contentsOf: number.description.utf8) }
}
