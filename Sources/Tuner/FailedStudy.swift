import Glibc
public import Search

// A study that came to its end and in which no trial succeeded: something is wrong that is no trial's fault, as a
// rule, and once it is mended the same command takes the study up again.

extension RunSummary {
  /// True of a finished study without a single result.
  public var hasFailed: Bool { ending == .finished && best == nil && trials > 0 }
}

extension JournalContents {
  /// Renames the journal to `journal-failed-1.jsonl`, or the first such name that is free, durably; the study
  /// begins anew.
  ///
  /// - Returns: the new path.
  public func setAside() throws(TunerError) -> String {
    let stem = path.hasSuffix(".jsonl") ? String(path.dropLast(6)) : path
    var number = 1
    while access("\(stem)-failed-\(number).jsonl", F_OK) == 0 { number += 1 }
    let kept = "\(stem)-failed-\(number).jsonl"
    guard rename(path, kept) == 0 else {
      let code = errno
      throw TunerError(
        .system, subject: path, expected: "to rename it to \(kept)", found: String(cString: strerror(code)),
        remedy: "Check the permissions of the run directory.")
    }
    return kept
  }
}
