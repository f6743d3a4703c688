import Foundation
import Testing
import Tuner

/// SIGKILL of all ranks at random instants, while they train scripts: the study goes on as if nothing had happened,
/// and no script outlives its rank.
@Suite(
  .serialized, .enabled(if: Program.isBuilt, "no release build: run make build"),
  .enabled(if: Scripts.hasPython, "no python3"))
struct ScriptKillTests {
  /// How often each run is killed; more by the variable TUNER_KILLS.
  private static let kills = ProcessInfo.processInfo.environment["TUNER_KILLS"].flatMap { Int($0) } ?? 4

  /// A script whose child outlives it, and which takes its time.
  private static let script = """
    import random, subprocess, time
    import tuner_mpi

    subprocess.Popen(["sleep", "MARK"], start_new_session=True)
    for trial in tuner_mpi.trials(rate=0.1):
        weights = [random.random() for _ in range(10)]
        trial.state(weights=(lambda: list(weights), lambda saved: weights.__setitem__(slice(None), saved)))
        for unit in trial.budgets():
            trial.in_force(rate=trial["rate"])
            weights[:] = [weight - trial["rate"] * (weight - 1) + 1e-3 * random.gauss(0, 1) for weight in weights]
            time.sleep(0.05)
            trial.report(loss=sum((weight - 1) ** 2 for weight in weights))
    """

  private static func records(of run: URL) throws -> [Record] {
    let contents = try #require(try JournalContents.read(run.appending(path: "journal.jsonl").path))
    return contents.lines.studyRecords
  }

  @Test func `a population of scripts that is killed ends as an undisturbed one, and leaves no process`() throws {
    let directory = try Program.scratch("script-kills")
    let mark = "2000.\(ProcessInfo.processInfo.processIdentifier)"
    try Self.script.replacing("MARK", with: mark).write(
      to: directory.appending(path: "train-\(mark).py"), atomically: true, encoding: .utf8)
    try """
    study: scripts
    objective: {metric: loss, goal: minimize}
    trainee: {command: [python3, train-\(mark).py], dialogue: true, metrics: [loss]}
    search:
      space: {rate: {type: float, low: 1e-3, high: 0.5, scale: log}}
      scheduler: {kind: pbt, population: 4, generations: 5, interval: 2}
    """.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    func launch(_ run: String) throws -> Launched {
      try Scripts.launch(["study.yaml", "--run-directory", run], ranks: 3, in: directory)
    }
    let start = ContinuousClock.now
    let undisturbed = try launch("undisturbed").wait()
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    try #require(undisturbed.code == 0, "\(undisturbed.standardError)")

    var random = SystemRandomNumberGenerator()
    for kill in 0..<Self.kills {
      let instant = Double.random(in: 0.3...max(0.6, seconds), using: &random)
      let run = try launch("killed")
      usleep(UInt32(instant * 1e6))
      // Whoever the scripts' mark is on is left to its fate.
      run.killAll { FileManager.default.isMarked($0) }
      let deadline = ContinuousClock.now + .seconds(20)
      while !Scripts.processes(naming: mark).isEmpty, ContinuousClock.now < deadline { usleep(10_000) }
      #expect(Scripts.processes(naming: mark).isEmpty, "kill \(kill) after \(instant) s")
    }
    let last = try launch("killed").wait()
    try #require(last.code == 0, "\(last.standardError)")
    #expect(
      try Self.records(of: directory.appending(path: "killed"))
        == Self.records(of: directory.appending(path: "undisturbed")))
    #expect(Scripts.processes(naming: mark).isEmpty)
  }
}

extension FileManager {
  /// Whether a process is a script of a rank, or was started by one, or tidies up behind them.
  fileprivate func isMarked(_ process: Int32) -> Bool {
    let files = ["environ", "cmdline"].map { contents(atPath: "/proc/\(process)/\($0)") ?? Data() }
    return files.contains { String(decoding: $0, as: UTF8.self).contains("TUNER_MPI_MARK=") }
  }
}
