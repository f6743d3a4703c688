import Foundation
import Testing
import Tuner

/// SIGKILL at random instants, then the same command again: the study goes on, and its journal ends as if
/// nothing had happened.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct KillTests {
  /// How often the run is killed; more by the variable TUNER_KILLS.
  private static let kills = ProcessInfo.processInfo.environment["TUNER_KILLS"].flatMap { Int($0) } ?? 4

  /// The built-in study, with another number of generations.
  private static func study(generations: Int) throws -> String {
    let text = try String(
      contentsOf: Program.root.appending(path: "configs/digits-pbt.yaml"), encoding: .utf8)
    let scheduler = try #require(text.firstMatch(of: /generations: \d+/))
    return text.replacingCharacters(in: scheduler.range, with: "generations: \(generations)")
  }

  private static func records(of run: URL) throws -> [Record] {
    let contents = try #require(try JournalContents.read(run.appending(path: "journal.jsonl").path))
    return contents.lines.studyRecords
  }

  @Test func `a population that is killed at random instants ends as an undisturbed one`() throws {
    let directory = try Program.scratch("kills")
    try Self.study(generations: 4).write(
      to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let start = ContinuousClock.now
    let undisturbed = try Program.run(
      ["study.yaml", "--run-directory", "undisturbed"], ranks: 5, in: directory)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try #require(undisturbed.code == 0, "\(undisturbed.standardError)")

    var random = SystemRandomNumberGenerator()
    for kill in 0..<Self.kills {
      // The instant is drawn anew each time; the journal that a failure leaves says where it was.
      let instant = Double.random(in: 0.1...max(0.5, seconds), using: &random)
      let run = try Program.launch(["study.yaml", "--run-directory", "killed"], ranks: 5, in: directory)
      usleep(UInt32(instant * 1e6))
      run.killAll()
      let verified = try Program.run(["status", "killed"], in: directory)
      let hasBegun = FileManager.default.fileExists(atPath: directory.appending(path: "killed").path)
      let codes: [Int32] = hasBegun ? [0, 75] : [66]
      #expect(codes.contains(verified.code), "kill \(kill) after \(instant) s: \(verified.standardOutput)")
    }
    let last = try Program.run(["study.yaml", "--run-directory", "killed"], ranks: 5, in: directory)
    try #require(last.code == 0, "\(last.standardError)")

    let expected = try Self.records(of: directory.appending(path: "undisturbed"))
    let found = try Self.records(of: directory.appending(path: "killed"))
    #expect(found == expected)
    #expect(try Program.run(["status", "killed"], in: directory).code == 0)
  }

  @Test func `a signal saves and exits with 0, and another number of ranks goes on`() throws {
    let directory = try Program.scratch("signal")
    // Long enough not to be over before the signal arrives.
    try Self.study(generations: 60).write(
      to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let run = try Program.launch(["study.yaml", "--run-directory", "run"], ranks: 4, in: directory)
    let journal = directory.appending(path: "run/journal.jsonl").path
    // The signal must come after MPI has started: mpirun dies of it before. A first report shows that all
    // ranks work.
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline, run.isRunning {
      let text = (try? String(contentsOfFile: journal, encoding: .utf8)) ?? ""
      if text.contains("\"outcome\"") { break }
      usleep(20_000)
    }
    run.signal(SIGUSR1)
    let output = try run.wait()
    #expect(output.code == 0, "\(output.standardError)")
    #expect(try Program.run(["status", "run"], in: directory).code == 75)

    let resumed = try Program.run(["study.yaml", "--run-directory", "run"], ranks: 3, in: directory)
    #expect(resumed.code == 0, "\(resumed.standardError)")
    #expect(try Program.run(["status", "run"], in: directory).code == 0)
  }
}
