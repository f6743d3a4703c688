import ArgumentParser
import Experiments
import Foundation
import MPI
import Search
import Training
import Tuner

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Starts a study, or goes on where its run directory stands.",
    discussion: """
      Under mpirun or srun rank 0 is the controller and the others train; alone, the program does both. Resuming takes \
      the same command, on the same number of ranks or another one.
      """)

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "Where the study is kept (default: runs/<study>).", completion: .directory)
  var runDirectory: String?

  @Flag(help: "Makes the last line of standard output a JSON object.")
  var json = false

  @Flag(help: "Goes on although the experiment is another one than the run directory's.")
  var allowChanges = false

  @Option(
    help: """
      Minutes until the allocation ends, where the batch system (Slurm, Flux, LSF, PBS) does not say: everything is \
      saved before.
      """)
  var walltime: Double?

  @Flag(
    help: """
      Where the journal is lost or damaged: keeps all that is there in a folder rescued-1, and begins a new \
      study with the best configurations of its checkpoints. Changes nothing where the journal is whole.
      """)
  var fromCheckpoints = false

  @Option(
    help: """
      What is said meanwhile: \(names(ProgressMode.self)) (default: live on a terminal, plain elsewhere).
      """,
    completion: .names(of: ProgressMode.self), transform: { try named($0) })
  var progress: ProgressMode?

  func validate() throws {
    try experiment.validate()
    if let runDirectory { try requirePath(runDirectory, for: "--run-directory") }
    if let walltime { try requireNumber(walltime, for: "--walltime", above: 0, through: 1e8) }
  }

  func run() throws {
    StopSignals.install()
    try reporting { try runOnRanks() }
  }

  /// The whole run, between the start of MPI and its end. Collective over all ranks.
  private func runOnRanks() throws {
    let mpi = try MPIEnvironment(requiring: threadLevel)
    let ranks = mpi.world.size
    try RankLayout.checkLauncher(worldSize: ranks, environment: ProcessInfo.processInfo.environment)
    let preparation = Preparation()
    let start = try StartMessage(sharedOver: mpi.world) { try prepare(preparation, ranks: ranks) }
    try start.study.withTrainees(
      logging: start.runDirectory, mpi, Run(command: self, start: start, preparation: preparation))
  }

  /// As far as this study's trainees need. Every rank reads the file for that, because MPI begins before rank 0 can
  /// tell; what is wrong with it, rank 0 says later.
  private var threadLevel: ThreadLevel { (try? experiment.load())?.trainee.threadLevel ?? .serialized }

  /// The run, of trainees of any kind.
  private struct Run: TraineeUse {
    let command: RunCommand
    let start: StartMessage
    let preparation: Preparation

    func callAsFunction<T: Trainee & ~Copyable>(
      _ trainees: TraineeSource<T>, _ mpi: borrowing MPIEnvironment
    ) throws {
      try command.run(start, preparation, with: trainees, mpi)
    }
  }

  private func run<T: Trainee & ~Copyable>(
    _ start: StartMessage, _ preparation: Preparation, with trainees: TraineeSource<T>,
    _ mpi: borrowing MPIEnvironment
  ) throws {
    let layout = try RankLayout(worldSize: mpi.world.size, ranksPerTrial: start.study.ranksPerTrial)
    let worker = WorkerOptions(
      start.study, runDirectory: start.runDirectory, warn: { printError("tuner-mpi: \($0)") })
    // The session belongs to what rank 0 prepares: when it is refused, no rank may wait for the controller.
    // Before it opens, nothing in the run directory has been touched.
    try StartMessage.onRoot(of: mpi.world) { try open(start, preparation, validating: trainees.problems) }
    guard let session = preparation.session.take() else {
      let departure = try Worker.run(
        on: mpi.world, layout, worker, making: trainees.make, renewing: trainees.renew)
      return try leave(departure, mpi)
    }
    let options = ClusterOptions(
      worker: worker, session: session.number, savePopulation: session.savePopulation)
    let result: RunResult
    if layout.isLocal {
      var cluster = try LocalCluster(on: mpi.world, options, making: trainees.make, renewing: trainees.renew)
      result = try session.run(on: &cluster, samples: trainees.samples)
      try say(result, session)
    } else {
      let concurrency = try StudyOutline(start.study).plan?.concurrency
      for warning in [layout.warning, concurrency.flatMap(layout.warning(concurrency:))] {
        if let warning { printError("tuner-mpi: \(warning)") }
      }
      let (outcome, isAnyRankLost, lost) = try control(mpi.world, layout, options, session, trainees.samples)
      // MPI can be finalized only by all ranks together.
      if isAnyRankLost {
        for process in lost { process.end() }
        let code = Self.exitCode(of: outcome)
        if code != 0 { Exit.note(ExitCode(code)) }
        try mpi.abort(code: code)
      }
      result = try outcome.get()
    }
    if result.summary.hasFailed { throw Exit.failed }
  }

  /// Rank 0's part among other ranks, which have saved and left, or are lost, when it returns.
  private func control(
    _ world: borrowing Communicator, _ layout: RankLayout, _ options: ClusterOptions,
    _ session: borrowing ControllerSession, _ samples: SampleCounts?
  ) throws -> (outcome: Result<RunResult, any Error>, isAnyRankLost: Bool, lost: [RankProcess]) {
    var cluster = try MPICluster(on: world, layout, options)
    do {
      let result = try session.run(on: &cluster, samples: samples)
      try say(result, session)
      return (.success(result), cluster.isAnyRankLost, cluster.lostProcesses)
    } catch {
      cluster.leave()
      return (.failure(error), cluster.isAnyRankLost, cluster.lostProcesses)
    }
  }

  /// The end of a rank that trains. MPI can be finalized only by all ranks together.
  private func leave(_ departure: Departure, _ mpi: borrowing MPIEnvironment) throws {
    switch departure {
    case .whole: return
    case .incomplete(let controller, let lost):
      // Others may still save, and rank 0 writes the report.
      let end = Deadline.seconds(Self.secondsToReport)
      while controller?.isVisible ?? true, !end.hasPassed { Thread.sleep(forTimeInterval: 0.1) }
      // Many a launcher ends all when one process ends by a signal: only when there is nothing left to lose.
      if let controller, !controller.isVisible { for process in lost { process.end() } }
      _exit(ExitCode.success.rawValue)
    case .orphaned(let error, let controller):
      printError("tuner-mpi: \(error)")
      controller?.end()
      Exit.note(Exit.system)
      try mpi.abort(code: Exit.system.rawValue)
      _exit(Exit.system.rawValue)
    }
  }

  private static var secondsToReport: Double { 300 }

  /// What rank 0 has found and made before the run; empty on the others.
  private final class Preparation {
    /// The journal, read once: it may be long.
    var contents: JournalContents?
    var session: ControllerSession?
  }

  /// What a run that cannot return ends with; says what went wrong.
  private static func exitCode(of outcome: Result<RunResult, any Error>) -> Int32 {
    do {
      try reporting { if try outcome.get().summary.hasFailed { throw Exit.failed } }
    } catch let code as ExitCode {
      return code.rawValue
    } catch {
      return ExitCode.failure.rawValue
    }
    return 0
  }

  /// Reads the experiment and the journal, on rank 0.
  private func prepare(_ preparation: Preparation, ranks: Int) throws -> StartMessage {
    var experiment = try experiment.load()
    _ = try RankLayout(worldSize: ranks, ranksPerTrial: experiment.resources.ranksPerTrial)
    let path = URL(fileURLWithPath: runDirectory ?? "runs/\(experiment.study)").path
    preparation.contents = try RunDirectory(path: path).journalContents(fromCheckpoints: fromCheckpoints)
    let population = try self.experiment.builtInPopulation(
      of: experiment, ranks: ranks, after: preparation.contents)
    if !population.isEmpty { experiment = try self.experiment.load(defaults: population) }
    var study = Study(experiment)
    try study.readEarlierStudies(recordedIn: preparation.contents)
    return StartMessage(study: study, experiment: experiment.resolved, runDirectory: path)
  }

  /// Begins the session, on rank 0, of a study that can be trained.
  private func open(
    _ start: StartMessage, _ preparation: Preparation, validating problems: () -> [TrainingError]
  ) throws {
    let contents = preparation.contents
    preparation.contents = nil
    do throws(StudyProblems) {
      try StudyProblems.refuse(problems())
    } catch {
      guard contents?.lines.isEmpty == false else { throw error }
      // What an earlier version has begun may propose what this one refuses: those trials alone fail.
      printError("tuner-mpi: \(error) Such trials fail; the study goes on, because it has begun.")
    }
    try RunDirectory(path: start.runDirectory).create()
    var start = start
    try start.study.noteInputs(recordedIn: contents)
    preparation.session = try ControllerSession(
      start, after: contents, allowingChanges: allowChanges, fromCheckpoints: fromCheckpoints,
      progress: progress, stopAt: stopTime)
  }

  /// When saving begins; nil when the end of the allocation is not known.
  private var stopTime: Deadline? {
    let left =
      walltime.map { 60 * $0 } ?? Allocation(environment: ProcessInfo.processInfo.environment).secondsLeft()
    return left.map { .seconds($0 - ControllerSession.secondsToSave) }
  }

  private func say(_ result: RunResult, _ session: borrowing ControllerSession) throws {
    // What was found is said also where the report has no room: `report` makes it at any time.
    let views = Result { try session.writeViews() }
    let outcome = try RunOutcome(result, session: session)
    print(outcome.text)
    if json { print(try outcome.json()) }
    try views.get()
  }
}
