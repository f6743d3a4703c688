import Foundation

/// What a run directory holds beside its journal: work that nobody may begin anew over when the journal is
/// lost.
public struct RunRemains: Equatable, Sendable {
  public let directory: String
  /// Relative to the run directory, sorted.
  public let checkpoints: [String]
  /// What else a run leaves: names in the run directory, in a fixed order.
  public let others: [String]
  /// Whether the journal of a study in which nothing succeeded was set aside here: its tables are no work.
  private let hasFailedJournal: Bool

  /// What runs write, less the journal, the lock and the checkpoints.
  static let names = [
    "population.h5", "study.yaml", "test.json", "trials.csv", "incumbents.csv", "importance.csv",
    "report.html",
  ]

  /// Looks into a directory; one that is not there holds nothing.
  ///
  /// - Throws: `TunerError` when the system refuses to list it: then nobody knows.
  public init(in directory: String) throws(TunerError) {
    self.directory = directory
    let present = Set(try Self.list(directory))
    others = Self.names.filter(present.contains)
    hasFailedJournal = present.contains { $0.hasPrefix("journal-failed-") }
    var checkpoints: [String] = []
    if present.contains(CheckpointPaths.directory) {
      checkpoints = try Self.checkpoints(in: directory)
    }
    self.checkpoints = checkpoints
  }

  /// True when nothing is lost by beginning anew: the experiment alone, which an earlier version wrote before its
  /// journal, is no work.
  public var isEmpty: Bool {
    checkpoints.isEmpty && (hasFailedJournal || others.allSatisfy { $0 == "study.yaml" })
  }

  /// Such as `3 checkpoints, population.h5, study.yaml`.
  public var text: String {
    let count = checkpoints.count
    return ((count == 0 ? [] : ["\(count) checkpoint\(count == 1 ? "" : "s")"]) + others)
      .joined(separator: ", ")
  }

  /// Relative to the directory, sorted; temporary files of killed writers left out.
  static func checkpoints(in directory: String) throws(TunerError) -> [String] {
    var found: [String] = []
    for trial in try list("\(directory)/\(CheckpointPaths.directory)") {
      let path = "\(CheckpointPaths.directory)/\(trial)"
      var isDirectory: ObjCBool = false
      guard FileManager.default.fileExists(atPath: "\(directory)/\(path)", isDirectory: &isDirectory),
        isDirectory.boolValue
      else {
        if trial.hasSuffix(".h5") { found.append(path) }
        continue
      }
      found += try list("\(directory)/\(path)").filter { $0.hasSuffix(".h5") }.map { "\(path)/\($0)" }
    }
    return found.sorted()
  }

  /// The names in a directory; none when it is not there.
  static func list(_ path: String) throws(TunerError) -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue
    else {
      return []
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw TunerError(
        .system, subject: path, expected: "a directory that can be listed",
        found: systemWords(error), remedy: "Check its permissions.")
    }
  }
}

extension JournalContents {
  /// Reads the journal of a run directory.
  ///
  /// - Parameter path: of the journal, which lies in its run directory.
  /// - Returns: nil when nothing has begun there.
  /// - Throws: `TunerError`, `.damaged` when the journal is damaged, or when it is missing, empty or torn in
  ///   its first line although the directory holds work.
  public static func read(ofRunAt path: String) throws(TunerError) -> JournalContents? {
    let parent = (path as NSString).deletingLastPathComponent
    let directory = parent.isEmpty ? "." : parent
    do throws(TunerError) {
      let contents = try read(path)
      if let contents, !contents.lines.isEmpty { return contents }
      let remains = try RunRemains(in: directory)
      if remains.isEmpty { return contents }
      throw orphaned(path, contents, remains)
    } catch  where error.kind == .damaged {
      throw try offering(error, rescueFrom: directory)
    }
  }

  private static func orphaned(
    _ path: String, _ contents: JournalContents?, _ remains: RunRemains
  ) -> TunerError {
    let found =
      switch contents?.tornBytes {
      case nil: "no such file"
      case 0?: "an empty file"
      case let bytes?: "\(bytes) bytes without a whole line"
      }
    return TunerError(
      .damaged, subject: path, expected: "the journal of the work beside it, \(remains.text)", found: found,
      remedy: "Restore it from a copy of the run directory, or move the directory away to start again.")
  }

  /// Where there are checkpoints, the error says what can be made of them.
  private static func offering(
    _ error: TunerError, rescueFrom directory: String
  ) throws(TunerError) -> TunerError {
    var error = error
    if try !RunRemains(in: directory).checkpoints.isEmpty {
      error.remedy +=
        " To keep the checkpoints and begin a new study with the best of them, add --from-checkpoints to the "
        + "command that runs it."
    }
    return error
  }
}
