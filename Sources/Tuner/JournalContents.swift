import Glibc
public import JSON

/// What a journal says: its whole lines, the header first.
///
/// Every line is checked when the journal is read, once. Of a long journal not all stay decoded: one of a million
/// jobs takes little more room than its file.
public struct JournalContents: Equatable, Sendable {
  public var path = ""
  public private(set) var lines = JournalLines()
  /// The study that the journal's newest records belong to.
  public private(set) var study = JSONValue.null
  /// The header, and what says when sessions began, on which data, and with which changes: few lines, decoded.
  public private(set) var landmarks: [JournalLine] = []
  /// Bytes of a torn last line, which a kill left and which nobody acted on.
  public private(set) var tornBytes = 0

  public init() {}

  /// Where a journal goes on: all that its next session needs of it.
  public struct End: Equatable, Sendable {
    /// Whole lines.
    public var lines = 0
    /// Bytes up to the end of the last of them.
    public var bytes = 0
    /// Bytes of the file, a torn last line included.
    var fileBytes = 0
  }

  public var end: End {
    End(lines: lines.count, bytes: lines.byteCount, fileBytes: lines.byteCount + tornBytes)
  }

  /// Whether the file is still as long as when it was read: it only ever grows.
  public var isNewest: Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return Int(status.st_size) == end.fileBytes
  }
}

extension JournalContents {
  /// Reads a journal. A torn last line is left out; any other damage is refused by its line number.
  ///
  /// - Returns: nil when there is no such file.
  public static func read(_ path: String) throws(TunerError) -> JournalContents? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw unreadable(path)
    }
    let file = HeldFile(path, descriptor: descriptor)
    // A writer may be at work: what it adds meanwhile is not part of this reading.
    var bytes = [UInt8](repeating: 0, count: file.size ?? 0)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw unreadable(path) }
      if got == 0 { break }
      count += got
    }
    bytes.removeLast(bytes.count - count)
    return try JournalContents(bytes: bytes, path: path)
  }

  private static func unreadable(_ path: String) -> TunerError {
    let code = errno
    return TunerError(
      .system, subject: path, expected: "a readable file",
      found: String(cString: strerror(code)).lowercased(),
      remedy: "Check the permissions of the run directory.")
  }

  /// - Parameter path: for the errors.
  public init(bytes: [UInt8], path: String) throws(TunerError) {
    try self.init(path: path, JournalLines(bytes), bytes)
  }

  /// - Parameter unread: the journal's lines, none of them accepted yet.
  init(path: String, _ unread: JournalLines, _ bytes: [UInt8]) throws(TunerError) {
    self.path = path
    lines = unread
    while true {
      let ranges = lines.nextUnread()
      if ranges.isEmpty { break }
      let first = lines.count
      let read = JournalLines.onAllProcessors(ranges.count) { index in
        Result { () throws(TunerError) in
          try JournalLine(
            bytes: bytes[ranges[index]], sequence: first + index, place: "\(path):\(first + index + 1)")
        }
      }
      for (range, line) in zip(ranges, read) { try take(try line.get(), at: range) }
    }
    tornBytes = bytes.count - lines.byteCount
  }

  private mutating func take(_ line: JournalLine, at range: Range<Int>) throws(TunerError) {
    lines.accept(line, at: range)
    switch line.record {
    case .header where lines.count > 1:
      throw JournalLine.damage(
        "\(path):\(lines.count)", expected: "one header, in line 1", found: "another one")
    case .header(let header): study = header.study
    case .session(.studyChanged(let new, _)): study = new
    case .session(.started), .session(.data): break
    case .job, .outcome, .population, .finished, .session: return
    }
    landmarks.append(line)
  }
}

extension JournalContents {
  /// Whether a function took the place of training.
  public var isSimulated: Bool {
    if case .header(let header) = lines.first?.record { header.isSimulated ?? false } else { false }
  }

  /// What a finished study ended with; nil when it can go on.
  public var finalSummary: RunSummary? {
    guard isFinished else { return nil }
    for line in lines.reversed() {
      if case .finished(let summary) = line.record { return summary }
    }
    return nil
  }
}
