import Glibc

/// A file or directory that stays open, so that its path can be asked later whether it still leads there.
///
/// Held open and not only remembered: the inode of a file that is gone is given to the next one at once.
final class HeldFile: Sendable {
  /// What a path leads to when it is no longer what is held.
  enum Loss: Equatable { case nothing, another }

  let path: String
  let descriptor: CInt

  /// - Parameter descriptor: closed with the last reference.
  init(_ path: String, descriptor: CInt) {
    self.path = path
    self.descriptor = descriptor
  }

  /// A directory.
  convenience init(directory path: String) throws(TunerError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw TunerError(
        .system, subject: path, expected: "a run directory that this rank can open",
        found: String(cString: strerror(errno)),
        remedy: "It must lie on a file system that all ranks see.")
    }
    self.init(path, descriptor: descriptor)
  }

  deinit { close(descriptor) }

  /// Bytes; nil where the system does not say.
  var size: Int? {
    var held = stat()
    return fstat(descriptor, &held) == 0 ? Int(held.st_size) : nil
  }

  /// Nil while the path leads to what is held; what the system refuses to say is no loss: whoever writes next
  /// learns of it.
  var loss: Loss? {
    var held = stat()
    var found = stat()
    // A directory that another host deleted answers ESTALE over NFS.
    if fstat(descriptor, &held) != 0 { return errno == ESTALE ? .nothing : nil }
    if stat(path, &found) != 0 { return errno == ENOENT || errno == ENOTDIR ? .nothing : nil }
    return held.st_dev == found.st_dev && held.st_ino == found.st_ino ? nil : .another
  }
}

/// A run directory as it was found. Whoever writes into it asks first whether it is still there, and writes by
/// `anchor`: work must not go to a directory that somebody made anew at the same path, not even when that
/// happens between the question and the writing.
public final class HeldDirectory: Sendable {
  public var path: String { directory.path }
  /// Another path to the directory, as long as this value lives: it leads to the directory itself wherever that
  /// has gone, and nowhere when it was deleted.
  public let anchor: String
  private let directory: HeldFile
  /// Rank 0's lock; nil on the other ranks.
  private let lock: HeldFile?

  init(_ directory: HeldFile, lock: HeldFile? = nil) {
    self.directory = directory
    self.lock = lock
    let anchor = "/proc/self/fd/\(directory.descriptor)"
    self.anchor = access(anchor, F_OK) == 0 ? anchor : directory.path
  }

  /// Holds a directory without a lock, on a rank that is not the controller's.
  public convenience init(_ path: String) throws(TunerError) { self.init(try HeldFile(directory: path)) }

  /// Writes or deletes in the directory.
  ///
  /// - Parameter body: gets the directory's `anchor`.
  /// - Throws: as `check`, also where that is the reason of what `body` throws; else what `body` throws, told by
  ///   the directory's path.
  public func change<Result>(
    _ body: (_ anchor: String) throws(TunerError) -> Result
  ) throws(TunerError) -> Result {
    try check()
    do throws(TunerError) { return try body(anchor) } catch { throw try reason(of: error) }
  }

  /// What to say of an error of something that went by `anchor`.
  ///
  /// - Throws: as `check`: a directory that was taken away is the reason of whatever failed.
  func reason(of error: TunerError) throws(TunerError) -> TunerError {
    try check()
    return TunerError(
      error.kind, subject: told(error.subject), expected: error.expected, found: told(error.found),
      remedy: error.remedy)
  }

  /// A text that names files by the anchor, in the directory's own path.
  public func told(_ text: String) -> String { text.replacing(anchor + "/", with: path + "/") }

  /// - Throws: `TunerError` when the path no longer leads to the directory, or the lock file was taken away.
  public func check() throws(TunerError) {
    if let loss = directory.loss {
      throw TunerError(
        .system, subject: path, expected: "the run directory that this run began to work in",
        found: loss == .nothing ? "nothing there" : "another directory in its place",
        remedy: "It was deleted, renamed or replaced under the run, which stops here. If it was renamed, the "
          + "same command goes on with its new name by --run-directory.")
    }
    if let lock, let loss = lock.loss {
      throw TunerError(
        .system, subject: lock.path, expected: "the lock that this run holds",
        found: loss == .nothing ? "no such file" : "another file in its place",
        remedy:
          "It was deleted or replaced under the run, which stops here, because another program may work "
          + "in this directory now. When none does, the same command goes on.")
    }
  }
}
