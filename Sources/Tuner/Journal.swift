import Glibc
import JSON

/// The append-only record of a run. A batch of records is one `write`, after which it survives the end of the
/// program; a thread makes what was written survive the end of the machine, `durableCount` says how far.
///
/// One session at a time writes; the run directory's `RunLock` sees to that.
public struct Journal: ~Copyable {
  /// When a batch counts as written.
  public enum Durability: Sendable {
    /// When it is on the disk: survives the end of the machine.
    case disk
    /// When the operating system has it: survives the end of the program. For simulations.
    case operatingSystem
  }

  private enum Sink {
    /// Without a sync for a journal that is durable once it is with the operating system.
    case file(HeldFile, JournalSync?)
    /// For simulations and tests.
    case memory([UInt8])
  }

  private var sink: Sink
  /// Lines that were written.
  public private(set) var count: Int
  /// Bytes of the file, when this journal alone writes to it.
  private var length = 0
  /// Asked when the disk is full or read-only, with the system's words, whether to try again; may take its time. What
  /// was written of a line stays, and the rest follows.
  public var whenFull: (String) -> Bool = { _ in false }
  /// After a failed write nobody knows what the last line is: the next session will find out.
  private var isBroken = false

  /// A journal in memory: an empty one, or one that goes on after these bytes.
  public init(inMemoryAfter bytes: [UInt8] = []) throws(TunerError) {
    let contents = try JournalContents(bytes: bytes, path: "memory")
    sink = .memory(Array(bytes.prefix(contents.end.bytes)))
    count = contents.lines.count
  }

  /// Creates the file, or goes on with it after its `end`: a torn last line is cut off.
  ///
  /// - Parameter directory: the file's directory, whose entry is made durable.
  public init(
    at path: String, in directory: String, after end: JournalContents.End?, durability: Durability = .disk
  ) throws(TunerError) {
    let file = try Self.openFile(path, cutTo: end?.bytes ?? 0, in: directory)
    count = end?.lines ?? 0
    sink = .file(file, durability == .disk ? JournalSync(file, lines: count) : nil)
    length = end?.bytes ?? 0
  }

  /// Opens a file for appending, after cutting off what follows the first `validBytes` bytes.
  private static func openFile(
    _ path: String, cutTo validBytes: Int, in directory: String
  ) throws(TunerError) -> HeldFile {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw systemError("open", path) }
    let file = HeldFile(path, descriptor: descriptor)
    guard ftruncate(descriptor, off_t(validBytes)) == 0 else { throw systemError("ftruncate", path) }
    guard fsync(descriptor) == 0 else { throw systemError("fsync", path) }
    try synchronizeDirectory(directory)
    return file
  }

  /// What was written, when the journal is in memory; else nothing.
  public var bytes: [UInt8] {
    if case .memory(let bytes) = sink { bytes } else { [] }
  }

  /// Lines that count as written, at most `count`: those that a restart will find whatever happens now.
  ///
  /// - Throws: `TunerError`, why lines that were written may be lost.
  public var durableCount: Int {
    get throws(TunerError) {
      if case .file(_, let sync?) = sink { try sync.durableLines } else { count }
    }
  }

  /// Waits until all lines are durable.
  ///
  /// - Throws: as `durableCount`.
  public func waitUntilDurable() throws(TunerError) {
    if case .file(_, let sync?) = sink { try sync.wait() }
  }

  /// Appends records, all of them or, in a kill, some first ones, and starts to make them durable.
  ///
  /// - Parameter time: seconds since 1970.
  /// - Throws: `TunerError` when the system refuses, also why earlier records are not durable.
  public mutating func append(_ records: [Record], at time: Double) throws(TunerError) {
    if records.isEmpty { return }
    var batch: [UInt8] = []
    let encoder = SortedJSONEncoder()
    for record in records {
      batch += try JournalLine(sequence: count, time: time, record: record).bytes(encoder)
      count += 1
    }
    switch sink {
    case .memory(var bytes):
      sink = .memory([])  // one reference, so that the append is in place
      bytes += batch
      sink = .memory(bytes)
    case .file(let file, let sync):
      guard !isBroken else {
        throw TunerError(
          .system, subject: file.path, expected: "a journal whose last line is whole",
          found: "a write that failed",
          remedy: "Run the same command again: the torn line is cut off then.")
      }
      // A simulation may write to what is no file; what must last must also be found again.
      if sync != nil { try checkIsOurs(file) }
      _ = try durableCount
      isBroken = true
      try Self.write(batch, to: file.descriptor, file.path, whenFull)
      length += batch.count
      isBroken = false
      sync?.start(lines: count)
    }
  }

  /// Nobody else may have moved, replaced or changed the file since the last line.
  private func checkIsOurs(_ file: HeldFile) throws(TunerError) {
    if let loss = file.loss { throw Self.lostError(file.path, loss) }
    guard let size = file.size, size != length else { return }
    throw TunerError(
      .system, subject: file.path, expected: "\(length) bytes, as this run wrote them",
      found: "\(size) bytes",
      remedy:
        "Another program changed it under the run, which stops here: restore it from a copy, and the same "
        + "command goes on.")
  }

  /// A last word before the program ends by this error, so that no job is taken for the cause. Where it can't
  /// be written, the error says enough.
  public mutating func note(_ error: TunerError, at time: Double) {
    do throws(TunerError) {
      try append([.session(.stopped(.broken(why: "\(error)")))], at: time)
      try waitUntilDurable()
    } catch {
      return
    }
  }

  private static func write(
    _ bytes: [UInt8], to descriptor: CInt, _ path: String, _ mayTryAgain: (String) -> Bool
  ) throws(TunerError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        let mayMendItself = [ENOSPC, EDQUOT, EROFS].contains(errno)
        let error = systemError("write", path)
        guard mayMendItself, mayTryAgain(error.description) else { throw error }
        continue
      }
      rest = rest.dropFirst(written)
    }
  }

  private static func synchronizeDirectory(_ directory: String) throws(TunerError) {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemError("open", directory) }
    defer { close(descriptor) }
    // Some network file systems know no fsync of a directory; they answer EINVAL, and have nothing to be
    // flushed.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw systemError("fsync", directory) }
  }

  private static func lostError(_ path: String, _ loss: HeldFile.Loss) -> TunerError {
    TunerError(
      .system, subject: path, expected: "the journal that this run writes",
      found: loss == .nothing ? "no such file" : "another file in its place",
      remedy: "It was deleted, moved or replaced under the run, which stops here: put it back, and the same "
        + "command goes on.")
  }

  static func systemError(_ call: String, _ path: String) -> TunerError {
    let code = errno
    return TunerError(
      .system, subject: path, expected: "\(call) to succeed",
      found: "errno \(code): \(String(cString: strerror(code)))",
      remedy: "Check the space, the quota and the permissions of the run directory.")
  }
}
