import Foundation
import Search

/// The files of a run that rank 0 removes.
struct RunFiles {
  let runDirectory: String

  /// Deletes a file, and its directory with the last one. A file that is not there is no error.
  func delete(_ path: String) throws(TunerError) {
    let full = "\(runDirectory)/\(path)"
    defer { removeIfEmpty((full as NSString).deletingLastPathComponent) }
    guard FileManager.default.fileExists(atPath: full) else { return }
    do {
      try FileManager.default.removeItem(atPath: full)
    } catch {
      // Another process may have been faster; only what stays there is an error.
      guard FileManager.default.fileExists(atPath: full) else { return }
      throw TunerError(
        .system, subject: full, expected: "to delete it", found: systemWords(error),
        remedy: "Check the permissions of the run directory.")
    }
  }

  /// Removes a trial's directory that holds nothing. A group may be about to write there: then it makes it
  /// again (`CheckpointFile.writeMakingDirectory`). What cannot be removed stays and does no harm.
  private func removeIfEmpty(_ directory: String) {
    guard (directory as NSString).lastPathComponent.hasPrefix(CheckpointPaths.trialPrefix) else { return }
    _ = rmdir(directory)
  }

  /// Deletes all checkpoints but these and those of the unfinished jobs, what writers left that were killed,
  /// and directories that hold nothing.
  func sweep(keeping kept: [String], unfinished: [Job]) throws(TunerError) {
    let root = "\(runDirectory)/\(CheckpointPaths.directory)"
    guard let files = FileManager.default.enumerator(atPath: root) else { return }
    let kept = Set(kept)
    let prefixes = unfinished.map {
      (directory: CheckpointPaths.directory(of: $0.trial), name: CheckpointPaths.prefix(of: $0.id))
    }
    var directories: [String] = []
    for case let relative as String in files {
      if !relative.contains("/") { directories.append("\(root)/\(relative)") }
      let path = "\(CheckpointPaths.directory)/\(relative)"
      let name = (path as NSString).lastPathComponent
      let isFinishedWrite = name.hasSuffix(".h5")
      guard isFinishedWrite || name.contains(".h5.tmp.") else { continue }
      let directory = (path as NSString).deletingLastPathComponent
      let isUnfinished =
        isFinishedWrite && prefixes.contains { $0.directory == directory && name.hasPrefix($0.name) }
      if !kept.contains(path), !isUnfinished { try delete(path) }
    }
    for directory in directories { removeIfEmpty(directory) }
  }
}
