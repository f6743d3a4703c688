/// How a file writes numbers: decimal digits, with a point and an exponent where needed, as YAML 1.2's core
/// schema has them. Swift reads more (`0x10`, `inf`), and would read it as something that the user of another
/// program did not mean.
enum NumberText {
  /// The greatest integer, and the greatest absolute value of other numbers, of a key that says nothing else.
  /// What is computed from two of them still fits into 64 bits.
  static let greatestInteger = 1_000_000_000
  static let greatestNumber = 1e15

  /// Nil for a text that is no decimal number; infinite for one beyond what a `Double` holds.
  static func number(_ text: String) -> Double? { isDecimal(text) ? Double(text) : nil }

  /// An integer, which may be written as `64.0` or `1e3`; nil for any other number.
  static func integer(_ text: String) -> Int? {
    if let integer = Int(text) { return integer }
    guard let number = number(text), abs(number) <= 0x1p53 else { return nil }
    return Int(exactly: number)
  }

  /// What to write in the place of a number in a notation that is not read: `1_000`, `0x10`, `1,5`, `.inf`.
  static func remedy(for text: String) -> String? {
    let lowercased = text.lowercased()
    let unsigned = lowercased.drop { $0 == "-" || $0 == "+" }
    if [".inf", "inf", "infinity", ".nan", "nan"].contains(unsigned) { return "Write a finite number." }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where unsigned.hasPrefix(prefix) {
      guard let value = Int(unsigned.dropFirst(2).filter { $0 != "_" }, radix: radix) else { return nil }
      return "Write it in decimal digits: \(lowercased.hasPrefix("-") ? "-" : "")\(value)."
    }
    let thousands = unsigned.split(separator: ",", omittingEmptySubsequences: false)
    if thousands.count > 1, thousands.dropFirst().allSatisfy({ $0.count == 3 && Int($0) != nil }),
      text.count < 40, Int(thousands[0]) != nil
    {
      let number = text.replacing(",", with: "")
      guard thousands.count == 2 else { return "Write \(number)." }
      return "Write \(number), or with a point what is meant as a fraction."
    }
    for (sign, plain) in [("_", ""), (",", ".")] where text.contains(sign) {
      let replaced = text.replacing(sign, with: plain)
      if text.count < 40, isDecimal(replaced) { return "Write \(replaced)." }
    }
    return nil
  }

  /// `[-+]? (digits [. digits*] | . digits) ([eE] [-+]? digits)?`
  private static func isDecimal(_ text: String) -> Bool {
    var rest = text.utf8[...]
    func skip(_ allowed: String.UTF8View) {
      if let first = rest.first, allowed.contains(first) { rest.removeFirst() }
    }
    func skipDigits() -> Int {
      let count = rest.count
      rest = rest.drop { UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") }
      return count - rest.count
    }
    skip("+-".utf8)
    var digits = skipDigits()
    if rest.first == UInt8(ascii: ".") {
      rest.removeFirst()
      digits += skipDigits()
    }
    guard digits > 0 else { return false }
    guard let exponent = rest.first else { return true }
    guard exponent == UInt8(ascii: "e") || exponent == UInt8(ascii: "E") else { return false }
    rest.removeFirst()
    skip("+-".utf8)
    return skipDigits() > 0 && rest.isEmpty
  }
}
