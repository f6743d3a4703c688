internal import CProcesses
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
    let text = "\(Self.variable)=\(value)"
    guard let directory = opendir("/proc") else { return [] }
    defer { closedir(directory) }
    var found: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard let process = Int32(name), process != getpid(), process_environment_holds(process, text) == 1 else { continue }
      found.append(process)
    }
    return found
  }
}
