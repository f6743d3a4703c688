import Foundation
import Testing

/// A process that stands still is named, with its host and what it did, while the others work or wait.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct StandstillTests {
  /// Two groups of two ranks on one host, at work.
  private static func pairs() throws -> (run: Launched, host: String) {
    let directory = try SmallStudy.directory(
      "stopped", trials: 500, budget: 1_000_000, "resources: {ranks_per_trial: 2}")
    let run = try Program.launch(["small.yaml", "--run-directory", "run"], ranks: 5, in: directory)
    let journal = directory.appending(path: "run/journal.jsonl").path
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline, run.isRunning,
      (try? String(contentsOfFile: journal, encoding: .utf8))?.contains("groupReady") != true
    { usleep(50_000) }
    // For the groups to come together, and to train.
    sleep(3)
    return (run, ProcessInfo.processInfo.hostName)
  }

  /// Ends the run, in which so many silences were named, and nobody given up.
  private static func end(_ run: Launched, afterSilences count: Int) throws {
    run.signal(SIGUSR1)
    let output = try run.wait()
    #expect(output.code == 0, "\(output.standardError)")
    let silent = output.standardError.split(separator: "\n").filter { $0.contains("is silent for") }
    #expect(silent.count == count, "\(silent)")
    #expect(!output.standardError.contains("given up"))
  }

  @Test func `a root, a member and the controller that stand still are named, and go on`() throws {
    let (run, host) = try Self.pairs()
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
    try Self.end(run, afterSilences: 3)
  }

  /// Rank 1 is the first of the host that trains: it tells of all of them.
  @Test(arguments: [[1], [1, 3]])
  func `whoever tells of its whole host hides nobody when it stands still`(ranks: [Int]) throws {
    let (run, host) = try Self.pairs()
    let processes = try ranks.map { try #require(run.process(ofRank: $0)) }
    for process in processes { kill(process, SIGSTOP) }
    for rank in ranks {
      let words = "rank \(rank) on \(host), of group \(rank / 2), is silent for "
      let line = try Self.wait(for: words, seconds: 20, in: run)
      #expect(line?.contains(/training trial \d+, \d+ steps into job \d+/) == true, "\(line ?? "nothing")")
    }
    for process in processes { kill(process, SIGCONT) }
    for rank in ranks {
      let back = "rank \(rank) on \(host), of group \(rank / 2), is heard of again."
      #expect(try Self.wait(for: back, seconds: 20, in: run) != nil)
    }
    try Self.end(run, afterSilences: ranks.count)
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
