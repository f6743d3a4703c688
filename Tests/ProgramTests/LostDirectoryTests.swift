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

  /// Each is a system call or two, so that the run does not find the directory half gone.
  enum Loss: String, CaseIterable {
    case moved, replaced, lockDeleted, lockReplaced, journalMoved, journalLonger

    var words: String {
      switch self {
      case .moved: "found nothing there"
      case .replaced: "found another directory in its place"
      case .lockDeleted: "the lock that this run holds, found no such file"
      case .lockReplaced: "the lock that this run holds, found another file"
      case .journalMoved: "the journal that this run writes, found no such file"
      case .journalLonger: "bytes, as this run wrote them, found "
      }
    }

    func happen(in directory: URL) throws {
      let run = directory.appending(path: "run").path
      switch self {
      case .moved: #expect(rename(run, directory.appending(path: "moved").path) == 0)
      case .replaced:
        let other = directory.appending(path: "other")
        try FileManager.default.createDirectory(
          at: other.appending(path: "checkpoints"), withIntermediateDirectories: true)
        #expect(rename(run, directory.appending(path: "moved").path) == 0 && rename(other.path, run) == 0)
      case .lockDeleted: #expect(unlink(run + "/lock") == 0)
      case .lockReplaced:
        try FileManager.default.copyItem(atPath: run + "/lock", toPath: run + "/copy")
        #expect(rename(run + "/copy", run + "/lock") == 0)
      case .journalMoved: #expect(rename(run + "/journal.jsonl", run + "/j") == 0)
      case .journalLonger:
        let journal = try FileHandle(forUpdating: URL(fileURLWithPath: run + "/journal.jsonl"))
        try journal.seekToEnd()
        try journal.write(contentsOf: Data("a line of another program\n".utf8))
      }
    }
  }

  @Test(arguments: Loss.allCases, [1, 3])
  func `a run that lost its directory stops`(loss: Loss, ranks: Int) throws {
    let directory = try SmallStudy.directory("lost", trials: 500, budget: 2)
    let run = try Program.launch(
      ["small.yaml", "--run-directory", "run"], ranks: ranks == 1 ? nil : ranks, in: directory)
    try Self.waitForWork(of: run, in: directory)
    try loss.happen(in: directory)
    let output = try run.wait()
    #expect(output.code == 71, "\(output.standardError)")
    // Between its two calls a replaced directory is a moved one; and of a moved one the journal may be missed first.
    let words =
      switch loss {
      case .moved, .replaced: [loss.words, Loss.moved.words, Loss.journalMoved.words]
      default: [loss.words]
      }
    #expect(words.contains { output.standardError.contains($0) }, "\(output.standardError)")
    // Nothing came into the directory's old place.
    switch loss {
    case .moved: #expect(!FileManager.default.fileExists(atPath: directory.appending(path: "run").path))
    case .replaced:
      let files = try SmallStudy.files(in: directory.appending(path: "run"))
      #expect(files.isEmpty, "\(files.keys.sorted())")
    case .lockDeleted, .lockReplaced, .journalMoved, .journalLonger: break
    }
  }

  /// The deletion races with the run, which may find any part of it gone first.
  @Test(arguments: [1, 3]) func `a run whose directory is deleted stops`(ranks: Int) throws {
    let directory = try SmallStudy.directory("deleted", trials: 500, budget: 2)
    let run = try Program.launch(
      ["small.yaml", "--run-directory", "run"], ranks: ranks == 1 ? nil : ranks, in: directory)
    try Self.waitForWork(of: run, in: directory)
    _ = try Program.shell("rm -rf run", in: directory)
    let output = try run.wait()
    #expect(output.code == 71, "\(output.standardError)")
    #expect(output.standardError.contains("stops here"), "\(output.standardError)")
  }

  @Test func `a second run in the place of the first has it for itself`() throws {
    let directory = try SmallStudy.directory("second", trials: 500, budget: 2)
    let command = ["small.yaml", "--run-directory", "run"]
    let first = try Program.launch(command, ranks: 3, in: directory)
    try Self.waitForWork(of: first, in: directory)
    _ = try Program.shell("mv run gone; rm -rf gone", in: directory)
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
    let directory = try SmallStudy.directory("empty", "")
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
