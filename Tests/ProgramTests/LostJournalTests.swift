import Foundation
import Testing

/// Work without a journal is never begun anew: all commands say so alike, and `--from-checkpoints` keeps it.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct LostJournalTests {
  enum Loss: String, CaseIterable {
    case missing, empty, torn, headless, zeros

    func apply(to journal: URL) throws {
      let lines = try String(contentsOf: journal, encoding: .utf8).split(separator: "\n")
      switch self {
      case .missing: try FileManager.default.removeItem(at: journal)
      case .empty: try Data().write(to: journal)
      case .torn: try Data(lines[0].utf8.prefix(100)).write(to: journal)
      case .headless: try Data((lines.dropFirst().joined(separator: "\n") + "\n").utf8).write(to: journal)
      case .zeros: try Data(count: 4096).write(to: journal)
      }
    }
  }

  @Test(arguments: Loss.allCases)
  func `a lost journal is damage to every command, and nothing is touched`(loss: Loss) throws {
    let directory = try SmallStudy.finished("lost-\(loss)")
    let run = directory.appending(path: "run")
    try loss.apply(to: run.appending(path: "journal.jsonl"))
    let before = try SmallStudy.files(in: run)
    for words in [
      ["small.yaml", "--run-directory", "run"], ["status", "run"], ["report", "run"], ["test", "run"],
    ] {
      let output = try Program.run(words, in: directory)
      #expect(output.code == 65, "\(words): \(output.standardError)")
      let said = output.standardOutput + output.standardError
      #expect(said.contains("run/journal.jsonl"), "\(said)")
      #expect(said.contains("--from-checkpoints"), "\(said)")
    }
    #expect(try SmallStudy.files(in: run) == before)
  }

  @Test(arguments: [Loss.missing, .headless])
  func `the checkpoints are kept, listed, and the best is tried first`(loss: Loss) throws {
    let directory = try SmallStudy.finished("rescue-\(loss)")
    let run = directory.appending(path: "run")
    try loss.apply(to: run.appending(path: "journal.jsonl"))
    let before = try SmallStudy.files(in: run)
    let command = ["small.yaml", "--run-directory", "run", "--from-checkpoints"]
    let output = try Program.run(command, in: directory)
    try #require(output.code == 0, "\(output.standardError)")
    #expect(output.standardError.contains("is kept in rescued-1"))
    let kept = try SmallStudy.files(in: run.appending(path: "rescued-1"))
    for (path, contents) in before { #expect(kept[path] == contents, "\(path)") }
    let table = String(decoding: try #require(kept["checkpoints.csv"]), as: UTF8.self)
    #expect(table.hasPrefix("trial,to_budget,checkpoint,metric."))
    let row = try #require(table.split(separator: "\r\n").dropFirst().first).split(separator: ",")
    let trials = try String(contentsOf: run.appending(path: "trials.csv"), encoding: .utf8)
    let first = try #require(trials.split(separator: "\r\n").dropFirst().first).split(separator: ",")
    #expect(row.last == first.last, "the learning rate of the best checkpoint, now trial 0's")
    // The same command, with the option and without it, finds a study in order.
    #expect(try Program.run(command, in: directory).code == 0)
    #expect(try Program.run(Array(command.dropLast()), in: directory).code == 0)
    #expect(try Program.run(["status", "run"], in: directory).code == 0)
  }

  @Test(arguments: ["trials.csv", "test.json", "population.h5", "report.html"])
  func `any file that a run leaves is work`(name: String) throws {
    let directory = try SmallStudy.directory("remains")
    let run = directory.appending(path: "run")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    try Data("of somebody".utf8).write(to: run.appending(path: name))
    for words in [["small.yaml", "--run-directory", "run"], ["status", "run"], ["report", "run"]] {
      let output = try Program.run(words, in: directory)
      #expect(output.code == 65, "\(words): \(output.standardError)")
      #expect((output.standardOutput + output.standardError).contains(name))
    }
    #expect(
      try SmallStudy.files(in: run).filter { $0.key != "journal.jsonl" } == [name: Data("of somebody".utf8)])
  }

  @Test(arguments: [
    "", ": > run/lock", "printf '{\"checksum\":\"12' > run/journal.jsonl",
    "mkdir -p run/checkpoints/trial-000000", "echo 'study: small' > run/study.yaml",
    "touch run/study.yaml run/trials.csv run/report.html run/journal-failed-1.jsonl",
  ])
  func `what a kill in the first moment leaves is begun`(remains: String) throws {
    let directory = try SmallStudy.directory("first-moment")
    _ = try Program.shell("mkdir run; \(remains)", in: directory)
    // An empty directory has no trace of a run.
    #expect(try Program.run(["status", "run"], in: directory).code == (remains.isEmpty ? 66 : 75))
    let output = try Program.run(["small.yaml", "--run-directory", "run"], in: directory)
    #expect(output.code == 0, "\(output.standardError)")
    #expect(FileManager.default.fileExists(atPath: directory.appending(path: "run/study.yaml").path))
  }
}
