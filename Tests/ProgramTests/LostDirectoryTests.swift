import Foundation
import Testing

/// A run whose directory is taken away stops and says so, and writes nothing into what comes in its place.
@Suite(.serialized, .enabled(if: Program.isBuilt, "no release build: run make build"))
struct LostDirectoryTests {
  private static func waitForWork(of run: Launched, in directory: URL) throws {
    let journal = directory.appending(path: "run/journal.jsonl").path
    let deadline = ContinuousClock.now + .seconds(120)
    while ContinuousClock.now < deadline, run.isRunning {
      if (try? String(contentsOfFile: journal, encoding: .utf8))?.contains("\"outcome\"") == true { return }
      usleep(20_000)
    }
    Issue.record("no outcome: \(try run.wait().standardError)")
  }

  @Test(
    arguments: [
      ("mv run moved", "found nothing there"),
      ("rm -rf run", "found nothing there"),
      ("mv run moved; mkdir run", "found another directory in its place"),
      ("rm -rf run; mkdir -p run/checkpoints", "found another directory in its place"),
      ("rm run/lock", "the lock that this run holds, found no such file"),
      ("mv run/lock run/l; cp run/l run/lock", "the lock that this run holds, found another file"),
      ("mv run/journal.jsonl run/j", "the journal that this run writes, found no such file"),
    ], [1, 3])
  func `a run that lost its directory stops`(loss: (command: String, words: String), ranks: Int) throws {
    let directory = try SmallStudy.directory("lost", trials: 500, budget: 2)
    let run = try Program.launch(
      ["small.yaml", "--run-directory", "run"], ranks: ranks == 1 ? nil : ranks, in: directory)
    try Self.waitForWork(of: run, in: directory)
    _ = try Program.shell(loss.command, in: directory)
    let output = try run.wait()
    #expect(output.code == 71, "\(output.standardError)")
    #expect(output.standardError.contains(loss.words), "\(output.standardError)")
    // Nothing came into the directory that took the place.
    if loss.words.contains("directory in its place") {
      let files = try SmallStudy.files(in: directory.appending(path: "run"))
      #expect(files.isEmpty, "\(files.keys.sorted())")
    }
    if loss.command == "rm -rf run" {
      #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "run").path))
    }
  }

  @Test func `a second run in the place of the first has it for itself`() throws {
    let directory = try SmallStudy.directory("second", trials: 500, budget: 2)
    let command = ["small.yaml", "--run-directory", "run"]
    let first = try Program.launch(command, ranks: 3, in: directory)
    try Self.waitForWork(of: first, in: directory)
    _ = try Program.shell("rm -rf run", in: directory)
    let second = try Program.launch(command, ranks: 2, in: directory)
    #expect(try first.wait().code == 71)
    try Self.waitForWork(of: second, in: directory)
    second.signal(SIGUSR1)
    #expect(try second.wait().code == 0)
    #expect(try Program.run(["status", "run"], in: directory).code == 75)
  }

  @Test func `a renamed run goes on under its new name`() throws {
    let directory = try SmallStudy.directory("renamed", trials: 12)
    let run = try Program.launch(["small.yaml", "--run-directory", "run"], in: directory)
    try Self.waitForWork(of: run, in: directory)
    _ = try Program.shell("mv run moved", in: directory)
    _ = try run.wait()
    let output = try Program.run(["small.yaml", "--run-directory", "moved"], in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    #expect(
      try Program.run(["status", "moved"], in: directory).standardOutput.hasPrefix("finished: 12 trials"))
  }

  @Test func `directories of trials go with their last file`() throws {
    let directory = try SmallStudy.directory(
      "empty", ""
    ).appending(path: "")
    try SmallStudy.text().replacing(
      "{kind: full, trials: 2, budget: 1}", with: "{kind: asha, trials: 12, maximum_budget: 4, reduction: 2}"
    ).write(to: directory.appending(path: "small.yaml"), atomically: true, encoding: .utf8)
    let output = try Program.run(["small.yaml", "--run-directory", "run"], ranks: 3, in: directory)
    try #require(output.code == 0, "\(output.standardError)")
    let root = directory.appending(path: "run/checkpoints")
    for name in try FileManager.default.contentsOfDirectory(atPath: root.path) {
      let files = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: name).path)
      #expect(!files.isEmpty, "\(name)")
    }
  }
}
