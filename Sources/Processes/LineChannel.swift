internal import Glibc

/// Lines to and from another process, over a socket that both have open.
public final class LineChannel {
  /// What a wait for a line came to.
  public enum Arrival: Equatable {
    case line([UInt8])
    /// The other end is closed.
    case end
    /// More than the longest line without its end; the first of it.
    case tooLong([UInt8])
    /// None has come yet.
    case nothing
  }

  /// A line's most bytes, its end not counted.
  public static let longestLine = 1 << 20

  private let socket: Int32
  private var other: Int32
  private var buffer: [UInt8] = []
  /// How much of the buffer is known to hold no end of a line.
  private var searched = 0

  public init() throws(ProcessError) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw ProcessError("making a socket", code: errno) }
    (socket, other) = (ends[0], ends[1])
    _ = fcntl(socket, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(socket)
    closeOther()
  }

  /// The other process's end, to be passed on to it.
  public var otherEnd: Int32 { other }

  /// Closes this process's copy of the other end, once the other process has it.
  public func closeOther() {
    if other >= 0 { close(other) }
    other = -1
  }

  /// Sends a line.
  ///
  /// - Parameter meanwhile: called while the other process does not read; false gives up.
  /// - Returns: whether it was sent; false when the other end is closed.
  public func send(_ line: [UInt8], meanwhile: () -> Bool) -> Bool {
    let bytes = line + [UInt8(ascii: "\n")]
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        sent += count
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        guard meanwhile() else { return false }
        wait(for: Int16(POLLOUT), milliseconds: 1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }

  /// The next line, if one comes soon.
  ///
  /// - Parameter milliseconds: how long to wait for one.
  public func receive(waiting milliseconds: Int32) -> Arrival {
    if let line = takeLine() { return .line(line) }
    if buffer.count > Self.longestLine { return .tooLong(Array(buffer.prefix(200))) }
    wait(for: Int16(POLLIN), milliseconds: milliseconds)
    var piece = [UInt8](repeating: 0, count: 65_536)
    let count = piece.withUnsafeMutableBytes { read(socket, $0.baseAddress, $0.count) }
    if count == 0 { return .end }
    guard count > 0 else { return errno == ECONNRESET ? .end : .nothing }
    buffer += piece[..<count]
    return takeLine().map { .line($0) } ?? .nothing
  }

  private func takeLine() -> [UInt8]? {
    guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
      searched = buffer.count
      return nil
    }
    let line = Array(buffer[..<end])
    buffer.removeSubrange(...end)
    searched = 0
    return line
  }

  private func wait(for events: Int16, milliseconds: Int32) {
    var request = pollfd(fd: socket, events: events, revents: 0)
    _ = poll(&request, 1, milliseconds)
  }
}
