import ArgumentParser
import Glibc
import Synchronization

/// Standard output and standard error. What the program says there may find no reader, a full disk or a
/// closed descriptor; no work ends because of that.
enum StandardStreams {
  /// How long talk waits for a reader that does not read.
  private static let patience = Duration.seconds(1)
  /// What is known of the descriptors that were written to.
  private static let outlets = Mutex<[CInt: Outlet]>([:])

  private struct Outlet {
    /// Where writing never waits; the descriptor itself where it is no terminal.
    var descriptor: CInt
    /// Set while it takes nothing: then talk does not wait a second time.
    var isDeaf = false

    /// A terminal is opened anew, because it says that it is ready when it takes a byte, and then waits for room for all
    /// the others. To make the descriptor itself so would change it for whoever shares it.
    init(_ stream: CInt) {
      let own =
        isatty(stream) == 1
        ? open("/proc/self/fd/\(stream)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
      descriptor = own >= 0 ? own : stream
    }
  }

  /// Call it first: before a file can be opened, and before anything is written.
  static func prepare() {
    // Writing to a pipe without a reader is an error like any other, and not death.
    signal(SIGPIPE, SIG_IGN)
    // A closed descriptor would be given to the next file that is opened, such as the journal, and what is
    // printed would go there. Opened the wrong way round, so that using it stays an error.
    for (descriptor, flags) in [
      (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY),
    ]
    where fcntl(descriptor, F_GETFD) < 0 {
      _ = open("/dev/null", flags)
    }
  }

  /// Writes to standard error; drops what it does not take. A picture makes room for it, and is drawn again later.
  static func talk(_ text: String) {
    screen.withLock { screen in
      let columns = screen?.terminal.size.columns
      if let columns, let erasure = screen?.erasure(columns: columns), let terminal = screen?.terminal {
        say(erasure, on: terminal.descriptor)
      }
      say(text, on: STDERR_FILENO)
    }
  }

  /// Where a picture is drawn; nil where there is none.
  private static let screen = Mutex<LiveScreen?>(nil)

  /// Begins to draw.
  static func beginDrawing(on terminal: Terminal) { screen.withLock { $0 = LiveScreen(terminal) } }

  /// Of the window in which a picture is drawn; nil where there is none.
  static var columns: Int? { screen.withLock { $0?.terminal.size.columns } }

  /// Draws a picture in the place of the last, and lines above it that stay.
  static func draw(above: [StyledLine] = [], _ lines: (_ columns: Int) -> [StyledLine]) {
    screen.withLock { screen in
      guard let terminal = screen?.terminal else { return }
      let (size, before) = (terminal.size, screen)
      let staying = (screen?.waiting ?? []) + above
      screen?.waiting = []
      if let frame = screen?.frame(lines(size.columns), above: staying, size),
        !say(frame, on: terminal.descriptor)
      {
        // The terminal is as it was; the newest of what should stay is said when it takes something again.
        screen = before
        screen?.waiting = staying.suffix(100)
      }
    }
  }

  /// Takes the picture away, or leaves it where `keepingIt`, and draws no more.
  static func endDrawing(keepingIt: Bool = false) {
    screen.withLock { screen in
      defer { screen = nil }
      guard !keepingIt, let terminal = screen?.terminal,
        let erasure = screen?.erasure(columns: terminal.size.columns)
      else { return }
      say(erasure, on: terminal.descriptor)
    }
  }

  /// - Returns: whether anything was written.
  @discardableResult
  private static func say(_ text: String, on stream: CInt) -> Bool {
    var outlet = outlets.withLock { $0[stream] } ?? Outlet(stream)
    defer { outlets.withLock { [outlet] in $0[stream] = outlet } }
    let bytes = Array(text.utf8)
    var rest = bytes[...]
    let end = ContinuousClock.now + (outlet.isDeaf ? .zero : patience)
    while !rest.isEmpty {
      let left = max(0, (end - .now) / .milliseconds(1))
      var descriptor = pollfd(fd: outlet.descriptor, events: Int16(POLLOUT), revents: 0)
      let ready = poll(&descriptor, 1, CInt(left))
      if ready < 0, errno == EINTR { continue }
      outlet.isDeaf = ready == 0
      if ready <= 0 { break }
      // A pipe that is ready takes as much as this without a wait (POSIX: PIPE_BUF; on Linux 4096).
      let written = rest.prefix(4096).withUnsafeBytes { write(outlet.descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      if written < 0, errno == EAGAIN {
        outlet.isDeaf = ContinuousClock.now >= end
        if outlet.isDeaf { break }
        usleep(1000)
        continue
      }
      if written <= 0 { break }
      rest = rest.dropFirst(written)
    }
    return rest.count < bytes.count
  }

  /// Writes out what was printed.
  ///
  /// - Returns: why it could not be written; nil when it was.
  static func flush() -> String? {
    // A write by `print` that failed leaves its text behind, so that this fails again.
    fflush(nil) == 0 ? nil : String(cString: strerror(errno))
  }
}

/// A command whose whole work is what it prints: when that cannot be written, it has failed.
protocol AnsweringCommand: ParsableCommand {}

extension CheckCommand: AnsweringCommand {}
extension CompletionsCommand: AnsweringCommand {}
extension VerifyCommand: AnsweringCommand {}
extension ExportCommand: AnsweringCommand {}
extension ListCommand: AnsweringCommand {}
extension ManualCommand: AnsweringCommand {}
extension RateFindCommand: AnsweringCommand {}
extension SchemaCommand: AnsweringCommand {}
extension SimulateCommand: AnsweringCommand {}
extension StatusCommand: AnsweringCommand {}
extension SuggestCommand: AnsweringCommand {}
extension TestCommand: AnsweringCommand {}
extension WatchCommand: AnsweringCommand {}

func printError(_ text: String) { StandardStreams.talk(text + "\n") }
