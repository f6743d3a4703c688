/// A table of texts in memory: the fields of a file of comma-separated values (RFC 4180), with another
/// delimiter where one is asked for. Lines end with LF, CRLF or CR; empty ones are skipped.
struct CSVText {
  /// A field, without its quotes.
  private struct Field {
    var start: Int
    var end: Int
    /// Whether quotes in it are doubled.
    var isQuoted: Bool
  }

  let path: String
  /// The columns' names: the first line's, or their numbers from 1.
  private(set) var names: [String] = []
  private let bytes: [UInt8]
  /// Row by row.
  private var fields: [Field] = []
  /// The line on which each row begins, from 1.
  private var lines: [Int] = []

  var rowCount: Int { lines.count }

  /// - Throws: `TrainingError.data`, with the line, where quotes don't match, lines have different numbers of
  ///   fields, or a name is no UTF-8.
  init(path: String, delimiter: UInt8, hasHeader: Bool) throws(TrainingError) {
    self.path = path
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let read = try CompressedFile.read(path)
    bytes = read.starts(with: mark) ? Array(read.dropFirst(mark.count)) : read
    try split(at: delimiter)
    guard let first = lines.first else {
      throw .data(
        path: path, expected: "lines of fields", found: "an empty file",
        remedy: "Give a file with samples in it.")
    }
    let columns = fields.count / rowCount
    if hasHeader {
      for column in 0..<columns { names.append(try text(row: 0, column: column)) }
      fields.removeFirst(columns)
      lines.removeFirst()
      try requireDistinctNames(on: first)
    } else {
      names = (1...columns).map(String.init)
    }
    guard rowCount > 0 else {
      throw .data(
        path: path, expected: "at least one line of values", found: "only the line of names",
        remedy: "Give a file with samples in it, or write header: false.")
    }
  }

  func line(of row: Int) -> Int { lines[row] }

  /// - Throws: `TrainingError.data` where the bytes are no UTF-8.
  func text(row: Int, column: Int) throws(TrainingError) -> String {
    let columns = names.isEmpty ? fields.count / rowCount : names.count
    let field = fields[row * columns + column]
    guard let text = String(validating: bytes[field.start..<field.end], as: UTF8.self) else {
      throw .data(
        path: path, expected: "text in UTF-8", found: "other bytes on line \(lines[row])",
        remedy: "Convert the file, as by iconv -f latin1 -t utf-8.")
    }
    return field.isQuoted ? text.replacing("\"\"", with: "\"") : text
  }

  private func requireDistinctNames(on line: Int) throws(TrainingError) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted {
      throw .data(
        path: path, expected: "a name of its own for each column", found: "\"\(name)\" twice on line \(line)",
        remedy: "Rename a column, or write header: false where the first line is no line of names.")
    }
  }

  private mutating func split(at delimiter: UInt8) throws(TrainingError) {
    let (quote, lineFeed, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    var (place, line) = (0, 1)
    while place < bytes.count {
      let firstField = fields.count
      let lineOfRow = line
      var isRowOver = false
      while !isRowOver {
        var field = Field(start: place, end: place, isQuoted: false)
        if place < bytes.count, bytes[place] == quote {
          field = try quoted(from: &place, &line)
        } else {
          while place < bytes.count, bytes[place] != delimiter, bytes[place] != lineFeed,
            bytes[place] != carriageReturn
          {
            place += 1
          }
          field.end = place
        }
        fields.append(field)
        guard place < bytes.count else { break }
        switch bytes[place] {
        case delimiter: place += 1
        case lineFeed, carriageReturn:
          let isPair =
            bytes[place] == carriageReturn && place + 1 < bytes.count && bytes[place + 1] == lineFeed
          place += isPair ? 2 : 1
          line += 1
          isRowOver = true
        default:
          throw .data(
            path: path, expected: "a delimiter or the end of the line after a closing quote",
            found: "more text on line \(line)", remedy: "Double the quotes that are part of a text.")
        }
      }
      try endRow(from: firstField, on: lineOfRow)
    }
  }

  private mutating func endRow(from first: Int, on line: Int) throws(TrainingError) {
    let count = fields.count - first
    if count == 1, !fields[first].isQuoted, fields[first].start == fields[first].end {
      fields.removeLast()
      return
    }
    let expected = lines.isEmpty ? count : first / lines.count
    guard count == expected else {
      throw .data(
        path: path, expected: "\(expected) fields on line \(line), as on line \(lines[0])", found: "\(count)",
        remedy: "Mend the line, or name the delimiter.")
    }
    lines.append(line)
  }

  /// The quoted text that begins here; the place is behind its closing quote then.
  private func quoted(from place: inout Int, _ line: inout Int) throws(TrainingError) -> Field {
    let quote = UInt8(ascii: "\"")
    let opening = line
    place += 1
    let start = place
    while place < bytes.count {
      if bytes[place] == quote {
        guard place + 1 < bytes.count, bytes[place + 1] == quote else {
          place += 1
          return Field(start: start, end: place - 1, isQuoted: true)
        }
        place += 1
      } else if bytes[place] == UInt8(ascii: "\n") {
        line += 1
      }
      place += 1
    }
    throw .data(
      path: path, expected: "a closing quote for the one that opens on line \(opening)",
      found: "the end of the file", remedy: "Close it, or double the quotes that are part of a text.")
  }
}
