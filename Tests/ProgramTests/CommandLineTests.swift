import Foundation
import Testing

/// What a user reads at the command line when something is wrong, word for word.
@Suite(.enabled(if: Program.isBuilt, "no release build: run make build"))
struct CommandLineTests {
  private static let study = """
    study: small
    data: digits
    model: {kind: mlp, hidden: [16]}
    training: {batch_size: 48}
    search:
      space:
        learning_rate: {type: float, low: 1e-3, high: 0.1, scale: log}
      scheduler: {kind: full, trials: 2, budget: 1}
    """

  private func check(_ text: String, _ arguments: [String] = []) throws -> Program.Output {
    let directory = try Program.scratch("check-\(UUID().uuidString)")
    try text.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    return try Program.run(["check", "study.yaml"] + arguments, in: directory)
  }

  @Test func `a study in order is described`() throws {
    let output = try check(Self.study)
    #expect(output.code == 0)
    #expect(output.standardOutput.hasPrefix("small: in order\n"))
    #expect(output.standardOutput.contains("  data    1438 train, 179 dev, 180 test\n"))
    #expect(output.standardError.isEmpty)
  }

  @Test func `two misspelt keys are both named`() throws {
    let output = try check(
      Self.study.replacing("batch_size", with: "batchsize").replacing("trials: 2", with: "trails: 2"))
    #expect(output.code == 64)
    #expect(
      output.standardError == """
        tuner-mpi: study.yaml:4: training.batchsize: expected a key that training has, found batchsize. \
        Did you mean batch_size?
        study.yaml:8: search.scheduler.trials: expected an integer at least 1, found nothing. \
        Write how many configurations to try.
        study.yaml:8: search.scheduler.trails: expected a key that search.scheduler has, found trails. \
        Did you mean trials?

        """)
  }

  @Test func `a missing data file is named`() throws {
    let output = try check(
      Self.study.replacing(
        "data: digits", with: "data: {kind: idx, images: no/images.gz, labels: no/labels.gz}"))
    #expect(output.code == 64)
    #expect(
      output.standardError
        == "tuner-mpi: no/images.gz: expected a readable file, found no such file or directory. "
        + "Correct the path under `data`; a relative one starts from the working directory.\n")
  }

  @Test func `too few ranks for the group size are refused`() throws {
    let text = Self.study + "\nresources: {ranks_per_trial: 3}"
    let checked = try check(text, ["--ranks", "3"])
    let message =
      "tuner-mpi: resources.ranks_per_trial: expected from 1 to 2 ranks in a group, because 3 ranks were "
      + "started and one of them is the controller, found 3. Start at least 4 ranks, or write 2 or less.\n"
    #expect(checked.code == 64)
    #expect(checked.standardError == message)

    let directory = try Program.scratch("too-few-ranks")
    try text.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let started = try Program.run(["study.yaml"], ranks: 3, in: directory)
    #expect(started.code == 64)
    #expect(started.standardError.contains(message))
  }

  @Test(arguments: ["status", "watch", "report", "test"])
  func `a run directory that is not there is missing`(command: String) throws {
    let directory = try Program.scratch("missing-\(command)")
    try FileManager.default.createDirectory(
      at: directory.appending(path: "empty"), withIntermediateDirectories: true)
    for (name, found) in [("nowhere", "nothing there"), ("empty", "a directory without journal.jsonl")] {
      let output = try Program.run([command, name], in: directory)
      #expect(output.code == 66)
      #expect(output.standardOutput.isEmpty)
      #expect(
        output.standardError
          == "tuner-mpi: \(name): expected a run directory, found \(found). Name the directory that `tuner-mpi run` "
          + "wrote, such as runs/digits-pbt; `tuner-mpi list` shows them.\n")
    }
  }

  @Test func `a thousand virtual workers are simulated through a journal`() throws {
    let directory = try Program.scratch("simulate")
    let text = Self.study.replacing(
      "{kind: full, trials: 2, budget: 1}",
      with: "{kind: asha, trials: 2000, maximum_budget: 81, reduction: 3}")
    try text.write(to: directory.appending(path: "study.yaml"), atomically: true, encoding: .utf8)
    let output = try Program.run(
      ["simulate", "study.yaml", "--workers", "200", "--journal", "journal.jsonl"], in: directory)
    #expect(output.code == 0)
    #expect(
      output.standardOutput.contains(
        "utilization   100.0% of the workers' time until the last new trial began"))
    let status = try Program.run(["status", "."], in: directory)
    #expect(status.code == 0)
    #expect(status.standardOutput.hasPrefix("finished: 2000 trials"))
  }

  /// Pasted time after time, the line does not grow.
  @Test func `the printed command that extends a study replaces a setting of the same key`() throws {
    let directory = try SmallStudy.directory("extended")
    var command = ["small.yaml", "--set=search.scheduler.trials=1", "--set", "seed=3", "--json"]
    for trials in [2, 4] {
      let output = try Program.run(command, in: directory)
      #expect(output.code == 0, "\(output.standardError)")
      let line = try #require(
        output.standardOutput.split(separator: "\n").first { $0.hasPrefix("  extend ") })
      let words = line.split(separator: " ").dropFirst(2).map(String.init)
      #expect(
        words == ["small.yaml", "--set", "seed=3", "--json", "--set", "search.scheduler.trials=\(trials)"])
      command = words
    }
  }
}
