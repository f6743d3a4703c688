import Foundation
import Search

/// The files of a run that are removed, in the run directory itself and never in another one in its place.
struct RunFiles: Sendable {
  private let place: HeldDirectory

  init(_ directory: HeldDirectory) { place = directory }

  /// A file that nothing needs, as a sweep found it: one that takes its place later is another.
  struct Leftover: Sendable {
    /// Relative to the run directory.
    var path: String
    fileprivate var device: dev_t
    fileprivate var inode: ino_t
  }

  /// Deletes a file, and its directory with the last one. A file that is not there is no error.
  func delete(_ path: String) throws(TunerError) {
    try place.change { runDirectory throws(TunerError) in try remove("\(runDirectory)/\(path)") }
  }

  private func remove(_ full: String) throws(TunerError) {
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

  /// Deletes what a sweep found, unless another file has taken its place.
  func delete(_ leftover: Leftover) throws(TunerError) {
    guard let now = look(leftover.path), now.inode == leftover.inode, now.device == leftover.device else {
      return
    }
    try delete(leftover.path)
  }

  /// Removes a trial's directory that holds nothing. A group may be about to write there: then it makes it
  /// again (`CheckpointFile.writeMakingDirectory`). What cannot be removed stays and does no harm.
  func removeIfEmpty(_ directory: String) {
    guard (directory as NSString).lastPathComponent.hasPrefix(CheckpointPaths.trialPrefix) else { return }
    _ = rmdir(directory)
  }

  private func look(_ path: String) -> Leftover? {
    var status = stat()
    guard lstat("\(place.anchor)/\(path)", &status) == 0 else { return nil }
    return Leftover(path: path, device: status.st_dev, inode: status.st_ino)
  }
}

// A sweep: O(files + kept + unfinished).
extension RunFiles {
  /// What a sweep finds.
  struct Sweep: Sendable {
    var leftovers: [Leftover] = []
    /// All directories of trials.
    var directories: [String] = []
  }

  /// Deletes all checkpoints but these and those of the unfinished jobs, what writers left that were killed,
  /// and directories that hold nothing.
  func sweep(keeping kept: [String], unfinished: [Job]) throws(TunerError) {
    try finish(try beginSweep(keeping: kept, unfinished: unfinished))
  }

  /// Looks for what the sweep deletes. What killed writers left goes at once: a writer of the same number,
  /// which containers give again, would write to the same file.
  func beginSweep(keeping kept: [String], unfinished: [Job]) throws(TunerError) -> Sweep {
    let kept = Set(kept)
    let beginnings = Set(
      unfinished.map { "\(CheckpointPaths.directory(of: $0.trial))/\(CheckpointPaths.prefix(of: $0.id))" })
    var sweep = Sweep()
    func take(_ name: String, in directory: String) throws(TunerError) {
      let path = "\(directory)/\(name)"
      if name.contains(".h5.tmp.") { return try delete(path) }
      guard name.hasSuffix(".h5"), !kept.contains(path) else { return }
      if beginnings.contains("\(directory)/\(CheckpointPaths.prefix(ofFile: name))") { return }
      if let leftover = look(path) { sweep.leftovers.append(leftover) }
    }
    for entry in names(in: CheckpointPaths.directory) {
      guard entry.hasPrefix(CheckpointPaths.trialPrefix) else {
        try take(entry, in: CheckpointPaths.directory)
        continue
      }
      let directory = "\(CheckpointPaths.directory)/\(entry)"
      sweep.directories.append("\(place.anchor)/\(directory)")
      for name in names(in: directory) { try take(name, in: directory) }
    }
    return sweep
  }

  /// Deletes what was found.
  func finish(_ sweep: Sweep) throws(TunerError) {
    for leftover in sweep.leftovers { try delete(leftover) }
    for directory in sweep.directories { removeIfEmpty(directory) }
  }

  /// None where there is no such directory.
  private func names(in directory: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: "\(place.anchor)/\(directory)")) ?? []
  }
}
