import JSON
import Search

/// What is wrong with a request, said with what was expected, what was found and the remedy. It becomes the
/// answer `{"error":"..."}`, and nothing else happens.
struct LineError: Error, Equatable, CustomStringConvertible {
  /// What it is about, such as `space[2].low` or `trials[0].id`.
  var subject: String
  var expected: String
  var found: String
  var remedy: String

  init(_ subject: String, expected: String, found: String, remedy: String) {
    self.subject = subject
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  /// The line is no JSON.
  init(_ error: JSONError) {
    self.init(
      "the line, byte \(error.byte)", expected: error.expected, found: error.found ?? "the line's end",
      remedy: error.isNoNumber
        ? "JSON has no such number; write null for the value of a failed trial."
        : "Write one JSON object on one line.")
  }

  /// A search cannot do what the request asks of it.
  init(_ error: SearchError) {
    self.init(error.subject, expected: error.expected, found: error.found, remedy: error.remedy)
  }

  var description: String { "\(subject): expected \(expected), found \(found). \(remedy)" }
}
