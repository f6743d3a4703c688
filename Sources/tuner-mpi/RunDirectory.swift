import Experiments
import Foundation
import HDF5
import Tuner

/// Where the files of a run lie.
struct RunDirectory {
  let path: String

  /// - Parameter path: with or without a slash at its end.
  init(path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  var journal: String { path + "/journal.jsonl" }
  var study: String { path + "/study.yaml" }
  var population: String { path + "/population.h5" }
  var trials: String { path + "/trials.csv" }
  var incumbents: String { path + "/incumbents.csv" }
  var importance: String { path + "/importance.csv" }
  var report: String { path + "/report.html" }
  var test: String { path + "/test.json" }

  /// Checks, for commands that only look, that a path which is there is a directory.
  func checkIsDirectory() throws(TunerError) {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), !isDirectory.boolValue
    else { return }
    throw TunerError(
      .usage, subject: path, expected: "a run directory", found: "a file",
      remedy: "Name the directory that `tuner-mpi run` wrote, such as runs/digits-pbt.")
  }

  /// Checks, for commands that only look, that a run has been here.
  ///
  /// - Throws: `TunerError` of kind `missing` when the path leads nowhere, or to a directory that no run has used.
  func requireRun() throws(TunerError) {
    try checkIsDirectory()
    guard FileManager.default.fileExists(atPath: path) else { throw missing(found: "nothing there") }
    // What a run makes before it writes its first line.
    let traces = [path + "/lock", path + "/checkpoints", study, journal]
    guard !traces.contains(where: FileManager.default.fileExists(atPath:)),
      case .absent = try RunStatus(journalAt: journal)
    else { return }
    throw missing(found: "a directory without journal.jsonl")
  }

  /// Whether there is a journal with anything in it.
  var hasJournal: Bool {
    let attributes = try? FileManager.default.attributesOfItem(atPath: journal)
    return (attributes?[.size] as? Int ?? 0) > 0
  }

  func missing(found: String) -> TunerError {
    TunerError(
      .missing, subject: path, expected: "a run directory", found: found,
      remedy:
        "Name the directory that `tuner-mpi run` wrote, such as runs/digits-pbt; `tuner-mpi list` shows them."
    )
  }

  /// What the journal says; nil when nothing has begun, or when the journal is lost or damaged and
  /// `fromCheckpoints` says to begin with what is left.
  func journalContents(fromCheckpoints: Bool) throws(TunerError) -> JournalContents? {
    do throws(TunerError) {
      return try JournalContents.read(ofRunAt: journal)
    } catch  where error.kind == .damaged && fromCheckpoints {
      return nil
    }
  }

  /// Makes the directory.
  func create() throws(TunerError) {
    try checkIsDirectory()
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw TunerError(
        .system, subject: path, expected: "to make the run directory", found: systemWords(error),
        remedy: "Choose another one by --run-directory.")
    }
  }

  /// Replaces one of the views, which can be made again from the journal at any time.
  func write(_ text: String, to file: String) throws(TunerError) {
    do {
      try AtomicFile.replace(file, text: text)
    } catch {
      throw TunerError(
        .system, subject: file, expected: "to write it", found: "\(error)",
        remedy: "Check the permissions and the free space of the run directory.")
    }
  }
}
