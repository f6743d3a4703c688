/// Lines of a log, with the time of day, none wider than `columns`.
struct LogText {
  static let widest = 100
  /// Of one message; what is longer is cut, and stands in full in the journal.
  private static let mostLines = 4

  /// The time as it is written before each message.
  var clock: (Double) -> String = timeOfDay
  var glyphs = Glyphs.unicode
  var columns = Self.widest

  /// What a message may take beside the time.
  func columnsOfText(at time: Double) -> Int { max(20, columns - clock(time).columns - 2) }

  /// A message at a time by the journal's clock, broken between words; its further lines begin below its first.
  func lines(_ text: String, at time: Double) -> [StyledLine] {
    let prefix = clock(time) + "  "
    let indent = String(repeating: " ", count: prefix.columns)
    let columns = columnsOfText(at: time)
    var broken = Self.broken(text.printable, columns: columns)
    if broken.count > Self.mostLines {
      broken = Array(broken.prefix(Self.mostLines))
      let last = broken[Self.mostLines - 1].prefix(columns: columns - glyphs.ellipsis.columns)
      broken[Self.mostLines - 1] = last + glyphs.ellipsis
    }
    return broken.enumerated().map { StyledLine(($0.offset == 0 ? prefix : indent) + $0.element) }
  }

  /// A text in lines of at most `columns`, broken at spaces where there are some.
  static func broken(_ text: String, columns: Int) -> [String] {
    var lines: [String] = []
    var rest = Substring(text)
    while String(rest.prefix(columns + 1)).columns > columns {
      // A letter that is wider than the line has one of its own.
      let fitting = String(rest).prefix(columns: columns)
      let start = fitting.isEmpty ? String(rest.prefix(1)) : fitting
      let isWordEnd = rest.dropFirst(start.count).first == " "
      let end = isWordEnd ? start.endIndex : start.lastIndex(of: " ") ?? start.endIndex
      // A line may begin with spaces that were meant.
      let line = start[..<end].contains { $0 != " " } ? start[..<end] : start[...]
      lines.append(String(line))
      rest = rest.dropFirst(line.count).drop { $0 == " " }
    }
    return lines + (rest.isEmpty && !lines.isEmpty ? [] : [String(rest)])
  }
}
