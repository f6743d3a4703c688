import AskTell
import Glibc
import Tuner

/// Reads lines from standard input and writes their answers to standard output until either ends.
///
/// Answers are out before the program waits for the next line. It never waits to write while there is
/// something to read: a client that sends ten thousand lines before it reads the first answer is served too.
func converse(with session: inout AskTellSession) throws(TunerError) {
  var input = LineInput(descriptor: STDIN_FILENO)
  var output = AnswerOutput(descriptor: STDOUT_FILENO)
  while !session.isOver {
    switch input.next() {
    case .line(let line): output.append(session.answer(line))
    case .tooLong: output.append(session.answerToEndlessLine())
    case .none:
      if input.isAtEnd { return try output.writeAll() }
      try wait(for: &input, &output)
    }
  }
  try output.writeAll()
}

/// Waits until there is something to read, and meanwhile writes what can be written.
private func wait(for input: inout LineInput, _ output: inout AnswerOutput) throws(TunerError) {
  if output.isEmpty { return try input.read() }
  var descriptors = [
    pollfd(fd: input.descriptor, events: Int16(POLLIN), revents: 0),
    pollfd(fd: output.descriptor, events: Int16(POLLOUT), revents: 0),
  ]
  guard poll(&descriptors, 2, -1) >= 0 || errno == EINTR else { throw systemError("poll") }
  if descriptors[1].revents != 0 { try output.writeSome() }
  if descriptors[0].revents != 0 { try input.read() }
}

/// Bytes from a descriptor, cut into lines.
private struct LineInput {
  enum Next {
    case line([UInt8])
    /// A line beyond the limit; its bytes are dropped.
    case tooLong
    /// No whole line is there.
    case none
  }

  let descriptor: CInt
  private(set) var isAtEnd = false
  private var buffer: [UInt8] = []
  /// The first byte that was not handed out, and the first that was not searched for a newline.
  private var start = 0
  private var searched = 0
  private var isDropping = false
  private static let blockCount = 1 << 18
  private var block = [UInt8](repeating: 0, count: blockCount)

  init(descriptor: CInt) { self.descriptor = descriptor }

  mutating func next() -> Next {
    if let newline = indexOfNewline() {
      defer { (start, searched) = (newline + 1, newline + 1) }
      if isDropping {
        isDropping = false
        return .tooLong
      }
      return .line(Array(buffer[start..<newline]))
    }
    searched = buffer.count
    if isDropping || buffer.count - start > AskTellSession.longestLine {
      isDropping = true
      start = buffer.count
    }
    // A last line may lack its newline.
    if isAtEnd, start < buffer.count || isDropping {
      defer { (start, searched, isDropping) = (buffer.count, buffer.count, false) }
      return isDropping ? .tooLong : .line(Array(buffer[start...]))
    }
    return .none
  }

  private func indexOfNewline() -> Int? {
    buffer.withUnsafeBytes { bytes in
      guard searched < bytes.count, let base = bytes.baseAddress,
        let found = memchr(base + searched, Int32(UInt8(ascii: "\n")), bytes.count - searched)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Waits for bytes, or for the end.
  mutating func read() throws(TunerError) {
    if start == buffer.count {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
    } else if start > 0 {
      buffer.removeSubrange(..<start)
    }
    searched -= start
    start = 0
    let count = Glibc.read(descriptor, &block, Self.blockCount)
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count >= 0 else { throw systemError("read from standard input") }
    isAtEnd = count == 0
    buffer += block[..<count]
  }
}

/// Answers that were not written yet.
private struct AnswerOutput {
  let descriptor: CInt
  private var buffer: [UInt8] = []
  private var written = 0

  /// What a pipe takes without waiting whenever it takes anything (POSIX: `PIPE_BUF`; on Linux 4096).
  private static let pipeBlock = 4096

  init(descriptor: CInt) { self.descriptor = descriptor }

  var isEmpty: Bool { written == buffer.count }

  mutating func append(_ answer: [UInt8]) {
    buffer += answer
    buffer.append(UInt8(ascii: "\n"))
  }

  /// Writes a block that fits.
  mutating func writeSome() throws(TunerError) {
    let count = buffer[written...].prefix(Self.pipeBlock).withUnsafeBytes {
      Glibc.write(descriptor, $0.baseAddress, $0.count)
    }
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    guard count >= 0 else { throw systemError("write to standard output") }
    written += count
    if isEmpty {
      buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
      written = 0
    }
  }

  mutating func writeAll() throws(TunerError) {
    while !isEmpty { try writeSome() }
  }
}

private func systemError(_ call: String) -> TunerError {
  let code = errno
  return TunerError(
    .system, subject: "suggest", expected: "\(call) to succeed",
    found: "errno \(code): \(String(cString: strerror(code)))",
    remedy: "Start it with both ends of a pipe open.")
}
