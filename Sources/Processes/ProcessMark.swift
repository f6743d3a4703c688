internal import Glibc
internal import Synchronization

/// A variable in the environment of a process, by which all that it starts is found: also what has left its group
/// and its session, as a daemon does.
struct ProcessMark: Sendable {
  static let variable = "TUNER_MPI_MARK"
  /// What the marks of this process begin with; no other process has the same, before or after.
  static let prefix: String = {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return "\(getpid())-\(time.tv_sec)-\(time.tv_nsec)-"
  }()

  private static let count = Atomic<Int>(0)

  let value = prefix + String(count.wrappingAdd(1, ordering: .relaxed).newValue) + "."

  var environment: [String: String] { [Self.variable: value] }

  /// Kills all that has the mark, again and again until nothing is left.
  func killAll(except spared: Int32) {
    for _ in 0..<100 {
      let found = holders.filter { $0 != spared }
      if found.isEmpty { return }
      for process in found { kill(process, SIGKILL) }
      usleep(1000)
    }
  }

  private var holders: [Int32] {
    let text = Array("\(Self.variable)=\(value)".utf8)
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let process = Int32(name), process != getpid(), holds(process, text) else { continue }
      found.append(process)
    }
    return found
  }

  /// A zombie has no environment left.
  private func holds(_ process: Int32, _ text: [UInt8]) -> Bool {
    contents(of: "/proc/\(process)/environ").contains(text)
  }

  private func contents(of path: String) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      guard count > 0 else { return bytes }
      bytes += piece[..<count]
    }
  }
}
