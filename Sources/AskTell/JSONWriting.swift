// Answers are written straight into bytes.
extension [UInt8] {
  mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// A text in quotes, escaped where JSON asks for it.
  mutating func append(quoting text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(#"\""#)
      case UInt8(ascii: "\\"): append(#"\\"#)
      case UInt8(ascii: "\n"): append(#"\n"#)
      case UInt8(ascii: "\t"): append(#"\t"#)
      case 0..<0x20: append(contentsOf: "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  mutating func append(_ number: Int) { append(contentsOf: String(number).utf8) }

  /// The shortest text that reads back as the same number; it is finite.
  mutating func append(_ number: Double) { append(contentsOf: number.description.utf8) }
}
