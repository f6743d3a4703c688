import Foundation
import MPI
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
  private let journalEnd: JournalContents.End?
  /// Sessions before this one.
  let number: Int
  private let experiment: String
  private let stopTime: Deadline?
  private let progress: ProgressReport
  /// With a full disk: of the journal, and of `population.h5`.
  private let patience: DiskPatience
  private let populationPatience: DiskPatience

  /// - Parameters:
  ///   - read: the journal as it was before the run directory was locked; read again only if it has grown.
  ///   - fromCheckpoints: where the journal is lost or damaged, begins a study with what is left.
  ///   - mode: what is said meanwhile; nil for what suits the place.
  ///   - stopTime: when to save and end; nil for never.
  init(
    _ start: StartMessage, after read: consuming JournalContents?, allowingChanges: Bool,
    fromCheckpoints: Bool, progress mode: ProgressMode?, stopAt stopTime: Deadline?
  ) throws(TunerError) {
    let directory = RunDirectory(path: start.runDirectory)
    let lock = try RunLock(of: directory.path, for: .current())
    var study = start.study
    let found =
      read?.isNewest == true ? read : try directory.journalContents(fromCheckpoints: fromCheckpoints)
    if let found, found.isSimulated {
      throw TunerError(
        .usage, subject: directory.journal, expected: "the journal of a run", found: "that of a simulation",
        remedy: "Choose another run directory by --run-directory.")
    }
    let failed = found?.finalSummary.flatMap { $0.hasFailed ? $0 : nil }
    let contents = failed == nil ? found : nil
    if fromCheckpoints, contents?.lines.isEmpty ?? true {
      let rescue = try Rescue(of: directory.path, for: study)
      printError("tuner-mpi: \(directory.path): \(rescue.text(study.objective))")
      study.rescued = rescue.configurations.isEmpty ? nil : rescue.configurations
    }
    study.takeRescued(recordedIn: contents)
    let progress = try ProgressReport(study, mode)
    let controller = try Controller(study, after: contents, allowingChanges: allowingChanges) {
      line throws(TunerError) in try progress.recall(line)
    }
    if let failed, let kept = try found?.setAside() {
      printError(
        "tuner-mpi: none of the \(failed.trials) trials of this study succeeded: it begins anew; what failed is kept in "
          + kept)
    }
    for job in controller.suspects {
      printError(
        "tuner-mpi: \(job.trial) was at work each time when the program ended without a word: its \(job.id) runs alone"
      )
    }
    progress.begin()
    self.progress = progress
    self.study = study
    experiment =
      Self.history(of: controller.versions(after: contents, now: Date().timeIntervalSince1970))
      + start.experiment
    self.directory = directory
    self.lock = lock
    self.controller = controller
    journalEnd = contents?.end
    number = contents?.sessions ?? 0
    self.stopTime = stopTime
    let isOver: @Sendable () -> Bool = { StopSignals.name != nil || stopTime?.hasPassed == true }
    patience = DiskPatience(warn: { printError("tuner-mpi: \($0)") }, until: isOver)
    populationPatience = DiskPatience(warn: { printError("tuner-mpi: \($0)") }, until: isOver)
  }

  /// What `study.yaml` says of the versions before it, in comments; empty where there are none.
  private static func history(of versions: [StudyVersion]) -> String {
    guard versions.count > 1 else { return "" }
    let lines = versions.map { version in
      let date = Date(timeIntervalSince1970: version.began).formatted(.iso8601)
      let changes = version.changes.isEmpty ? "as it began" : version.changes.joined(separator: "; ")
      return "#   \(version.number) from \(date): \(changes.split(separator: "\n").joined(separator: " "))\n"
    }
    return
      "# Version \(versions.count) of this study. Under which version a job was trained, trials.csv says.\n"
      + lines.joined() + "\n"
  }

  /// Runs until the study or the time is over.
  ///
  /// - Parameter samples: of the study's data, where it is known.
  func run(on cluster: inout some Cluster & ~Copyable, samples: SampleCounts?) throws -> RunResult {
    var controller = controller
    // Loading the data may have taken long.
    try lock.directory.check()
    var journal = try Journal(at: directory.journal, in: directory.path, after: journalEnd)
    journal.whenFull = { [patience] in patience.wait(because: $0) }
    let progress = progress
    let (stopTime, place, experiment) = (stopTime, lock.directory, experiment)
    var isStudyWritten = false
    defer { progress.finish() }
    do throws(TunerError) {
      return try Tuner.run(
        &controller, on: &cluster, recording: &journal,
        RunOptions(
          program: TunerMPI.version, samples: samples,
          stopRequest: {
            if let name = StopSignals.name { return .signal(name) }
            return stopTime?.hasPassed == true ? .deadline : nil
          },
          checkPlace: { () throws(TunerError) in try place.check() },
          observe: { [patience] batch throws(TunerError) in
            if !batch.records.isEmpty { patience.succeeded() }
            // Not before the journal has its first line: without one it would be taken for a lost run's.
            if !isStudyWritten {
              try place.change { anchor throws(TunerError) in
                let directory = RunDirectory(path: anchor)
                try directory.write(experiment, to: directory.study)
              }
            }
            isStudyWritten = true
            try progress.take(batch)
          }))
    } catch {
      journal.note(error, at: cluster.now)
      throw error
    }
  }

  /// Writes the page and the table of what the journal tells of all sessions so far.
  func writeViews() throws(TunerError) {
    guard let contents = try JournalContents.read(directory.journal) else { return }
    let name = directory.path
    try lock.directory.change { anchor throws(TunerError) in
      try RunDirectory(path: anchor).writeViews(of: contents, knownAs: name)
    }
  }

  /// Replaces `population.h5`.
  var savePopulation: @Sendable (Population) throws(TunerError) -> Void {
    let (study, place, patience) = (study, lock.directory, populationPatience)
    return { population throws(TunerError) in
      try place.change { anchor throws(TunerError) in
        try PopulationFile.write(
          population, of: study.name, objective: study.objective, budgetUnit: study.budgetUnit.rawValue,
          to: RunDirectory(path: anchor).population, whenFull: { patience.wait(because: place.told($0)) })
        patience.succeeded()
      }
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
