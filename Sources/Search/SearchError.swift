/// What can go wrong in a search: always the caller's data, said with what was expected, what was found and
/// the remedy.
public struct SearchError: Error, Equatable, CustomStringConvertible {
  /// What it is about, such as `parameter learning_rate` or `job 17`.
  public var subject: String
  public var expected: String
  public var found: String
  public var remedy: String

  public init(subject: String, expected: String, found: String, remedy: String) {
    self.subject = subject
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  public var description: String { "\(subject): expected \(expected), found \(found). \(remedy)" }
}
