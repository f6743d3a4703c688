import Dispatch
import Search
import Synchronization

/// Deletes a run's files on a thread of its own, one after the other: a file system may take a second for
/// each, and rank 0 has groups to answer.
final class FileDeletion: Sendable {
  private let files: RunFiles
  private let queue = DispatchQueue(label: "deletions")
  private let failure = Mutex<TunerError?>(nil)

  init(runDirectory: String) throws(TunerError) { files = RunFiles(try HeldDirectory(runDirectory)) }

  /// Deletes a file soon. A file that is not there is no error.
  ///
  /// - Throws: `TunerError`, why an earlier file could not be deleted.
  func delete(_ path: String) throws(TunerError) {
    try check()
    start { files throws(TunerError) in try files.delete(path) }
  }

  /// Looks now for what no job needs, and deletes it soon: what is written after this call stays.
  ///
  /// - Throws: `TunerError`, as `delete`.
  func sweep(keeping kept: [String], unfinished: [Job]) throws(TunerError) {
    try check()
    let sweep = try files.beginSweep(keeping: kept, unfinished: unfinished)
    start { files throws(TunerError) in try files.finish(sweep) }
  }

  /// Waits until all is deleted.
  ///
  /// - Throws: `TunerError`, as `delete`.
  func wait() throws(TunerError) {
    queue.sync {}
    try check()
  }

  /// Holds deletions back until the returned call; for tests.
  func pause() -> () -> Void {
    queue.suspend()
    return { self.queue.resume() }
  }

  private func start(_ body: @escaping @Sendable (RunFiles) throws(TunerError) -> Void) {
    queue.async { [self] in
      do throws(TunerError) {
        try body(files)
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }

  private func check() throws(TunerError) {
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
