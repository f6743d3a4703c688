import ArgumentParser
import Experiments
import Foundation
import JSON
import MPI
import Search
import Training
import Tuner

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Measures the study's best model on the test split, which nothing has seen.",
    discussion: """
      The split is opened once, when the study is finished, for the model that it chose; the run directory records the \
      result in test.json, and asking again repeats it. When the study has been extended and another model won, that one is \
      measured, and the record says how often the split has been opened. When no trial keeps the study's limits, the result says so. Under \
      mpirun the ranks measure it together. Behind each metric stands the interval in which it lies with 95 %, by the \
      bootstrap over the test samples.
      """)

  @Argument(help: "The run directory.", completion: .directory)
  var directory: String

  @Flag(help: "Tests although the data is not what the model was trained on.")
  var allowChanges = false

  func run() throws {
    try reporting {
      let directory = RunDirectory(path: directory)
      let mpi = try MPIEnvironment(requiring: .serialized)
      let isRoot = mpi.world.isRoot
      let known: TestResult? = try alike(on: mpi.world) {
        try directory.checkIsDirectory()
        return isRoot ? try stillTrue(directory.testResult(), in: directory) : nil
      }
      // The root decides: another host may see the directory as it was.
      let isKnown = try mpi.world.broadcastBytes(isRoot ? [known == nil ? 0 : 1] : nil) == [1]
      if isKnown && !isRoot { return }
      let result = try known ?? measure(in: directory, on: mpi.world)
      guard isRoot else { return }
      if let limits = result.limits { printError("tuner-mpi: warning: \(limits)") }
      print(result.text)
    }
  }

  /// Reads the same on every rank, and goes on only if all could. Collective.
  private func alike<Result>(on world: borrowing Communicator, _ body: () throws -> Result) throws -> Result {
    let result = Swift.Result { try body() }
    let failure: [UInt8]? = if case .failure = result { [] } else { nil }
    if let failed = try world.firstFailure(failure), failed.rank != world.rank {
      // That rank says it.
      if case .failure(let error) = result { throw tuner_mpi.exitCode(of: error) }
      throw Exit.system
    }
    return try result.get()
  }

  /// What is to be tested, as the run directory has it.
  private func chosen(in directory: RunDirectory) throws -> ChosenModel {
    try directory.requireRun()
    let status = try RunStatus(journalAt: directory.journal)
    if case .damaged(let error) = status { throw error }
    guard case .finished(let summary, _) = status, let best = summary.best else {
      throw TunerError(
        .usage, subject: directory.path, expected: "a finished study with a best model", found: status.text,
        remedy: "Let the study end first: the test split is opened once, for the model that it chose.")
    }
    let study = Study(try directory.experiment())
    try refuseChangedSplit(best, study, directory)
    let checkpoint = try directory.checkpoint(
      best.checkpoint, of: best.trial, at: best.budget, best.configuration)
    guard let training = try study.trainee(for: best.configuration, at: best.budget).training else {
      throw TunerError(
        .usage, subject: directory.path, expected: "a study of a built-in model",
        found: "one of somebody else's code",
        remedy: "Test it with that code itself: the best state is \(best.checkpoint).")
    }
    return ChosenModel(study: study, best: best, training: training, checkpoint: checkpoint)
  }

  /// Collective.
  private func measure(in directory: RunDirectory, on world: borrowing Communicator) throws -> TestResult {
    let chosen: ChosenModel = try alike(on: world) { try self.chosen(in: directory) }
    let best = chosen.best
    let ranks = world.size
    try together(on: world) { () throws(TrainingError) in
      // A cooldown trains, on as many ranks as there are.
      guard chosen.training.cooldown.length > 0 else { return }
      if let problem = chosen.training.validate(ranksPerTrial: ranks).first { throw problem }
    }
    let trainees = try BuiltInTrainees(chosen.study, chosen.training, rootTrains: true, on: world)
    let found: (measurement: Training.Measurement, intervals: [String: ConfidenceInterval])
    do throws(TrainingError) {
      var trainer = try trainees.trainer(chosen.training, for: best.trial, on: world)
      try trainer.restore(world.isRoot ? chosen.checkpoint.snapshot : nil)
      found = try trainer.measureTestSplit(resamples: Self.resamples)
    } catch {
      throw everyRanks(error, on: world)
    }
    let result = TestResult(
      trial: best.trial.rawValue, budget: best.budget, checkpoint: best.checkpoint,
      samples: trainees.testSamples, metrics: found.measurement.metrics, intervals: found.intervals,
      measured: Date().formatted(.iso8601), limits: best.brokenLimits.flatMap(Self.warning),
      inputs: try chosen.study.dataFiles())
    guard world.isRoot else { return result }
    let recorded = result.following(try directory.testResult())
    try directory.write(recorded)
    if let contents = try JournalContents.read(directory.journal) { try directory.writeViews(of: contents) }
    return recorded
  }

  /// Sets of test samples that are drawn for the intervals.
  private static let resamples = 1_000

  /// Of a best model that breaks limits.
  private static func warning(of broken: [BrokenLimit]) -> String? {
    broken.isEmpty ? nil : "no trial keeps the limits: this is the \(broken.nameOfBest)"
  }

  /// What was measured of the best model, unless that was, by permission, on other data than the study's.
  private func stillTrue(_ result: TestResult?, in directory: RunDirectory) throws(TunerError) -> TestResult?
  {
    guard var result, let contents = try JournalContents.read(directory.journal) else { return result }
    if let best = contents.finalSummary?.best {
      guard let own = result.ofModel(best.checkpoint) else { return nil }
      result = own
    }
    let recorded = contents.recordedInputs
    let isOfOtherData = result.inputs?.contains { path, file in (recorded[path] ?? file) != file } ?? false
    return isOfOtherData && !allowChanges ? nil : result
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

/// The model that a study chose.
private struct ChosenModel {
  let study: Study
  let best: RunSummary.Best
  let training: TrainingConfiguration
  let checkpoint: Checkpoint
}
