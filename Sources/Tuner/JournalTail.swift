import Glibc

/// Follows a journal that another program writes: each call reads what was added since the last one.
public struct JournalTail: ~Copyable {
  private let file: HeldFile
  private var offset: Int
  private var count: Int

  /// - Parameter end: up to where it was read before.
  /// - Throws: `TunerError` of kind `missing` when there is no such file.
  public init(_ path: String, after end: JournalContents.End? = nil) throws(TunerError) {
    offset = end?.bytes ?? 0
    count = end?.lines ?? 0
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw TunerError(
        code == ENOENT || code == ENOTDIR ? .missing : .system, subject: path,
        expected: "a journal to follow",
        found: String(cString: strerror(code)).lowercased(), remedy: "Name the directory of a run.")
    }
    file = HeldFile(path, descriptor: descriptor)
  }

  /// Whether the path leads to another file, or to none, or the file is shorter than it was: then nothing more comes of
  /// this one.
  public var isReplaced: Bool { file.loss != nil || (file.size ?? 0) < offset }

  /// The whole lines that were added.
  ///
  /// - Throws: `TunerError`, `.damaged` where a line does not say what was written.
  public mutating func next() throws(TunerError) -> [JournalLine] {
    var lines: [JournalLine] = []
    let bytes = try unread()
    var rest = bytes[...]
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(
        try JournalLine(
          bytes: rest[rest.startIndex..<end], sequence: count, place: "\(file.path):\(count + 1)"))
      count += 1
      offset += end + 1 - rest.startIndex
      rest = rest[(end + 1)...]
    }
    return lines
  }

  private func unread() throws(TunerError) -> [UInt8] {
    let size = (file.size ?? 0) - offset
    guard size > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let got = bytes.withUnsafeMutableBytes {
        pread(file.descriptor, $0.baseAddress! + filled, size - filled, off_t(offset + filled))
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw Journal.systemError("read", file.path) }
      if got == 0 { break }
      filled += got
    }
    return Array(bytes.prefix(filled))
  }
}
