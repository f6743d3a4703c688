/// The lines at the bottom of a terminal that are drawn over and over. What is to stay goes above them.
///
/// A frame is one write, and one that looks like the last is none, so that nothing flickers. The cursor rests in the
/// line below, where whatever ends the program leaves it.
struct LiveScreen {
  let terminal: Terminal
  /// What is on the screen.
  private var shown: [StyledLine] = []
  /// What should stay above it, and was not taken yet.
  var waiting: [StyledLine] = []

  init(_ terminal: Terminal) { self.terminal = terminal }

  /// The bytes that put `lines` in the place of those that are shown, with `above` before them.
  ///
  /// - Parameter size: of the window: lines beyond its height are left out.
  /// - Returns: nil when nothing changes.
  mutating func frame(_ lines: [StyledLine], above: [StyledLine] = [], _ size: (columns: Int, rows: Int))
    -> String?
  {
    let lines = Array(lines.prefix(max(1, size.rows - 1)))
    if above.isEmpty, lines == shown { return nil }
    let text = start(columns: size.columns) + (above + lines).map { ended($0, size.columns) }.joined()
    shown = lines
    return text + "\u{1B}[J"
  }

  /// The bytes that take the picture away; nil when there is none.
  mutating func erasure(columns: Int) -> String? {
    guard !shown.isEmpty else { return nil }
    defer { shown = [] }
    return start(columns: columns) + "\u{1B}[J"
  }

  /// To the first cell of the picture, which a narrower window may have wrapped since.
  private func start(columns: Int) -> String {
    let rows = shown.reduce(0) { $0 + max(1, ($1.width + columns - 1) / max(1, columns)) }
    return rows > 0 ? "\r\u{1B}[\(rows)A" : "\r"
  }

  /// What the line does not cover is cleared after it, but where it fills the window: there the cursor still stands on
  /// the last letter.
  private func ended(_ line: StyledLine, _ columns: Int) -> String {
    (terminal.hasColours ? line.coloured : line.text) + (line.width < columns ? "\u{1B}[K" : "") + "\r\n"
  }
}
