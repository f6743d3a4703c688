import Glibc

/// A process, by its number and when it was started, so that another one which gets the same number later is not
/// taken for it.
public struct RankProcess: Equatable, Sendable {
  var number: Int64
  /// Clock ticks since the machine was started.
  var start: Int64

  /// This one; nil where the system does not say.
  static var current: Self? {
    Details("/proc/self/stat").map { Self(number: Int64(getpid()), start: $0.start) }
  }

  /// Whether this process sees it: not that of another container, and not one that has ended.
  public var isVisible: Bool {
    guard let details = Details("/proc/\(number)/stat") else { return false }
    return details.start == start && !details.hasEnded
  }

  /// Whether it has ended and nobody has asked for its exit code yet.
  var isZombie: Bool { Details("/proc/\(number)/stat").map { $0.start == start && $0.hasEnded } ?? false }

  /// Whether it has ended, of one that was visible, and its exit code was asked for. Costs one system call.
  var isGone: Bool { Glibc.kill(pid_t(number), 0) != 0 && errno == ESRCH }

  /// Ends it, in whatever state it is, unless it is another one by now.
  public func end() {
    if isVisible { _ = Glibc.kill(pid_t(number), SIGKILL) }
  }

  /// A line of `/proc`, as proc(5) has it.
  private struct Details {
    var start: Int64
    /// A zombie, or dying.
    var hasEnded: Bool

    init?(_ path: String) {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      var bytes = [UInt8](repeating: 0, count: 1024)
      let count = read(descriptor, &bytes, bytes.count)
      // The second field, the program's name, may hold spaces and parentheses.
      guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "))
      guard fields.count > Self.startField,
        let start = Int64(String(decoding: fields[Self.startField], as: UTF8.self))
      else { return nil }
      self.start = start
      hasEnded = ["Z", "X", "x"].contains(String(decoding: fields[0], as: UTF8.self))
    }

    /// Field 22, counted from the one after the name.
    private static let startField = 19
  }
}
