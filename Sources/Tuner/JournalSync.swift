import Dispatch
import Glibc
import Synchronization

/// Makes what is written to a journal durable, on a thread of its own: one `fdatasync` after the other, each
/// for all lines that were written before it began. So rank 0 goes on to answer groups while the disk works.
final class JournalSync: Sendable {
  private struct Progress {
    /// Lines.
    var written: Int
    /// Of them, how many are on the disk.
    var durable: Int
    var isAtWork = false
    var failure: TunerError?
  }

  private let file: HeldFile
  private let queue = DispatchQueue(label: "journal")
  private let progress: Mutex<Progress>

  /// - Parameter lines: what the file holds and the disk has.
  init(_ file: HeldFile, lines: Int) {
    self.file = file
    progress = Mutex(Progress(written: lines, durable: lines))
  }

  /// Lines that are on the disk.
  ///
  /// - Throws: `TunerError`, why what was written later may not be.
  var durableLines: Int {
    get throws(TunerError) {
      try progress.withLock { progress throws(TunerError) in
        if let failure = progress.failure { throw failure }
        return progress.durable
      }
    }
  }

  /// The file has `lines` lines now, which shall be durable soon.
  func start(lines: Int) {
    let isFree = progress.withLock { progress in
      progress.written = lines
      defer { progress.isAtWork = true }
      return !progress.isAtWork
    }
    if isFree { queue.async { [self] in while synchronize() {} } }
  }

  /// Waits until all that was written is durable.
  ///
  /// - Throws: as `durableLines`.
  func wait() throws(TunerError) {
    queue.sync {}
    _ = try durableLines
  }

  /// - Returns: whether there is more to do.
  private func synchronize() -> Bool {
    let target = progress.withLock { $0.written }
    let failure = fdatasync(file.descriptor) == 0 ? nil : Journal.systemError("fdatasync", file.path)
    return progress.withLock { progress in
      if failure == nil { progress.durable = target } else { progress.failure = failure }
      progress.isAtWork = failure == nil && progress.written > target
      return progress.isAtWork
    }
  }
}
