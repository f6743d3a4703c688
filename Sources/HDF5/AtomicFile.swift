internal import Glibc

/// Replacement of whole files, so that a reader finds the old one or the new one, never half of one.
public enum AtomicFile {
  /// Replaces the file at `path` by `bytes`: written beside it, made durable, renamed, the directory made
  /// durable.
  ///
  /// - Throws: `HDF5Error` with the failed system call; the old file is untouched then.
  public static func replace(_ path: String, bytes: Span<UInt8>) throws(HDF5Error) {
    try replace(path) { (temporary: String) throws(HDF5Error) in
      let location = Location(file: path, object: "")
      let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
      guard file >= 0 else { throw location.error(.system(call: "open", code: errno)) }
      defer { close(file) }
      var written = 0
      while written < bytes.count {
        let count = bytes.withUnsafeBufferPointer {
          write(file, $0.baseAddress! + written, $0.count - written)
        }
        if count < 0 && errno == EINTR { continue }
        guard count >= 0 else { throw location.error(.system(call: "write", code: errno)) }
        written += count
      }
    }
  }

  /// Replaces the file at `path` by `text`, in UTF-8.
  public static func replace(_ path: String, text: String) throws(HDF5Error) {
    try replace(path, bytes: Array(text.utf8).span)
  }

  /// Replaces the file at `path` by the one that `write` makes at the path it is given, in the same
  /// directory.
  static func replace(_ path: String, with write: (String) throws(HDF5Error) -> Void) throws(HDF5Error) {
    let location = Location(file: path, object: "")
    let temporary = "\(path).tmp.\(getpid()).\(nextNumber())"
    do throws(HDF5Error) {
      try write(temporary)
      try synchronize(temporary, flags: O_RDONLY, at: location)
      guard rename(temporary, path) == 0 else { throw location.error(.system(call: "rename", code: errno)) }
    } catch {
      // Emptied first: a child that another thread is starting may hold the file open for a moment more, and
      // the room that it takes is needed now.
      truncate(temporary, 0)
      unlink(temporary)
      throw error
    }
    try synchronize(directory(of: path), flags: O_RDONLY | O_DIRECTORY, at: location)
  }

  /// A number that no other call of this process got, so that threads don't write each other's files.
  private static func nextNumber() -> Int {
    Library.locked { counter.advance() }
  }

  private static let counter = Counter()

  /// Guarded by `Library.locked`.
  private final class Counter: @unchecked Sendable {
    private var value = 0
    func advance() -> Int {
      value += 1
      return value
    }
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Waits until a file, or a directory's entries, are on the disk.
  private static func synchronize(_ path: String, flags: CInt, at location: Location) throws(HDF5Error) {
    let file = open(path, flags | O_CLOEXEC)
    guard file >= 0 else { throw location.error(.system(call: "open", code: errno)) }
    defer { close(file) }
    // A file system that can't do it for a directory says EINVAL; there is nothing else to wait for then.
    guard fsync(file) == 0 || errno == EINVAL else {
      throw location.error(.system(call: "fsync", code: errno))
    }
  }
}
