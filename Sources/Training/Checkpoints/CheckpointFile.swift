internal import Glibc
internal import HDF5

/// Checkpoints as HDF5 files: every tensor a dataset of its own name and shape, all else attributes. The
/// format is described in docs/checkpoint-format.md.
public enum CheckpointFile {
  /// What the root's attribute `format` says.
  public static let format = "tuner-mpi checkpoint"
  /// Raised when an older program could not read a newer file.
  public static let version = 1

  /// Replaces the file at `path`, durably: when this returns, the checkpoint survives a loss of power. A kill
  /// at any moment leaves the old file or the new one.
  ///
  /// - Throws: `TrainingError`; the old file is untouched then.
  public static func write(_ checkpoint: Checkpoint, to path: String) throws(TrainingError) {
    do throws(HDF5Error) { try replace(path, by: checkpoint) } catch { throw TrainingError(error) }
  }

  /// As `write`, and makes the file's directory where that is missing, but not the one that it lies in.
  ///
  /// - Parameter mayTryAgain: asked when the disk is full or read-only, with the error's words; may take its time.
  public static func writeMakingDirectory(
    _ checkpoint: Checkpoint, to path: String, whenFull mayTryAgain: (String) -> Bool = { _ in false }
  ) throws(TrainingError) {
    while true {
      do throws(HDF5Error) {
        return try replaceMakingDirectory(path, by: checkpoint)
      } catch {
        guard error.mayMendItself, mayTryAgain(error.description) else { throw TrainingError(error) }
      }
    }
  }

  private static func replaceMakingDirectory(_ path: String, by checkpoint: Checkpoint) throws(HDF5Error) {
    // Whoever deletes the last file of a directory removes that, too, perhaps while this is about to write
    // there: again and again is as good as impossible.
    for _ in 0..<3 {
      do throws(HDF5Error) {
        return try replace(path, by: checkpoint)
      } catch  where error.systemCode == ENOENT {
        guard mkdir(directory(of: path), 0o777) == 0 || errno == EEXIST else {
          throw HDF5Error(file: path, problem: .system(call: "mkdir", code: errno))
        }
      }
    }
    try replace(path, by: checkpoint)
  }

  private static func replace(_ path: String, by checkpoint: Checkpoint) throws(HDF5Error) {
    try HDF5File.replace(path) { root throws(HDF5Error) in
      try root.setAttribute("format", to: format)
      try root.setAttribute("format_version", to: version)
      try root.write(checkpoint.metadata)
      try root.write(checkpoint.snapshot)
      if let record = checkpoint.record { try root.write(record) }
    }
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// Reads a checkpoint, every array verified against its checksum.
  ///
  /// - Throws: `TrainingError.data` when the file is damaged or none of ours, `.memory` when there is no room
  ///   for its arrays, `.library` when the system refuses.
  public static func read(_ path: String) throws(TrainingError) -> Checkpoint {
    var information = stat()
    if stat(path, &information) == 0 {
      try MemoryDemand(bytes: Int(information.st_size), purpose: "the checkpoint \(path)").require()
    }
    let file = try asTraining { () throws(HDF5Error) in try open(path) }
    let metadata = try asTraining { () throws(HDF5Error) in try file.root.readMetadata() }
    return Checkpoint(metadata: metadata, snapshot: try file.root.readSnapshot())
  }

  /// Reads what a checkpoint is the state of, and how far it came, without its arrays: a matter of a
  /// millisecond.
  public static func readMetadata(
    _ path: String
  ) throws(TrainingError) -> (metadata: CheckpointMetadata, progress: Progress) {
    do throws(HDF5Error) {
      let file = try open(path)
      return (try file.root.readMetadata(), try file.root.readProgress())
    } catch {
      throw TrainingError(error)
    }
  }

  private static func open(_ path: String) throws(HDF5Error) -> HDF5File {
    // Asked first: HDF5 says of a missing file what it says of one that the system refuses.
    var status = stat()
    let isThere = stat(path, &status) == 0 || errno != ENOENT
    guard isThere, status.st_mode & S_IFMT != S_IFDIR else {
      throw HDF5Error(
        file: path,
        problem: .unexpected(
          expected: "a checkpoint", found: isThere ? "a directory" : "no such file",
          remedy: "Bring it back from a copy, or train again."))
    }
    let file = try HDF5File.open(path, checksums: .required)
    guard try file.root.hasAttribute("format"), try file.root.attribute("format") == format else {
      throw HDF5Error(
        file: path, object: "/@format",
        problem: .unexpected(
          expected: "\"\(format)\"", found: "another kind of file",
          remedy: "Name a checkpoint of this program."))
    }
    let found = try file.root.attribute("format_version", as: Int.self)
    guard found == version else {
      throw HDF5Error(
        file: path, object: "/@format_version",
        problem: .unexpected(
          expected: "version \(version)", found: "version \(found)",
          remedy: "Read it with the version of this program that wrote it."))
    }
    return file
  }
}

/// Reads or writes, and passes errors on as training's.
func asTraining<Result: ~Copyable>(
  _ body: () throws(HDF5Error) -> Result
) throws(TrainingError) -> Result {
  do throws(HDF5Error) { return try body() } catch { throw TrainingError(error) }
}

extension TrainingError {
  /// Damaged data stays apart from what the system refuses: the first won't mend itself.
  init(_ error: HDF5Error) {
    let place = error.object.isEmpty ? error.file : "\(error.file): \(error.object)"
    switch error.problem {
    case .unexpected(let expected, let found, let remedy):
      self = .data(path: place, expected: expected, found: found, remedy: remedy)
    case .checksum(let expected, let found):
      self = .data(
        path: place, expected: "CRC-32C \(expected), stored when the data was written",
        found: "\(found) in the bytes read", remedy: "The file is damaged: use an older one or a copy.")
    case .library(let call, let stack) where error.systemCode == nil:
      self = .data(
        path: place, expected: "\(call) to succeed",
        found: stack.map(\.description).joined(separator: "; "),
        remedy: "The file is damaged or no HDF5 file: use an older one or a copy.")
    case .library, .system: self = .library(error.description)
    }
  }
}
