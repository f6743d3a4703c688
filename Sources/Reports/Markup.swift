/// A piece of HTML or SVG that is well-formed XML, too.
///
/// Made from string literals, which are taken as they are; whatever text is interpolated is escaped, so that
/// no name or message out of a study can become markup: `"<td>\(name)</td>"`.
struct Markup: ExpressibleByStringInterpolation, Equatable {
  private(set) var text: String

  init(stringLiteral literal: String) { text = literal }
  init(stringInterpolation interpolation: StringInterpolation) { text = interpolation.text }

  static func + (left: Markup, right: Markup) -> Markup {
    var sum = left
    sum += right
    return sum
  }

  static func += (left: inout Markup, right: Markup) { left.text += right.text }
}

extension Markup {
  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(literalCapacity * 2) }

    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
    mutating func appendInterpolation(_ number: Int) { text += "\(number)" }
    mutating func appendInterpolation(_ string: String) { text.appendEscaped(string) }
    /// A coordinate or a length, in pixels.
    mutating func appendInterpolation(_ length: Double) { text += length.pixels }
  }
}

extension Sequence<Markup> {
  func joined(by separator: Markup = "") -> Markup {
    var all: Markup = ""
    var isFirst = true
    for piece in self {
      if !isFirst { all += separator }
      all += piece
      isFirst = false
    }
    return all
  }
}

extension String {
  /// For text and for quoted attributes alike. A character that XML 1.0 §2.2 forbids becomes U+FFFD, because
  /// one of them, in a failure's message, would make the whole page unreadable.
  fileprivate mutating func appendEscaped(_ string: String) {
    for scalar in string.unicodeScalars {
      switch scalar {
      case "&": append("&amp;")
      case "<": append("&lt;")
      case ">": append("&gt;")
      case "\"": append("&quot;")
      case "'": append("&#39;")
      case "\t", "\n", "\r": unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": append("\u{FFFD}")
      default: unicodeScalars.append(scalar)
      }
    }
  }
}

extension Double {
  /// Tenths of a pixel, which no eye tells apart, in the fewest letters: a page holds many of them.
  fileprivate var pixels: String {
    let tenths = Int((self * 10).rounded())
    let (whole, rest) = abs(tenths).quotientAndRemainder(dividingBy: 10)
    return "\(tenths < 0 ? "-" : "")\(whole)\(rest == 0 ? "" : ".\(rest)")"
  }
}
