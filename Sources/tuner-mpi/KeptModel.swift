import Experiments
import Exports
import Foundation
import JSON
import Search
import Training
import Tuner

/// A model whose weights a run directory has.
struct KeptModel {
  let study: Study
  let trial: TrialID
  let training: TrainingConfiguration
  let checkpoint: Checkpoint

  /// - Parameter wanted: nil for the winner.
  init(_ wanted: TrialID?, of contents: JournalContents, in directory: RunDirectory) throws {
    let place = try Place(wanted, of: contents, in: directory)
    trial = place.trial
    study = Study(try directory.experiment())
    let changes = try contents.splitChanges(since: place.trial, at: place.budget, readingDataOf: study)
    guard changes.isEmpty else {
      throw TunerError(
        .usage, subject: directory.path, expected: "the data that \(place.trial) was trained on",
        found: "changes since:\n" + changes.map { "  \($0)\n" }.joined()
          + "so that its samples would be prepared in another way",
        remedy: "Bring the data back.")
    }
    checkpoint = try directory.checkpoint(
      place.checkpoint, of: place.trial, at: place.budget, place.configuration)
    guard let training = try study.trainee(for: place.configuration, at: place.budget).training else {
      throw TunerError(
        .usage, subject: directory.path, expected: "a study of a built-in model",
        found: "one of somebody else's code",
        remedy: "Take the state as that code saved it: \(place.checkpoint).")
    }
    self.training = training
  }

  /// What a file tells of where its model comes from.
  var origin: [String: JSONValue] {
    let metadata = checkpoint.metadata
    let metrics = metadata.measurements.last?.metrics ?? [:]
    return [
      "study": .text(metadata.study), "trial": .integer(metadata.trial), "budget": .integer(metadata.target),
      "budget_unit": .text(metadata.budgetUnit.rawValue),
      "metrics": .object(metrics.mapValues { .number($0) }),
    ]
  }

  /// Which checkpoint it is.
  private struct Place {
    let trial: TrialID
    let budget: Int
    let configuration: Configuration
    let checkpoint: String

    init(_ wanted: TrialID?, of contents: JournalContents, in directory: RunDirectory) throws(TunerError) {
      if wanted == nil, let best = contents.finalSummary?.best {
        (trial, budget, configuration, checkpoint) = (
          best.trial, best.budget, best.configuration, best.checkpoint
        )
        return
      }
      let study = try ExportedStudy(contents)
      let best = study.history.best?.job
      let job = study.jobs.last { job in
        guard job.checkpoint != nil else { return false }
        return wanted.map { $0 == job.segment.job.trial } ?? (job.segment.job.id == best)
      }
      guard let job, let path = job.checkpoint else {
        throw TunerError(
          .usage, subject: directory.path,
          expected: wanted.map { "a state that \($0) reached" } ?? "a trial that reached its target",
          found: "none among \(study.history.trials.count) trials",
          remedy: wanted == nil ? "Go on with the study." : "Name a trial of trials.csv that has a score.")
      }
      (trial, budget, configuration) = (
        job.segment.job.trial, job.segment.job.target, job.segment.job.configuration
      )
      checkpoint = path
    }
  }
}

extension RunDirectory {
  /// The experiment as it ran; what is wrong with that copy is damage.
  func experiment() throws -> Experiment {
    do {
      return try Experiment(path: study)
    } catch {
      throw TunerError(
        .damaged, subject: study, expected: "the experiment as it ran", found: "\(error)",
        remedy: "The command that runs the study writes it again, even where the study is finished.")
    }
  }

  /// A checkpoint, if it is what it should be.
  ///
  /// - Parameter relative: its path from here.
  func checkpoint(
    _ relative: String, of trial: TrialID, at budget: Int, _ expected: Configuration
  ) throws -> Checkpoint {
    let file = "\(path)/\(relative)"
    let checkpoint = try checkpoint(at: file, of: trial)
    let metadata = checkpoint.metadata
    let configuration = Configuration(metadata.configuration.mapValues { ParameterValue($0) })
    guard metadata.trial == trial.rawValue, metadata.target == budget, configuration == expected else {
      throw TunerError(
        .damaged, subject: file, expected: "\(trial) at \(budget), \(expected.text)",
        found: "trial \(metadata.trial) at \(metadata.target), \(configuration.text)",
        remedy: "Restore it from a copy of the run directory.")
    }
    return checkpoint
  }

  private func checkpoint(at file: String, of trial: TrialID) throws -> Checkpoint {
    guard FileManager.default.fileExists(atPath: file) else {
      throw TunerError(
        .damaged, subject: file, expected: "the checkpoint of \(trial)", found: "no such file",
        remedy: "Restore it from a copy of the run directory. A study keeps those of its first three trials.")
    }
    do throws(TrainingError) {
      return try CheckpointFile.read(file)
    } catch .data(let place, let expected, let found, _) {
      throw TunerError(
        .damaged, subject: place, expected: expected, found: found,
        remedy: "Restore it from a copy of the run directory.")
    }
  }
}
