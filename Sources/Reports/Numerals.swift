import Foundation

/// How numbers are written for people; files get all digits.
package enum Numerals {
  /// At most `digits` significant digits, without trailing zeros: `0.9734`, `1e-5`, `12000`.
  package static func text(_ number: Double, digits: Int = 4) -> String {
    guard number.isFinite else { return "\(number)" }
    if let whole = Int(exactly: number), abs(whole) < 1_000_000_000 { return "\(whole)" }
    // C writes an exponent of at least two digits, and a plus sign.
    let text = String(format: "%.\(digits)g", number)
    guard let place = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: place)...]) else {
      return text
    }
    return "\(text[..<place])e\(exponent)"
  }

  /// Always `digits` significant digits, so that a column of scores is easy to compare: `0.610`.
  package static func fixed(_ number: Double, digits: Int) -> String {
    guard number != 0, number.isFinite, abs(number) >= 1e-4, abs(number) < pow(10, Double(digits)) else {
      return text(number, digits: digits)
    }
    // `#` keeps trailing zeros, and a trailing point.
    let text = String(format: "%#.\(digits)g", number)
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// Whole numbers with their thousands apart: `12,000`.
  package static func count(_ number: Int) -> String {
    var digits = String(number.magnitude)
    var groups: [Substring] = []
    while digits.count > 3 {
      groups.insert(digits.suffix(3), at: 0)
      digits.removeLast(3)
    }
    return (number < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
  }

  /// `1 trial`, `2,000 trials`.
  package static func count(_ number: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(count(number)) \(number == 1 ? noun : plural ?? noun + "s")"
  }

  /// `60.7 %`: a share of 1, to a tenth of a percent.
  package static func share(_ share: Double) -> String { "\(text((share * 1000).rounded() / 10)) %" }

  /// `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "\(seconds) s" }
    if seconds < 9.95 { return "\(text((seconds * 10).rounded() / 10)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    let units = [(86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")]
    guard let (size, name, part, partName) = units.first(where: { whole >= $0.0 }) else {
      return "\(whole) s"
    }
    let rest = whole % size / part
    return "\(count(whole / size)) \(name)" + (rest == 0 ? "" : " \(rest) \(partName)")
  }
}
