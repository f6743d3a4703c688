import Foundation
import Search
import Tuner

/// Rank 0's part of a run: the lock on the run directory, the controller as the journal left it, and the
/// loop.
struct ControllerSession: ~Copyable {
  /// How long before the end of the allocation saving begins: a step, a checkpoint and a slow file system fit
  /// in.
  static let secondsToSave = 60.0

  let study: Study
  let directory: RunDirectory
  private let lock: RunLock
  private let controller: Controller
  private let contents: JournalContents?
  private let stopTime: Double?

  /// - Parameter stopTime: seconds since 1970 at which to save and end; nil for never.
  init(_ start: StartMessage, allowingChanges: Bool, stopAt stopTime: Double?) throws(TunerError) {
    let directory = RunDirectory(path: start.runDirectory)
    let lock = try RunLock(of: directory.path, for: .current())
    var contents = try JournalContents.read(directory.journal)
    if let found = contents, let failed = found.finalSummary, failed.hasFailed {
      let kept = try found.setAside()
      printError(
        "tuner-mpi: none of the \(failed.trials) trials of this study succeeded: it begins anew; what failed is kept in "
          + kept)
      contents = nil
    }
    let controller = try Controller(start.study, after: contents, allowingChanges: allowingChanges)
    // Only now: a study that was refused must not replace the copy of the one that ran.
    try directory.write(start.experiment, to: directory.study)
    self.study = start.study
    self.directory = directory
    self.lock = lock
    self.controller = controller
    self.contents = contents
    self.stopTime = stopTime
  }

  /// Runs until the study or the time is over.
  func run(on cluster: inout some Cluster & ~Copyable) throws -> RunResult {
    var controller = controller
    var journal = try Journal(at: directory.journal, in: directory.path, after: contents)
    let progress = ProgressReport(study)
    let stopTime = stopTime
    defer { progress.finish() }
    do throws(TunerError) {
      return try Tuner.run(
        &controller, on: &cluster, recording: &journal,
        RunOptions(
          program: TunerMPI.version,
          stopRequest: {
            if let name = StopSignals.name { return .signal(name) }
            if let stopTime, Date().timeIntervalSince1970 >= stopTime { return .deadline }
            return nil
          },
          observe: progress.take))
    } catch {
      journal.note(error, at: cluster.now)
      throw error
    }
  }

  /// Writes the page and the table of what the journal tells of all sessions so far.
  func writeViews() throws(TunerError) {
    if let contents = try JournalContents.read(directory.journal) { try directory.writeViews(of: contents) }
  }

  /// Replaces `population.h5`.
  var savePopulation: @Sendable (Population) throws(TunerError) -> Void {
    let (study, path) = (study, directory.population)
    return { population throws(TunerError) in
      try PopulationFile.write(
        population, of: study.name, objective: study.objective, budgetUnit: study.budgetUnit.rawValue,
        to: path)
    }
  }
}

extension RunLock.Owner {
  static func current() -> Self {
    let environment = ProcessInfo.processInfo.environment
    return Self(
      host: ProcessInfo.processInfo.hostName, process: getpid(), batchJob: environment["SLURM_JOB_ID"] ?? "")
  }
}
