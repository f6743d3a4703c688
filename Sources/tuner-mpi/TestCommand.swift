import ArgumentParser
import Experiments
import Foundation
import Training
import Tuner

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Measures the study's best model on the test split, which nothing has seen.",
    discussion: """
      The split is opened once, when the study is finished, for the model that it chose; the run directory records the \
      result in test.json, and asking again repeats it.
      """)

  @Argument(help: "The run directory.")
  var directory: String

  @Flag(help: "Tests although the data is not what the model was trained on.")
  var allowChanges = false

  func run() throws {
    try reporting {
      let directory = RunDirectory(path: directory)
      let result = try recorded(in: directory) ?? measure(in: directory)
      print(result.text)
    }
  }

  private func recorded(in directory: RunDirectory) throws -> TestResult? {
    guard FileManager.default.fileExists(atPath: directory.test) else { return nil }
    return try JSONDecoder().decode(
      TestResult.self, from: Data(contentsOf: URL(fileURLWithPath: directory.test)))
  }

  private func measure(in directory: RunDirectory) throws -> TestResult {
    let status = try RunStatus(journalAt: directory.journal)
    guard case .finished(let summary) = status, let best = summary.best else {
      throw TunerError(
        .usage, subject: directory.path, expected: "a finished study with a best model", found: status.text,
        remedy: "Let the study end first: the test split is opened once, for the model that it chose.")
    }
    let study = Study(try Experiment(path: directory.study))
    try refuseChangedSplit(best, study, directory)
    let checkpoint = try CheckpointFile.read("\(directory.path)/\(best.checkpoint)")
    let data = try TrainingData(study.training.data, split: study.training.split, seed: study.seed)
    var trainer = try Trainer(
      study.training(for: best.configuration, at: best.budget), data: data, seed: study.seed,
      trial: best.trial.rawValue)
    try trainer.restore(checkpoint.snapshot)
    let result = TestResult(
      trial: best.trial.rawValue, budget: best.budget, checkpoint: best.checkpoint,
      samples: data.count(of: .test), metrics: try trainer.measureTestSplit().metrics,
      measured: Date().formatted(.iso8601))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try directory.write(String(decoding: encoder.encode(result), as: UTF8.self) + "\n", to: directory.test)
    return result
  }
}

extension TestCommand {
  /// A test of another split may be one of samples that the model was trained on.
  private func refuseChangedSplit(
    _ best: RunSummary.Best, _ study: Study, _ directory: RunDirectory
  ) throws(TunerError) {
    guard !allowChanges, let contents = try JournalContents.read(directory.journal) else { return }
    let changes = try contents.splitChanges(since: best.trial, at: best.budget, readingDataOf: study)
    if changes.isEmpty { return }
    throw TunerError(
      .usage, subject: directory.path,
      expected: "the data and the split that \(best.trial) was trained on",
      found: "changes since:\n" + changes.map { "  \($0)\n" }.joined()
        + "so that samples it was trained on may be in the test split",
      remedy: "Bring the data back, or allow it with --allow-changes.")
  }
}

/// What the test split said of the chosen model.
private struct TestResult: Codable {
  var trial: Int
  var budget: Int
  /// Relative to the run directory.
  var checkpoint: String
  var samples: Int
  var metrics: [String: Double]
  /// When, in ISO 8601.
  var measured: String

  var text: String {
    let metrics = metrics.sorted { $0.key < $1.key }.map { "\($0) \(scoreText($1))" }.joined(separator: ", ")
    return "trial \(trial) at \(budget): \(metrics) on \(samples) test samples, measured \(measured)"
  }
}
