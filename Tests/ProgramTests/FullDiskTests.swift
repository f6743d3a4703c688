import Foundation
import Testing

/// A run directory on a disk that becomes full, and has room again.
@Suite(
  .serialized,
  .enabled(if: Program.isBuilt && SharedMemoryTests.canMount, "needs a release build, and root"))
struct FullDiskTests {
  @Test(arguments: [nil, 4])
  func `saving pauses on a full disk, and goes on when there is room: nothing is lost`(ranks: Int?) throws {
    let directory = try SmallStudy.directory("full", trials: 40, budget: 3)
    // A namespace of its own keeps the mount out of everybody's sight.
    let start = ranks.map { "mpirun -n \($0) $T" } ?? "$T"
    let script = """
      set -e
      mkdir disk; mount -t tmpfs -o size=16m tmpfs disk
      \(start) small.yaml --run-directory disk/run > out 2> errors & run=$!
      for i in $(seq 600); do grep -q '"outcome"' disk/run/journal.jsonl 2>/dev/null && break; sleep 0.05; done
      head -c 16m /dev/zero > disk/ballast 2>/dev/null || true
      for i in $(seq 600); do grep -q 'saving pauses' errors && break; sleep 0.1; done
      sleep 3
      kill -0 $run
      $T verify disk/run > during || true
      rm disk/ballast
      wait $run
      $T status disk/run
      $T verify disk/run
      """
    let output = try Program.shell(
      "unshare -m sh -c '\(script.replacing("'", with: "'\\''"))'", in: directory)
    let errors = try String(contentsOf: directory.appending(path: "errors"), encoding: .utf8)
    #expect(output.code == 0, "\(output.standardOutput)\n\(output.standardError)\n\(errors)")
    #expect(errors.contains("saving pauses: ") && errors.contains("o space left on device"), "\(errors)")
    #expect(errors.contains("saving goes on, after a pause of "), "\(errors)")
    #expect(output.standardOutput.contains("finished: 40 trials, 40 jobs"), "\(output.standardOutput)")
    #expect(output.standardOutput.contains(" whole, 0 damaged or missing"), "\(output.standardOutput)")
    let during = try String(contentsOf: directory.appending(path: "during"), encoding: .utf8)
    #expect(during.contains(" whole, 0 damaged or missing"), "\(during)")
  }

  @Test func `a run that is told to end while the disk is full ends, and goes on later`() throws {
    let directory = try SmallStudy.directory("full-end", trials: 40, budget: 3)
    let script = """
      mkdir disk; mount -t tmpfs -o size=16m tmpfs disk
      mpirun -n 4 $T small.yaml --run-directory disk/run > out 2> errors & run=$!
      for i in $(seq 600); do grep -q '"outcome"' disk/run/journal.jsonl 2>/dev/null && break; sleep 0.05; done
      head -c 16m /dev/zero > disk/ballast 2>/dev/null
      for i in $(seq 600); do grep -q 'saving pauses' errors && break; sleep 0.1; done
      begin=$(date +%s)
      kill -USR1 $run
      wait $run
      echo ended after $(( $(date +%s) - begin )) s
      rm disk/ballast
      $T verify disk/run
      mpirun -n 4 $T small.yaml --run-directory disk/run > out 2> again
      $T status disk/run
      """
    let output = try Program.shell(
      "unshare -m sh -c '\(script.replacing("'", with: "'\\''"))'", in: directory)
    let errors = try String(contentsOf: directory.appending(path: "errors"), encoding: .utf8)
    #expect(output.code == 0, "\(output.standardOutput)\n\(errors)")
    #expect(
      output.standardOutput.contains("finished: 40 trials, 40 jobs"), "\(output.standardOutput)\n\(errors)")
    #expect(output.standardOutput.contains(" whole, 0 damaged or missing"), "\(output.standardOutput)")
    let seconds = output.standardOutput.firstMatch(of: /ended after (\d+) s/).flatMap { Int($0.1) }
    #expect(seconds.map { $0 < 90 } == true, "\(output.standardOutput)")
  }
}
