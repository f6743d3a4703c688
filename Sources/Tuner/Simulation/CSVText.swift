import Foundation

/// Comma-separated values (RFC 4180), with the line ends of any system.
enum CSVText {
  /// Fields by line; last lines that are empty are none.
  ///
  /// - Throws: `TunerError` when a quote is not closed.
  static func lines(of csv: String, path: String) throws(TunerError) -> [[String]] {
    var lines: [[String]] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    func text(_ bytes: [UInt8]) -> String {
      String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespaces)
    }
    var previous: UInt8 = 0
    for byte in csv.utf8 {
      switch byte {
      case UInt8(ascii: "\""):
        // Two quotes within quotes are one.
        if !isQuoted, previous == UInt8(ascii: "\"") { field.append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        fields.append(text(field))
        field = []
      // The second half of a line end that the return has made already.
      case UInt8(ascii: "\n") where !isQuoted && previous == UInt8(ascii: "\r"): break
      case UInt8(ascii: "\n") where !isQuoted, UInt8(ascii: "\r") where !isQuoted:
        lines.append(fields + [text(field)])
        (fields, field) = ([], [])
      default: field.append(byte)
      }
      previous = byte
    }
    guard !isQuoted else {
      throw TunerError(
        .usage, subject: path, expected: "a quote at the end of every quoted field",
        found: "one that is missing",
        remedy: "Close the quotes, or take out the one that opens them.")
    }
    if !fields.isEmpty || !field.isEmpty { lines.append(fields + [text(field)]) }
    while lines.last == [""] { lines.removeLast() }
    return lines
  }
}
