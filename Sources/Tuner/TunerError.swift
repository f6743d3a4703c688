/// What can go wrong in a run, said with what was expected, what was found, where, and how to mend it.
public struct TunerError: Error, Hashable, Codable, CustomStringConvertible {
  /// Whose move it is; the program turns it into an exit code.
  public enum Kind: String, Codable, Sendable {
    /// The study, the command line or the allocation cannot be right: the user changes it and starts again.
    case usage
    /// There is no such run directory.
    case missing
    /// A journal or checkpoint does not say what was written to it.
    case damaged
    /// The operating system, MPI or HDF5 refused; trying again may help.
    case system
    /// Two parts of this program disagree.
    case defect
  }

  public var kind: Kind
  /// What it is about, and where: `runs/digits/journal.jsonl:17`, `trial 3`, `rank 5 on node2, sending a
  /// state`.
  public var subject: String
  public var expected: String
  public var found: String
  public var remedy: String

  public init(_ kind: Kind, subject: String, expected: String, found: String, remedy: String) {
    self.kind = kind
    self.subject = subject
    self.expected = expected
    self.found = found
    self.remedy = remedy
  }

  public var description: String {
    // What lists differences ends with the last one's line.
    let end = found.hasSuffix("\n") ? "" : ". "
    return "\(subject): expected \(expected), found \(found)\(end)\(remedy)"
  }
}
