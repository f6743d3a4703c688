import Glibc

/// The memory that this process can still take on its host, and what sets the limit.
///
/// Linux promises more memory than there is, and ends a process that uses what it was promised. So whoever
/// wants much asks here first. An upper bound: other processes want the same memory.
public struct HostMemory: Equatable, Sendable {
  /// `Int.max` where the system does not say.
  public var bytes: Int
  /// Completes "found 3.2 GB, ...", such as `the host's free memory`.
  public var limit: String

  public init(bytes: Int, limit: String) {
    self.bytes = bytes
    self.limit = limit
  }

  /// The least of what the host has free, the control groups of the job still allow, and `ulimit -v` leaves.
  /// Local; a matter of 0.1 ms.
  ///
  /// - Parameter root: where `/proc` and `/sys` are, for tests; empty for the system's.
  public static func available(root: String = "") -> HostMemory {
    let limits = [hostLimit(root), addressSpaceLimit(root)] + ControlGroup.limits(root)
    let unknown = HostMemory(bytes: .max, limit: "no limit that the system tells")
    return limits.compactMap { $0 }.min { $0.bytes < $1.bytes } ?? unknown
  }

  /// Free and reclaimable memory, and swap space: proc(5), `/proc/meminfo`.
  private static func hostLimit(_ root: String) -> HostMemory? {
    guard let text = systemText("\(root)/proc/meminfo"), let free = kilobytes("MemAvailable", in: text) else {
      return nil
    }
    return HostMemory(bytes: free + (kilobytes("SwapFree", in: text) ?? 0), limit: "the host's free memory")
  }

  /// What `ulimit -v` leaves: proc(5), `/proc/self/limits` and `/proc/self/status`.
  private static func addressSpaceLimit(_ root: String) -> HostMemory? {
    guard let limits = systemText("\(root)/proc/self/limits"),
      let line = limits.split(separator: "\n").first(where: { $0.hasPrefix("Max address space") }),
      let soft = line.dropFirst("Max address space".count).split(separator: " ").first,
      let most = Int(soft), let status = systemText("\(root)/proc/self/status"),
      let used = kilobytes("VmSize", in: status)
    else { return nil }
    return HostMemory(bytes: max(0, most - used), limit: "the limit of address space (ulimit -v)")
  }

  /// A line such as `MemAvailable:   23617 kB`, in bytes.
  private static func kilobytes(_ name: String, in text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(name):") }) else {
      return nil
    }
    return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
  }
}

extension HostMemory: CustomStringConvertible {
  /// `3.2 GB, the host's free memory`.
  public var description: String { "\(Self.text(bytes)), \(limit)" }

  /// A number of bytes as a person reads it: `120 bytes`, `3.2 GB`.
  public static func text(_ bytes: Int) -> String {
    if bytes == .max { return "more than \(text(.max - 1))" }
    let units = ["kB", "MB", "GB", "TB", "PB", "EB"]
    var (value, unit) = (Double(bytes), -1)
    while value >= 999.95, unit + 1 < units.count { (value, unit) = (value / 1000, unit + 1) }
    return unit < 0 ? "\(bytes) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
  }
}

/// The limits that Slurm, Kubernetes or systemd set on a group of processes: cgroups(7).
private enum ControlGroup {
  /// Of each group above this process that has a limit.
  static func limits(_ root: String) -> [HostMemory] {
    guard let membership = systemText("\(root)/proc/self/cgroup") else { return [] }
    return membership.split(separator: "\n").flatMap { line -> [HostMemory] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      if fields[0] == "0", fields[1].isEmpty {
        return limits(
          under: "\(root)/sys/fs/cgroup", path: fields[2], most: "memory.max", used: "memory.current",
          reclaimable: "inactive_file")
      }
      guard fields[1].split(separator: ",").contains("memory") else { return [] }
      return limits(
        under: "\(root)/sys/fs/cgroup/memory", path: fields[2], most: "memory.limit_in_bytes",
        used: "memory.usage_in_bytes", reclaimable: "total_inactive_file")
    }
  }

  /// Every group on the way up may have a limit. In a container the path may begin outside of what is
  /// mounted: then those that exist are looked at, the mount's root among them.
  private static func limits(
    under mount: String, path: Substring, most: String, used: String, reclaimable: String
  ) -> [HostMemory] {
    let names = path.split(separator: "/")
    return (0...names.count).compactMap { depth in
      let group = ([mount] + names.prefix(depth).map(String.init)).joined(separator: "/")
      guard let limit = systemText("\(group)/\(most)").flatMap({ number($0) }),
        let usage = systemText("\(group)/\(used)").flatMap({ number($0) })
      else { return nil }
      // Pages of files that were read count as used, and make way.
      let cache = systemText("\(group)/memory.stat").flatMap { text in
        text.split(separator: "\n").first { $0.hasPrefix("\(reclaimable) ") }
          .flatMap { $0.split(separator: " ").last }.flatMap { Int($0) }
      }
      let free = limit.subtractingReportingOverflow(max(0, usage - (cache ?? 0))).partialValue
      return HostMemory(bytes: max(0, free), limit: "what the job's control group leaves (\(most))")
    }
  }

  /// Nil for `max`.
  private static func number(_ text: String) -> Int? {
    Int(text.filter { !$0.isWhitespace })
  }
}

/// A small file that the kernel makes; nil where it makes none.
private func systemText(_ path: String) -> String? {
  guard let file = fopen(path, "r") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 8192)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    if count == 0 { break }
    bytes += chunk[..<count]
  }
  return String(decoding: bytes, as: UTF8.self)
}
