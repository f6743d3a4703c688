import Foundation

/// A terminal to draw on.
struct Terminal: Equatable {
  var descriptor: CInt
  var hasColours: Bool

  /// Standard error or standard output, where a person sees it and it can move its cursor; nil where neither is such.
  ///
  /// - Parameter preferred: which of them is asked first.
  static func found(
    in environment: [String: String], preferring preferred: [CInt] = [STDERR_FILENO, STDOUT_FILENO]
  ) -> Terminal? {
    guard canMoveCursor(environment) else { return nil }
    let isLaunched = isLaunched(environment)
    let descriptor = preferred.first { descriptor in
      isatty(descriptor) == 1 && (!isLaunched || LauncherOutput.isTerminal(of: descriptor))
    }
    return descriptor.map { Terminal(descriptor: $0, hasColours: takesColours(environment)) }
  }

  /// For who wants a picture wherever it goes.
  static func forced(in environment: [String: String]) -> Terminal {
    found(in: environment)
      ?? Terminal(
        descriptor: STDERR_FILENO, hasColours: canMoveCursor(environment) && takesColours(environment))
  }

  static func canMoveCursor(_ environment: [String: String]) -> Bool {
    environment["TERM"].map { !$0.isEmpty && $0 != "dumb" } ?? false
  }

  /// https://no-color.org
  static func takesColours(_ environment: [String: String]) -> Bool {
    environment["NO_COLOR"].map(\.isEmpty) ?? true
  }

  /// Whether another program has started this one as a rank, and passes on what it prints. Open MPI gives a program that
  /// was started alone a rank, too, but no size.
  private static func isLaunched(_ environment: [String: String]) -> Bool {
    ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE"].contains { environment[$0] != nil }
  }

  /// Of the window, now. A launcher gives its ranks a terminal of no size, but they share its controlling one.
  var size: (columns: Int, rows: Int) {
    let window = Self.window(descriptor) ?? Self.controllingWindow()
    return window.map { (Int($0.ws_col), Int($0.ws_row)) } ?? (80, 24)
  }

  private static func window(_ descriptor: CInt) -> winsize? {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return nil
    }
    return size
  }

  private static func controllingWindow() -> winsize? {
    let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return window(descriptor)
  }
}

/// Where a launcher sends what its ranks print. mpirun gives them a terminal of its own making (a pty) even where its
/// own output goes to a file.
private enum LauncherOutput {
  /// Whether the first ancestor whose standard output is another one than this program's writes to a terminal.
  static func isTerminal(of descriptor: CInt) -> Bool {
    guard let own = target(of: descriptor, in: "self") else { return false }
    var process = getppid()
    while process > 1 {
      guard let found = target(of: STDOUT_FILENO, in: "\(process)") else { return false }
      if found != own { return found.hasPrefix("/dev/pts/") || found.hasPrefix("/dev/tty") }
      guard let parent = parent(of: process) else { return false }
      process = parent
    }
    return false
  }

  private static func target(of descriptor: CInt, in process: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/\(process)/fd/\(descriptor)", &bytes, bytes.count)
    guard count > 0 else { return nil }
    return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The fourth field of `/proc/PID/stat`; the second may hold anything.
  private static func parent(of process: pid_t) -> pid_t? {
    guard let bytes = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.split(separator: " ")
    return fields.flatMap { $0.count > 1 ? pid_t($0[1]) : nil }
  }
}
