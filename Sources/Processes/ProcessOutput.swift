internal import CProcesses
internal import Dispatch
internal import Foundation
internal import Synchronization

/// What a process prints: standard output and error, read by a thread of its own so that the process never waits,
/// kept in a log of bounded size.
public final class ProcessOutput: Sendable {
  /// A log's most bytes before its middle is left out, and how many of its last ones are kept then.
  public static let longestLog = 4 << 20
  static let tailLength = 65_536
  /// A line's most bytes; longer ones come in pieces.
  static let longestLine = 65_536

  private let state = Mutex(State())
  private let isDone = DispatchSemaphore(value: 0)
  private let line: (@Sendable (String) -> Void)?
  /// The process's ends.
  public let ends: Ends

  private struct State {
    var log = BoundedLog()
    /// The last bytes, whichever log they went to.
    var tail: [UInt8] = []
    var lastWord = ContinuousClock.now
  }

  /// Where the process is to write: standard output and standard error. To be closed once it runs.
  public struct Ends: Sendable {
    public var output: Int32
    public var error: Int32

    public func closeBoth() {
      close(output)
      close(error)
    }
  }

  /// Makes the pipes and starts to read.
  ///
  /// - Parameter line: called by the reading thread for every line; nil where nobody wants them.
  public init(line: (@Sendable (String) -> Void)? = nil) throws(ProcessError) {
    self.line = line
    let output = try Self.pipe()
    let error: [Int32]
    do throws(ProcessError) {
      error = try Self.pipe()
    } catch {
      for end in output { close(end) }
      throw error
    }
    ends = Ends(output: output[1], error: error[1])
    let thread = Thread { [self] in
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_SETMASK, &all, nil)
      read([output[0], error[0]])
      isDone.signal()
    }
    thread.name = "output"
    thread.start()
  }

  private static func pipe() throws(ProcessError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    let result = process_make_pipe(&ends)
    guard result == 0 else { throw ProcessError("making a pipe", code: -result) }
    return ends
  }

  /// From now on to this file, at its end; nil for nowhere. A file that cannot be written is none.
  public func log(to path: String?) {
    state.withLock { state in
      state.log.close()
      state.log = BoundedLog(path)
      state.tail = []
    }
  }

  /// The last lines, at most so many bytes.
  public func lastLines(_ byteCount: Int = 2000) -> String {
    let tail = state.withLock { Array($0.tail.suffix(byteCount)) }
    // A line whose beginning is not there is left out, unless it is the only one.
    let first = tail.count < byteCount ? nil : tail.dropLast().firstIndex(of: UInt8(ascii: "\n"))
    return String(decoding: tail[(first.map { $0 + 1 } ?? 0)...], as: UTF8.self)
  }

  /// When it last printed anything.
  public var lastWord: ContinuousClock.Instant { state.withLock { $0.lastWord } }

  /// Waits until all that was printed has been read: until nobody has the pipes open any more.
  ///
  /// - Returns: false when that takes longer than `seconds`.
  @discardableResult public func finish(within seconds: Double) -> Bool {
    let isRead = isDone.wait(timeout: .now() + seconds) == .success
    if isRead { isDone.signal() }
    state.withLock { $0.log.close() }
    return isRead
  }

  private func read(_ ends: [Int32]) {
    var lines = [LineSplitter(), LineSplitter()]
    var isOpen = [true, true]
    var piece = [UInt8](repeating: 0, count: 65_536)
    while isOpen.contains(true) {
      var requests = zip(ends, isOpen).map { end, isOpen in
        pollfd(fd: isOpen ? end : -1, events: Int16(POLLIN), revents: 0)
      }
      _ = poll(&requests, nfds_t(requests.count), -1)
      for index in ends.indices where isOpen[index] && requests[index].revents != 0 {
        let count = piece.withUnsafeMutableBytes { Foundation.read(ends[index], $0.baseAddress, $0.count) }
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else {
          isOpen[index] = false
          continue
        }
        take(piece[..<count])
        if let line { lines[index].take(piece[..<count], line) }
      }
    }
    if let line { for index in lines.indices { lines[index].end(line) } }
    for end in ends { close(end) }
    state.withLock { $0.log.close() }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    state.withLock { state in
      state.log.write(bytes)
      state.tail.append(contentsOf: bytes)
      if state.tail.count > 2 * Self.tailLength { state.tail.removeFirst(state.tail.count - Self.tailLength) }
      state.lastWord = .now
    }
  }
}

/// Bytes cut into lines; a very long one comes in pieces.
struct LineSplitter {
  private var rest: [UInt8] = []

  mutating func take(_ bytes: ArraySlice<UInt8>, _ line: (String) -> Void) {
    // A progress bar overwrites its line.
    for part in bytes.split(omittingEmptySubsequences: false, whereSeparator: { $0 == 10 || $0 == 13 })
      .enumerated()
    {
      if part.offset > 0 { end(line) }
      rest.append(contentsOf: part.element)
      if rest.count > ProcessOutput.longestLine { end(line) }
    }
  }

  mutating func end(_ line: (String) -> Void) {
    if !rest.isEmpty { line(String(decoding: rest, as: UTF8.self)) }
    rest.removeAll(keepingCapacity: true)
  }
}
