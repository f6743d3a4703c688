import Foundation
import Search
import Tuner

/// What rank 0 says on standard error while a study runs: a live line on a terminal, a plain line a minute in
/// a batch log, and a line for every exploit, failure and change of sampler in both.
final class ProgressReport {
  private let study: Study
  private var unit: String { study.budgetName }
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private var lastLine = 0.0
  /// Forks whose effective hyperparameters have not come back yet.
  private var forks: [JobID: JobRecord] = [:]
  /// Jobs at work or waiting, by number: outcomes name only the job.
  private var jobs: [JobID: Job] = [:]
  /// Why the sampler proposes as it does, as it was last said.
  private var rationale: String?

  init(_ study: Study) { self.study = study }

  func take(_ progress: RunProgress) {
    for record in progress.records { take(record) }
    if let reason = progress.rationale, reason != rationale { say("sampler: \(reason)") }
    rationale = progress.rationale ?? rationale
    let interval = isTerminal ? 0.2 : 60
    guard progress.seconds - lastLine >= interval else { return }
    lastLine = progress.seconds
    say(line(progress), isLive: true)
  }

  /// Ends the live line.
  func finish() {
    if isTerminal { StandardStreams.talk("\r\u{1B}[K") }
  }

  private func line(_ progress: RunProgress) -> String {
    var parts = ["\(study.name)  \(progress.summary.jobs) jobs"]
    if let best = progress.summary.best {
      let title = (best.brokenLimits ?? []).titleOfBest
      parts.append("\(title) \(study.objective.metric) \(scoreText(best.score)) (\(best.trial))")
    }
    parts.append("\(progress.busyGroups)/\(progress.groups) groups at work")
    if progress.summary.failedTrials > 0 { parts.append("\(progress.summary.failedTrials) failed") }
    parts.append(duration(progress.seconds))
    return parts.joined(separator: "  ")
  }

  private func take(_ record: Record) {
    switch record {
    case .job(let record):
      jobs[record.job.id] = record.job
      if case .fork = record.job.origin { forks[record.job.id] = record }
    case .outcome(let record):
      let job = jobs.removeValue(forKey: record.outcome.job)
      if let fork = forks.removeValue(forKey: record.outcome.job) { say(exploit(fork, record.effective)) }
      if case .failed(let reason) = record.outcome.result {
        say("failed: \(record.outcome.trial)\(job.map { " before \($0.target) \(unit)" } ?? ""): \(reason)")
      }
    case .session(.groupLost(let group, let job, let why)):
      say("lost: \(group)\(job.map { " with \($0)" } ?? ""): \(why)")
    case .session(.groupSetAside(let group, let job, let why)):
      say("set aside: \(group), which gets no more jobs; \(job) goes to another: \(why)")
    case .session(.groupCleared(let group)):
      say("cleared: \(group) gets jobs again")
    case .session(.stateLost(let lost)):
      say("lost: \(lost.state.checkpoint) (\(lost.state.key)): \(lost.why)")
    case .session(.originReplaced(_, let trial, let planned, let origin)):
      say("replaced: \(trial) starts \(words(origin)) instead of \(words(planned)), which is lost")
    case .session(.stopRequested(let reason)):
      say("saving: \(reason)")
    case .header, .population, .finished, .session: return
    }
  }

  /// Old, planned and effective values of every hyperparameter, the last read back from the running trainer.
  private func exploit(_ record: JobRecord, _ effective: Configuration) -> String {
    guard case .fork(let parent, let budget) = record.job.origin else { return "" }
    let values = record.job.configuration.values.sorted { $0.key < $1.key }.map { name, planned in
      "\(name) old \(text((record.previous ?? record.job.configuration)[name])), planned \(text(planned)), effective \(text(effective[name]))"
    }
    return
      "exploit: \(record.job.trial) copies \(parent) at \(budget) \(unit): \(values.joined(separator: "; "))"
  }

  private func words(_ origin: Origin) -> String {
    switch origin {
    case .fresh: "from new weights"
    case .resume(let budget): "from its own state at \(budget) \(unit)"
    case .fork(let parent, let budget): "from the state of \(parent) at \(budget) \(unit)"
    }
  }

  private func text(_ value: ParameterValue?) -> String {
    switch value {
    case .number(let number): String(format: "%.6g", number)
    case .text(let text): text
    case nil: "none"
    }
  }

  private func say(_ text: String, isLive: Bool = false) {
    if isTerminal {
      StandardStreams.talk("\r\u{1B}[K\(text)\(isLive ? "" : "\n")")
    } else {
      printError(text)
    }
  }
}

func scoreText(_ score: Double) -> String { String(format: "%.4f", score) }
