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
      The controller and the journal are the real ones; training is a function: learning curves of the shape of a power \
      law towards an asymptote that depends on the configuration, with noise, and durations that vary.
      """)

  @OptionGroup var experiment: ExperimentArgument

  @Option(help: "Virtual worker groups.")
  var workers = 64

  @Option(help: "Virtual seconds of work for a unit of budget.")
  var secondsPerBudget = 60.0

  @Option(help: "Writes the journal to this file instead of keeping it in memory. A journal that is there is continued.")
  var journal: String?

  func validate() throws {
    guard workers >= 1 else { throw ValidationError("--workers: expected at least 1, found \(workers)") }
    guard secondsPerBudget > 0, secondsPerBudget.isFinite else {
      throw ValidationError("--seconds-per-budget: expected a number above 0, found \(secondsPerBudget)")
    }
  }

  func run() throws {
    try reporting {
      let experiment = try experiment.load()
      let study = Study(experiment)
      var cluster = SimulatedCluster(
        study, groups: workers,
        training: .learningCurves(
          over: study.space, study.objective, seed: study.seed, secondsPerBudget: secondsPerBudget))
      let contents = try journal.flatMap { try JournalContents.read($0) }
      var controller = try Controller(study, after: contents)
      var journal = try openJournal(after: contents)
      let start = ContinuousClock.now
      let result = try Tuner.run(
        &controller, on: &cluster, recording: &journal, RunOptions(program: TunerMPI.version))
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      describe(result, of: experiment, realSeconds: seconds)
    }
  }

  private func openJournal(after contents: JournalContents?) throws -> Journal {
    guard let journal else { return try Journal(inMemoryAfter: []) }
    let directory = URL(fileURLWithPath: journal).deletingLastPathComponent().path
    // A simulation can be repeated: its journal need not outlive the machine.
    return try Journal(at: journal, in: directory, after: contents, durability: .operatingSystem)
  }

  private func describe(_ result: RunResult, of experiment: Experiment, realSeconds: Double) {
    let summary = result.summary
    print("\(experiment.study) on \(workers) virtual workers")
    print("  trials        \(summary.trials), of which \(summary.failedTrials) failed; \(summary.jobs) jobs")
    print("  virtual time  \(duration(result.seconds))")
    print(
      String(
        format: "  utilization   %.1f%% of the workers' time until the last new trial began, %.1f%% until the last job",
        100 * result.utilizationUntilLastTrial, 100 * result.utilization))
    if let best = summary.best {
      print("  best          \(experiment.objective.metric) \(String(format: "%.4f", best.score)), \(best.trial)")
    }
    print(
      "  real time     \(String(format: "%.2f s, %.1f microseconds a job", realSeconds, 1e6 * realSeconds / Double(max(1, summary.jobs))))")
  }
}

/// Seconds as a person reads them: `41 s`, `12 min 3 s`, `3 h 5 min`, `2 d 4 h`.
func duration(_ seconds: Double) -> String {
  let whole = Int(seconds.rounded())
  return switch whole {
  case ..<60: "\(whole) s"
  case ..<3600: "\(whole / 60) min \(whole % 60) s"
  case ..<86_400: "\(whole / 3600) h \(whole % 3600 / 60) min"
  default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
  }
}
