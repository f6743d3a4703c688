import Foundation
import Testing

/// A rank that is killed or stopped at a random instant: named, and the study goes on. A person tries fifty:
/// `Tests/FaultTesting/one-rank --tries 50`.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct RankFaultTests {
  private static let tries = ProcessInfo.processInfo.environment["TUNER_FAULTS"].flatMap { Int($0) } ?? 1
  private static let script = Program.root.appending(path: "Tests/FaultTesting/one-rank").path

  @Test(arguments: [["--signals", "KILL,STOP"], ["--plain", "--signals", "KILL"]])
  func `the right rank is named within ten seconds, and no work is lost`(options: [String]) throws {
    let version = try Launched(["mpirun", "--version"], in: Program.root).wait().standardOutput
    // Others have no --enable-recovery; without it the launcher ends all, as the second case has it.
    guard options.first == "--plain" || version.contains("Open MPI) 4.") else { return }
    let output = try Launched(
      [Self.script, "--tries", "\(Self.tries)"] + options + [Program.path],
      in: Program.scratch("rank-faults-\(UUID().uuidString)")
    ).wait()
    #expect(output.code == 0, "\(output.standardOutput)\(output.standardError)")
    #expect(output.standardOutput.contains("\n0 of "), "\(output.standardOutput)")
  }
}
