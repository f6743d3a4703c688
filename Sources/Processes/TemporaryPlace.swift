internal import Foundation

/// A directory of this process, removed with this value, or when the process is gone, however it ends.
public final class TemporaryPlace: Sendable {
  public let path: String

  /// Makes it, in `TMPDIR` or `/tmp`.
  ///
  /// - Throws: `ProcessError` where it cannot be made.
  public init(named name: String) throws(ProcessError) {
    let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    path = "\(parent)/\(name)-\(UUID().uuidString.prefix(8).lowercased())"
    guard mkdir(path, 0o700) == 0 else { throw ProcessError("making the directory \(path)", code: errno) }
    Warden.shared.remove(path)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
