import ArgumentParser
import Experiments
import Foundation
import Search
import Tuner

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs the same study on virtual ranks: a cluster's week in seconds.",
    discussion: """
      The controller and the journal are the real ones. Training is a function, learning curves of the shape of a power \
      law towards an asymptote that depends on the configuration, with noise; or, with --table, learning curves that \
      were measured (docs/simulation.md).
      """)

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "Virtual worker groups.")
  var workers = 64

  @Option(help: "Virtual seconds of work for a unit of budget.")
  var secondsPerBudget = 60.0

  @Option(
    help: "The landscape of the learning curves: \(names(VirtualFunction.self)).",
    completion: .names(of: VirtualFunction.self), transform: { try named($0) })
  var function: VirtualFunction = .bowl

  @Option(
    help: ArgumentHelp(
      "Measured learning curves instead: CSV or HDF5, a column for each parameter, for budget and for the metric.",
      valueName: "file"),
    completion: .file(extensions: ["csv", "h5", "hdf5"]))
  var table: String?

  @Option(
    help: ArgumentHelp(
      "How durations vary: constant, lognormal:SIGMA or pareto:ALPHA (default lognormal:0.25; with --table constant).",
      valueName: "distribution"),
    transform: { try distribution($0) })
  var durations: VirtualDurations.Distribution?

  @Option(
    help: ArgumentHelp(
      "This share of the jobs takes so many times as long, such as 0.01:10.", valueName: "share:factor"),
    transform: { try Stragglers($0) })
  var stragglers = Stragglers()

  @Option(help: ArgumentHelp("This share of the jobs kills its group of ranks.", valueName: "share"))
  var deaths = 0.0

  @Option(
    help:
      "Writes the journal to this file instead of keeping it in memory. A journal that is there is continued.",
    completion: .file()
  )
  var journal: String?

  @Option(
    help: "What is said meanwhile: \(names(ProgressMode.self)) (default: none).",
    completion: .names(of: ProgressMode.self), transform: { try named($0) }
  )
  var progress = ProgressMode.none

  func validate() throws {
    try experiment.validate()
    try requireNumber(workers, for: "--workers", in: 1...1_000_000)
    try requireNumber(secondsPerBudget, for: "--seconds-per-budget", above: 0, through: 1e9)
    if let table { try requirePath(table, for: "--table") }
    if let journal { try requirePath(journal, for: "--journal") }
    guard deaths >= 0, deaths <= 1 else {
      throw ValidationError("--deaths: expected a share from 0 to 1, found \(deaths)")
    }
  }

  func run() throws {
    try reporting {
      let experiment = try experiment.load()
      try requireVirtualRanks(experiment.resources.ranksPerTrial)
      var study = Study(experiment)
      let contents = try journal.flatMap { try JournalContents.read($0) }
      try refuseRun(contents)
      try study.readEarlierStudies(recordedIn: contents)
      if let table, journal != nil { study.inputs = [table: try InputFile(at: table)] }
      var cluster = SimulatedCluster(study, groups: workers, training: try training(of: study))
      let report = try ProgressReport(study, progress, clock: duration)
      var controller = try Controller(study, after: contents) { line throws(TunerError) in
        try report.recall(line)
      }
      var journal = try openJournal(after: contents)
      report.begin()
      defer { report.finish() }
      let start = (ContinuousClock.now, clock())
      let result = try Tuner.run(
        &controller, on: &cluster, recording: &journal,
        RunOptions(
          program: TunerMPI.version, isSimulated: true,
          observe: { batch throws(TunerError) in try report.take(batch) }))
      report.finish()
      let realSeconds = (ContinuousClock.now - start.0) / .seconds(1)
      let processorSeconds = Double(clock() - start.1) / Double(CLOCKS_PER_SEC)
      describe(result, of: experiment, realSeconds, processorSeconds)
    }
  }

  /// Every virtual rank takes a little memory.
  private func requireVirtualRanks(_ ranksPerTrial: Int) throws {
    let most = 10_000_000
    guard ranksPerTrial <= most / workers else {
      throw TunerError(
        .usage, subject: "--workers", expected: "at most \(most) virtual ranks",
        found: "\(workers) groups of \(ranksPerTrial)",
        remedy: "Lower --workers or resources.ranks_per_trial.")
    }
  }

  /// A run's journal is not for made-up results. An earlier version marked none as a simulation's.
  private func refuseRun(_ contents: JournalContents?) throws(TunerError) {
    guard let contents, !contents.lines.isEmpty, !contents.isSimulated else { return }
    let study = RunDirectory(path: URL(fileURLWithPath: contents.path).deletingLastPathComponent().path).study
    guard FileManager.default.fileExists(atPath: study) else { return }
    throw TunerError(
      .usage, subject: contents.path, expected: "the journal of a simulation", found: "that of a run",
      remedy: "Give --journal another file.")
  }

  private func training(of study: Study) throws -> VirtualTraining {
    let standard: VirtualDurations.Distribution = table == nil ? .logNormal(sigma: 0.25) : .constant
    let durations = VirtualDurations(
      durations ?? standard, stragglerShare: stragglers.share, stragglerFactor: stragglers.factor,
      deathShare: deaths)
    guard let table else {
      return .learningCurves(
        over: study.space, study.objective, seed: study.seed, function: function,
        secondsPerBudget: secondsPerBudget,
        durations: durations)
    }
    let curves = try CurveTable(TableColumns.read(table), space: study.space, objective: study.objective)
    return .table(curves, secondsPerBudget: secondsPerBudget, durations: durations)
  }

  private func openJournal(after contents: JournalContents?) throws -> Journal {
    guard let journal else { return try Journal(inMemoryAfter: []) }
    let directory = URL(fileURLWithPath: journal).deletingLastPathComponent().path
    // A simulation can be repeated: its journal need not outlive the machine.
    return try Journal(at: journal, in: directory, after: contents?.end, durability: .operatingSystem)
  }

  private func describe(
    _ result: RunResult, of experiment: Experiment, _ realSeconds: Double, _ processorSeconds: Double
  ) {
    let summary = result.summary
    print("\(experiment.study) simulated on \(workers) virtual workers")
    print("  trials        \(summary.trials), of which \(summary.failedTrials) failed; \(summary.jobs) jobs")
    print("  virtual time  \(duration(result.seconds))")
    print(
      String(
        format:
          "  utilization   %.1f%% of the workers' time until the last new trial began, %.1f%% until the last job",
        100 * result.utilizationUntilLastTrial, 100 * result.utilization))
    if let limits = summary.best?.limitsText { print("  limits        \(limits)") }
    if let best = summary.best {
      print(
        "  best          \(experiment.objective.metric) \(String(format: "%.4f", best.score)), \(best.trial)\(summary.baseline?.comparison(of: best.score) ?? "")"
      )
    }
    for member in summary.front ?? [] { print("  front         \(member.text)") }
    // Of processor time, so that the figure means something on a machine with other work.
    print(
      String(
        format: "  real time     %.2f s, %.1f microseconds of the processor a job", realSeconds,
        1e6 * processorSeconds / Double(max(1, summary.jobs))))
  }
}

/// Seconds as a person reads them: `41 s`, `12 min 3 s`, `3 h 5 min`, `2 d 4 h`.
func duration(_ seconds: Double) -> String {
  // Virtual years add up to more seconds than an integer holds.
  let whole = Int(min(seconds.rounded(), 1e15))
  return switch whole {
  case ..<60: "\(whole) s"
  case ..<3600: "\(whole / 60) min \(whole % 60) s"
  case ..<86_400: "\(whole / 3600) h \(whole % 3600 / 60) min"
  default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
  }
}

/// A share of the jobs, and how many times as long they take.
struct Stragglers {
  var share = 0.0
  var factor = 1.0

  init() {}

  /// `0.01:10`.
  init(_ text: String) throws {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard numbers.count == 2, let share = numbers[0], let factor = numbers[1], (0...1).contains(share),
      factor > 0, factor <= 1e9
    else {
      throw ValidationError(
        "expected a share from 0 to 1 and a factor above 0 and at most 1e9, such as 0.01:10, found \(text)")
    }
    self.share = share
    self.factor = factor
  }
}

/// `constant`, `lognormal:1`, `pareto:1.5`.
private func distribution(_ text: String) throws -> VirtualDurations.Distribution {
  let parts = text.split(separator: ":", omittingEmptySubsequences: false)
  let number = parts.count == 2 ? Double(parts[1]).flatMap { $0.isFinite ? $0 : nil } : nil
  switch (parts.first, number) {
  case ("constant", nil) where parts.count == 1: return .constant
  case ("lognormal", let sigma?) where (0...100).contains(sigma): return .logNormal(sigma: sigma)
  case ("pareto", let alpha?) where (0.01...1000).contains(alpha): return .pareto(alpha: alpha)
  default:
    throw ValidationError(
      "expected constant, lognormal:SIGMA or pareto:ALPHA, with SIGMA from 0 to 100 and ALPHA from 0.01 to 1000, such as lognormal:1, found \(text)"
    )
  }
}
