import Foundation
import Testing

extension Program {
  /// Whether a test may mount something in a namespace of its own.
  fileprivate static let canMount =
    (try? Launched(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"], in: root).wait().code) == 0
}

/// /dev/shm as containers have it: small, full, or not to be written to. Data and checkpoints find another place.
@Suite(
  .serialized, .enabled(if: Program.isBuilt && Program.canMount, "needs a release build, and root"))
struct SharedMemoryTests {
  static let canMount =
    (try? Launched(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/dev/shm"], in: Program.root).wait()
      .code)
    == 0

  @Test(
    arguments: [
      "mount -t tmpfs -o size=64k tmpfs /dev/shm",
      "mount -t tmpfs -o size=32m tmpfs /dev/shm; head -c 30m /dev/zero > /dev/shm/full",
      "mount -t tmpfs -o ro tmpfs /dev/shm",
    ], [1, 3])
  func `a run needs no room in shared memory`(mount: String, ranks: Int) throws {
    let directory = try SmallStudy.directory("shm")
    // MPI's own segments are kept out of the way; they are the user's to configure.
    let start = ranks == 1 ? "" : "mpirun --mca btl self,tcp -n \(ranks)"
    let output = try Program.shell(
      "unshare -m sh -c '\(mount); \(start) $T small.yaml --run-directory run && $T test run'", in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    #expect(output.standardOutput.contains("test_accuracy"), "\(output.standardOutput)")
  }
}
