import Foundation
import MPI
import Testing

/// What the process may still take, read from made-up `/proc` and `/sys`.
@Suite struct HostMemoryTests {
  private let root = FileManager.default.temporaryDirectory.appending(path: "host-\(UUID().uuidString)").path

  private func write(_ text: String, to path: String) throws {
    let file = URL(fileURLWithPath: root + path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private func removeRoot() throws { try FileManager.default.removeItem(atPath: root) }

  private let meminfo = """
    MemTotal:       24683520 kB
    MemFree:          100000 kB
    MemAvailable:    2000000 kB
    SwapTotal:             0 kB
    SwapFree:         500000 kB

    """

  @Test func `a host offers what it can free and its swap space`() throws {
    try write(meminfo, to: "/proc/meminfo")
    #expect(
      HostMemory.available(root: root) == HostMemory(bytes: 2_560_000_000, limit: "the host's free memory"))
    try removeRoot()
  }

  @Test func `the strictest group above the process counts, files in memory left out`() throws {
    try write(meminfo, to: "/proc/meminfo")
    try write("0::/job_7/step_0\n", to: "/proc/self/cgroup")
    try write("max\n", to: "/sys/fs/cgroup/job_7/step_0/memory.max")
    try write("5\n", to: "/sys/fs/cgroup/job_7/step_0/memory.current")
    try write("1000000\n", to: "/sys/fs/cgroup/job_7/memory.max")
    try write("700000\n", to: "/sys/fs/cgroup/job_7/memory.current")
    try write("anon 400000\ninactive_file 200000\n", to: "/sys/fs/cgroup/job_7/memory.stat")
    let found = HostMemory.available(root: root)
    #expect(found.bytes == 500_000)
    #expect(found.limit == "what the job's control group leaves (memory.max)")
    try removeRoot()
  }

  @Test func `groups of the first version are read too, wherever a container sees them`() throws {
    try write(meminfo, to: "/proc/meminfo")
    try write("9:name=systemd:/\n4:cpu,memory:/outside/of/the/mount\n", to: "/proc/self/cgroup")
    try write("3000000\n", to: "/sys/fs/cgroup/memory/memory.limit_in_bytes")
    try write("3500000\n", to: "/sys/fs/cgroup/memory/memory.usage_in_bytes")
    #expect(HostMemory.available(root: root).bytes == 0)
    try removeRoot()
  }

  @Test func `a limit of address space counts less what is mapped`() throws {
    try write(meminfo, to: "/proc/meminfo")
    try write(
      "Limit                     Soft Limit           Hard Limit           Units\n"
        + "Max address space         1000000              unlimited            bytes\n",
      to: "/proc/self/limits")
    try write("VmPeak:\t     300 kB\nVmSize:\t     200 kB\n", to: "/proc/self/status")
    let found = HostMemory.available(root: root)
    #expect(found == HostMemory(bytes: 795_200, limit: "the limit of address space (ulimit -v)"))
    try removeRoot()
  }

  @Test func `a system that tells nothing limits nothing`() {
    #expect(HostMemory.available(root: "/nowhere").bytes == .max)
  }

  @Test(arguments: [
    (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (1_234_567_890, "1.2 GB"),
    (Int.max, "more than 9.2 EB"),
  ])
  func `bytes are said as a person reads them`(bytes: Int, text: String) {
    #expect(HostMemory.text(bytes) == text)
  }
}
