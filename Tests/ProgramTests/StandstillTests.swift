import Foundation
import Testing

/// A process that stands still is named, with its host and what it did, while the others work or wait.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct StandstillTests {
  @Test func `a root, a member and the controller that stand still are named, and go on`() throws {
    let directory = try SmallStudy.directory(
      "stopped", trials: 500, budget: 1_000_000, "resources: {ranks_per_trial: 2}")
    let run = try Program.launch(["small.yaml", "--run-directory", "run"], ranks: 5, in: directory)
    let host = ProcessInfo.processInfo.hostName
    let journal = directory.appending(path: "run/journal.jsonl").path
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline, run.isRunning,
      (try? String(contentsOfFile: journal, encoding: .utf8))?.contains("groupReady") != true
    { usleep(50_000) }
    // For the groups to come together, and to train.
    sleep(3)

    for (rank, words) in [
      (2, "rank 2 on \(host), of group 0, is silent for "),
      (3, "rank 3 on \(host), of group 1, is silent for "),
      (0, "rank 0 (the controller, on \(host)) is silent for "),
    ] {
      let process = try #require(run.process(ofRank: rank))
      kill(process, SIGSTOP)
      // Within ten seconds of its silence, and a little for a loaded machine.
      let line = try Self.wait(for: words, seconds: 20, in: run)
      kill(process, SIGCONT)
      let said = try run.errorsSoFar
      #expect(line?.contains("; it was ") == true, "\(said)")
      if rank > 0 {
        #expect(line?.contains(/training trial \d+, \d+ steps into job \d+/) == true, "\(line ?? "nothing")")
        let back = "rank \(rank) on \(host), of group \(rank == 2 ? 0 : 1), is heard of again."
        #expect(try Self.wait(for: back, seconds: 20, in: run) != nil)
      }
    }
    run.signal(SIGUSR1)
    let output = try run.wait()
    #expect(output.code == 0, "\(output.standardError)")
    // Nobody else was named, and nobody was given up.
    let silent = output.standardError.split(separator: "\n").filter { $0.contains("is silent for") }
    #expect(silent.count == 3, "\(silent)")
    #expect(!output.standardError.contains("given up"))
  }

  /// The first line with these words on standard error, within so many seconds.
  private static func wait(for words: String, seconds: Double, in run: Launched) throws -> String? {
    let deadline = ContinuousClock.now + .seconds(seconds)
    repeat {
      let lines = try run.errorsSoFar.split(separator: "\n")
      if let line = lines.first(where: { $0.contains(words) }) { return String(line) }
      usleep(100_000)
    } while ContinuousClock.now < deadline && run.isRunning
    return nil
  }
}
