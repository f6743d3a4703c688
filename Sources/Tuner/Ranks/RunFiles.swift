import Foundation
import Search

/// The files of a run that rank 0 removes.
struct RunFiles {
  let runDirectory: String

  /// A file that is not there is no error.
  func delete(_ path: String) throws(TunerError) {
    let full = "\(runDirectory)/\(path)"
    guard FileManager.default.fileExists(atPath: full) else { return }
    do {
      try FileManager.default.removeItem(atPath: full)
    } catch {
      // Another process may have been faster; only what stays there is an error.
      guard FileManager.default.fileExists(atPath: full) else { return }
      throw TunerError(
        .system, subject: full, expected: "to delete it", found: "\(error.localizedDescription)",
        remedy: "Check the permissions of the run directory.")
    }
  }

  /// Deletes all checkpoints but these and those of the unfinished jobs, and what writers left that were
  /// killed.
  func sweep(keeping kept: [String], unfinished: [Job]) throws(TunerError) {
    let root = "\(runDirectory)/\(CheckpointPaths.directory)"
    guard let files = FileManager.default.enumerator(atPath: root) else { return }
    let kept = Set(kept)
    let prefixes = unfinished.map {
      (directory: CheckpointPaths.directory(of: $0.trial), name: CheckpointPaths.prefix(of: $0.id))
    }
    for case let relative as String in files {
      let path = "\(CheckpointPaths.directory)/\(relative)"
      let name = (path as NSString).lastPathComponent
      let isFinishedWrite = name.hasSuffix(".h5")
      guard isFinishedWrite || name.contains(".h5.tmp.") else { continue }
      let directory = (path as NSString).deletingLastPathComponent
      let isUnfinished =
        isFinishedWrite && prefixes.contains { $0.directory == directory && name.hasPrefix($0.name) }
      if !kept.contains(path), !isUnfinished { try delete(path) }
    }
  }
}
