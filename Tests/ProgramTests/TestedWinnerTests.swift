import Foundation
import Testing

/// The test split is opened for the winner, once, and never answers for another model.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct TestedWinnerTests {
  private struct Tested: Decodable {
    var checkpoint: String
    var earlier: [Tested]?
  }

  private static func record(in directory: URL) throws -> Tested {
    try JSONDecoder().decode(Tested.self, from: Data(contentsOf: directory.appending(path: "run/test.json")))
  }

  /// Trial 0 learns far too slowly, so that the second one of the extended study wins.
  @Test func `an extended study's new winner is tested anew, and the record keeps both`() throws {
    let directory = try SmallStudy.directory(
      "tested", trials: 1, "  first: [{learning_rate: 1.0e-3}, {learning_rate: 0.02}]")
    let command = ["small.yaml", "--run-directory", "run"]
    try #require(try Program.run(command, in: directory).code == 0)
    let first = try Program.run(["test", "run"], in: directory)
    #expect(first.code == 0 && first.standardOutput.hasPrefix("trial 0 at 1: test_accuracy "))
    #expect(!first.standardOutput.contains("opened"))
    #expect(try Program.run(["test", "run"], in: directory).standardOutput == first.standardOutput)
    let page = directory.appending(path: "run/report.html")
    #expect(try String(contentsOf: page, encoding: .utf8).contains("On the test split: test_accuracy "))

    let extended = try Program.run(command + ["--set", "search.scheduler.trials=2"], in: directory)
    try #require(extended.code == 0, "\(extended.standardError)")
    #expect(
      try String(contentsOf: page, encoding: .utf8).contains("On the test split trial 0, which led then"))
    let second = try Program.run(["test", "run"], in: directory)
    #expect(second.code == 0 && second.standardOutput.hasPrefix("trial 1 at 1: test_accuracy "))
    #expect(second.standardOutput.hasSuffix("; the split has been opened 2 times in all\n"))
    #expect(try Program.run(["test", "run"], in: directory).standardOutput == second.standardOutput)
    let record = try Self.record(in: directory)
    #expect(record.checkpoint.contains("trial-000001"))
    #expect(record.earlier?.map { $0.checkpoint.contains("trial-000000") } == [true])
    #expect(try String(contentsOf: page, encoding: .utf8).contains("it has been opened 2 times in all"))
  }

  @Test func `a run tells the precision of its best, and a changed one its versions`() throws {
    let directory = try SmallStudy.directory("versions")
    let command = ["small.yaml", "--run-directory", "run"]
    let run = try Program.run(command, in: directory)
    try #require(run.code == 0, "\(run.standardError)")
    let best = try #require(run.standardOutput.split(separator: "\n").first { $0.hasPrefix("  best ") })
    #expect(best.contains(" ± 0.0") && best.contains(" (of 179 dev samples) at 1 epochs"), "\(best)")
    let settings = [
      "--set", "training.batch_size=60", "--set", "search.scheduler.trials=3", "--allow-changes",
    ]
    let changed = try Program.run(command + settings, in: directory)
    try #require(changed.code == 0, "\(changed.standardError)")
    let study = try String(contentsOf: directory.appending(path: "run/study.yaml"), encoding: .utf8)
    let lines = study.split(separator: "\n")
    #expect(lines[0] == "# Version 2 of this study. Under which version a job was trained, trials.csv says.")
    #expect(lines[1].hasPrefix("#   1 from ") && lines[1].hasSuffix(": as it began"))
    #expect(lines[2].hasPrefix("#   2 from ") && lines[2].contains("training.batchSize: 48 -> 60"))
    let table = try String(contentsOf: directory.appending(path: "run/trials.csv"), encoding: .utf8)
    let rows = table.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(rows[0].firstIndex(of: "version"))
    #expect(rows.dropFirst().map { $0[column] } == ["1", "1", "2"])
    // The copy is an experiment like any other.
    #expect(try Program.run(["check", "run/study.yaml"], in: directory).code == 0)
  }

  @Test func `a simulation is marked, and neither goes on with the other's journal`() throws {
    let directory = try SmallStudy.finished("virtual")
    let made = try Program.run(["simulate", "small.yaml", "--journal", "made/journal.jsonl"], in: directory)
    #expect(made.code == 71, "the directory is not there: \(made.standardError)")
    try FileManager.default.createDirectory(
      at: directory.appending(path: "made"), withIntermediateDirectories: false)
    let simulated = try Program.run(
      ["simulate", "small.yaml", "--journal", "made/journal.jsonl"], in: directory)
    #expect(
      simulated.code == 0 && simulated.standardOutput.hasPrefix("small simulated on 64 virtual workers\n"))
    #expect(try Program.run(["report", "made"], in: directory).code == 0)
    let page = try String(contentsOf: directory.appending(path: "made/report.html"), encoding: .utf8)
    #expect(page.contains("simulated: a function took the place of training"))
    let run = try Program.run(["small.yaml", "--run-directory", "made"], in: directory)
    #expect(run.code == 64)
    #expect(
      run.standardError.hasSuffix(
        "made/journal.jsonl: expected the journal of a run, found that of a simulation. Choose another run directory "
          + "by --run-directory.\n"), "\(run.standardError)")
    let onto = try Program.run(["simulate", "small.yaml", "--journal", "run/journal.jsonl"], in: directory)
    #expect(onto.code == 64)
    #expect(
      onto.standardError.hasSuffix(
        "run/journal.jsonl: expected the journal of a simulation, found that of a run. Give --journal another file.\n"
      ),
      "\(onto.standardError)")
  }
}
