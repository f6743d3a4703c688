/// A line of text in parts, of which some have an ink of their own.
struct StyledLine: Equatable {
  enum Ink { case plain, strong, faint, good, bad }

  struct Part: Equatable {
    var text: String
    var ink: Ink
  }

  private(set) var parts: [Part] = []
  /// In columns.
  private(set) var width = 0

  init() {}

  init(_ text: String, _ ink: Ink = .plain) { add(text, ink) }

  mutating func add(_ text: String, _ ink: Ink = .plain) {
    let text = text.printable
    parts.append(Part(text: text, ink: ink))
    width += text.columns
  }

  mutating func add(_ line: StyledLine) {
    parts += line.parts
    width += line.width
  }

  /// Adds what fits into `columns`, after a gap unless it is the first: a whole piece or nothing of it.
  ///
  /// - Returns: whether it fitted.
  @discardableResult
  mutating func addIfItFits(_ piece: StyledLine, within columns: Int, gap: Int = 3) -> Bool {
    let gap = parts.isEmpty ? 0 : gap
    guard width + gap + piece.width <= columns else { return false }
    if gap > 0 { add(String(repeating: " ", count: gap)) }
    add(piece)
    return true
  }

  /// At most this many columns, the last one an ellipsis where something was cut.
  func cut(to columns: Int, _ glyphs: Glyphs) -> StyledLine {
    guard width > columns else { return self }
    var line = StyledLine()
    for part in parts {
      if line.width + part.text.columns < columns {
        line.add(part.text, part.ink)
      } else {
        line.add(part.text.prefix(columns: columns - 1 - line.width), part.ink)
        break
      }
    }
    line.add(glyphs.ellipsis)
    return line
  }

  var text: String { parts.map(\.text).joined() }

  /// With the escape sequences of ECMA-48 (SGR) around what has an ink.
  var coloured: String {
    parts.map { part in
      switch part.ink {
      case .plain: part.text
      case .strong: "\u{1B}[1m\(part.text)\u{1B}[0m"
      case .faint: "\u{1B}[2m\(part.text)\u{1B}[0m"
      case .good: "\u{1B}[32m\(part.text)\u{1B}[0m"
      case .bad: "\u{1B}[31m\(part.text)\u{1B}[0m"
      }
    }.joined()
  }
}

extension String {
  /// Without characters that would move the cursor or end the line; each becomes a space.
  var printable: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.map { $0.isControl ? " " : $0 }))
  }

  /// How many columns of a terminal the text takes.
  var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

  /// The first characters, as far as they fit.
  func prefix(columns: Int) -> String {
    var (text, width) = ("", 0)
    for character in self {
      width += character.unicodeScalars.reduce(0) { $0 + $1.columns }
      if width > columns { break }
      text.append(character)
    }
    return text
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

  /// 0 for what is drawn onto the letter before it, 2 for wide letters (Unicode Standard Annex 11, the blocks whose
  /// letters are all wide).
  fileprivate var columns: Int {
    if value < 0x300 { return 1 }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      return 2
    default: return 1
    }
  }
}

/// Signs that not every terminal has.
struct Glyphs: Equatable {
  /// Of a bar, from an eighth to the whole of a cell.
  var cells: [String]
  var emptyCell: String
  var arrow: String
  /// From a copy to what it was made of.
  var copies: String
  var ellipsis: String
  var plusMinus: String

  static let unicode = Glyphs(
    cells: ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"], emptyCell: "░", arrow: "→", copies: "←", ellipsis: "…",
    plusMinus: "±")
  static let ascii = Glyphs(
    cells: ["#"], emptyCell: ".", arrow: "->", copies: "<-", ellipsis: "~", plusMinus: "+-")

  /// By the locale's encoding, as far as the environment names one (POSIX.1-2017, 8.2).
  init(environment: [String: String]) {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    let encoding = (locale ?? "UTF-8").lowercased()
    self = encoding.contains("utf-8") || encoding.contains("utf8") ? .unicode : .ascii
  }

  private init(
    cells: [String], emptyCell: String, arrow: String, copies: String, ellipsis: String, plusMinus: String
  ) {
    self.cells = cells
    self.emptyCell = emptyCell
    self.arrow = arrow
    self.copies = copies
    self.ellipsis = ellipsis
    self.plusMinus = plusMinus
  }

  /// A bar of `columns` cells, filled to `share`, in [0, 1].
  func bar(_ share: Double, columns: Int) -> String {
    let parts = Int(share * Double(columns * cells.count))
    let (whole, rest) = parts.quotientAndRemainder(dividingBy: cells.count)
    let filled = String(repeating: cells[cells.count - 1], count: whole) + (rest > 0 ? cells[rest - 1] : "")
    return filled + String(repeating: emptyCell, count: columns - whole - (rest > 0 ? 1 : 0))
  }
}
