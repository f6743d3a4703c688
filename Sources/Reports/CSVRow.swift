/// A line of a comma-separated table: RFC 4180.
package struct CSVRow {
  package var fields: [String]

  package init(_ fields: [String]) { self.fields = fields }

  package var text: String { fields.map(quoted).joined(separator: ",") + "\r\n" }

  /// Compared by scalars, because Swift takes CR LF for one character.
  private func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { "\",\r\n".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
