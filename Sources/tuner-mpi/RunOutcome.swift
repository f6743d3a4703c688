import Foundation
import Search
import Tuner

/// What a run says when it ends: for people, and as one JSON object for programs.
struct RunOutcome {
  let result: RunResult
  let study: Study
  let directory: RunDirectory
  /// The configurations of the best member's lineage, in the order of its budgets.
  let schedule: [ScheduledConfiguration]
  /// Why most failed jobs failed.
  private let commonFailure: (reason: String, jobs: Int)?
  private let samples: SampleCounts?

  init(_ result: RunResult, session: borrowing ControllerSession) throws(TunerError) {
    self.result = result
    study = session.study
    directory = session.directory
    let history = try JournalContents.read(directory.journal).map { contents throws(TunerError) in
      try History(contents)
    }
    commonFailure = history?.commonFailure
    samples = history?.samples
    schedule = result.summary.best.flatMap { history?.schedule(of: $0.trial, at: $0.budget) } ?? []
  }

  private let invocation = Invocation(environment: ProcessInfo.processInfo.environment)

  var text: String {
    let summary = result.summary
    let unit = study.budgetName
    var lines: [String] = []
    let ending =
      switch summary.ending {
      case .finished: result.summary.hasFailed ? "failed: no trial succeeded" : "finished"
      case .unfinished(let reason): "saved, unfinished: \(reason)"
      }
    lines.append("\(study.name) \(ending)")
    lines.append(
      "  trials     \(summary.trials), \(summary.failedTrials) failed; \(summary.jobs) jobs in "
        + "\(duration(result.seconds)), groups \(Int((100 * result.utilization).rounded()))% at work")
    if let best = summary.best {
      if let limits = best.limitsText { lines.append("  limits     \(limits)") }
      let comparison = summary.baseline?.comparison(of: best.score) ?? ""
      lines.append(
        "  best       \(best.trial): \(study.objective.metric) \(best.measured.text)\(precision(of: best)) "
          + "at \(best.budget) \(unit)\(comparison)")
      if let tied = best.tied {
        lines.append(
          "  ties       \(tied) states have this score; the dev loss, or else the order in time, decided")
      }
      for span in schedule {
        lines.append("  schedule   \(span.start)-\(span.end) \(unit): \(span.configuration.text)")
      }
      lines += edges(of: best.configuration).map { "  edge       \($0)" }
      let weights = "\(directory.path)/\(best.checkpoint)"
      let isThere = FileManager.default.fileExists(atPath: weights)
      lines.append(
        "  weights    \(ShellWords.quoted(weights))\(isThere ? "" : ", which is not there any more")")
      for member in summary.front ?? [] { lines.append("  front      \(member.text)") }
    } else {
      lines.append("  best       none: no job has reached its target")
      if let commonFailure {
        lines.append("  failures   \(commonFailure.jobs) jobs: \(commonFailure.reason)")
      }
    }
    lines.append("  report     \(invocation.command("report", directory.path))")
    lines += nextSteps
    return lines.flatMap(Self.folded).joined(separator: "\n")
  }

  /// Where the error is from: ` (the mean of 3 seeds)`, ` (of 1000 dev samples)`; nothing where it is not known.
  private func precision(of best: RunSummary.Best) -> String {
    if best.standardError != nil { return " (the mean of \(study.replication.count) \(study.replicateName))" }
    guard best.samplingError != nil, let samples else { return "" }
    return " (of \(samples.dev) dev samples)"
  }

  private var nextSteps: [String] {
    guard case .finished = result.summary.ending else { return ["  resume     \(invocation.again)"] }
    if result.summary.hasFailed { return ["  again      \(invocation.again)"] }
    let extent = study.scheduler.extent
    // A program has its own data.
    let test = study.trainee.training == nil ? [] : [invocation.command("test", directory.path)]
    return test.map { "  test       \($0)" } + [
      "  extend     "
        + invocation.again(setting: "search.scheduler.\(extent.option)", to: "\(2 * extent.value)")
    ]
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let best = result.summary.best.map {
      Summary.Best(
        trial: $0.trial.rawValue, score: $0.score, standard_error: $0.measured.error,
        configuration: $0.configuration,
        checkpoint: "\(directory.path)/\($0.checkpoint)", keeps_limits: $0.brokenLimits?.isEmpty,
        violations: $0.brokenLimits.map { broken in
          Dictionary(uniqueKeysWithValues: broken.map { ($0.limit.metric, $0.violation) })
        })
    }
    let summary = Summary(
      study: study.name, best: best, trials: result.summary.trials, wall_seconds: result.seconds,
      utilization: result.utilization, run_directory: directory.path)
    return String(decoding: try encoder.encode(summary), as: UTF8.self)
  }

  /// The keys are the interface.
  private struct Summary: Encodable {
    struct Best: Encodable {
      var trial: Int
      var score: Double
      /// Over the replicates' seeds, or else over other samples of the dev split's kind; left out where it is not known.
      var standard_error: Double?
      var configuration: Configuration
      var checkpoint: String
      /// In a study with limits alone, as the next.
      var keeps_limits: Bool?
      /// Of the limits that it breaks, by metric; each as a share of its bound.
      var violations: [String: Double]?
    }
    var study: String
    var best: Best?
    var trials: Int
    var wall_seconds: Double
    var utilization: Double
    var run_directory: String
  }
}

extension Configuration {
  /// `batch_size 64, learning_rate 0.0123`.
  var text: String {
    values.sorted { $0.key < $1.key }.map { name, value in
      switch value {
      case .number(let number): "\(name) \(String(format: "%.4g", number))"
      case .text(let text): "\(name) \(text)"
      }
    }.joined(separator: ", ")
  }
}
