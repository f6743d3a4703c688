public import Search

/// Where a run stands, as its journal tells it.
public enum RunStatus: Equatable, Sendable {
  case finished(RunSummary, Terms)
  /// To be continued by the same command, or at work.
  case unfinished(Unfinished)
  /// Nothing has begun: there is no journal, nor any work that one would tell of.
  case absent(path: String)
  case damaged(TunerError)

  /// What scores and budgets are called.
  public struct Terms: Equatable, Sendable {
    public var metric: String
    /// What budgets count: `epochs`.
    public var unit: String
  }

  /// A study that has not come to its end.
  public struct Unfinished: Equatable, Sendable {
    public var terms: Terms
    public var trials: Int
    public var jobsAnswered: Int
    public var jobsUnanswered: Int
    public var best: Best?
    public var baseline: RunSummary.Baseline?
    /// When the newest session began, in seconds since 1970; nil before the first.
    public var since: Double?

    /// The best so far.
    public struct Best: Equatable, Sendable {
      public var trial: TrialID
      public var budget: Int
      public var score: MeasuredScore
      /// What it breaks of the study's limits; nil in a study without any.
      public var brokenLimits: [BrokenLimit]?
    }
  }

  /// Reads the journal at `path`, which lies in its run directory: work without a journal is damage.
  ///
  /// - Throws: `TunerError` when it cannot be read at all; damage is a status, not an error.
  public init(journalAt path: String) throws(TunerError) {
    do {
      guard let contents = try JournalContents.read(ofRunAt: path), !contents.lines.isEmpty else {
        self = .absent(path: path)
        return
      }
      self = try RunStatus(contents)
    } catch  where error.kind == .damaged {
      self = .damaged(error)
    }
  }

  public init(_ contents: JournalContents) throws(TunerError) {
    let description = try StudyDescription(contents)
    let terms = Terms(metric: description.objective.metric, unit: description.budgetName)
    if var summary = contents.finalSummary {
      try summary.complete(by: contents)
      self = .finished(summary, terms)
      return
    }
    let history = try History(contents)
    let segments = history.trials.flatMap(\.segments)
    self = .unfinished(
      Unfinished(
        terms: terms, trials: history.trials.count,
        jobsAnswered: segments.count { $0.outcome != nil },
        jobsUnanswered: segments.count { $0.outcome == nil },
        best: history.ranking.winner.flatMap { winner in
          history.measured(winner).map {
            Unfinished.Best(
              trial: winner.incumbent.trial, budget: winner.budget, score: $0,
              brokenLimits: history.brokenLimits(of: winner.incumbent.trial, at: winner.budget))
          }
        },
        baseline: history.baselineComparison.map { RunSummary.Baseline($0, history.objective) },
        since: contents.lines.last { if case .session(.started) = $0.record { true } else { false } }?.time))
  }
}

// In words for people, a line each.
extension RunStatus {
  public var text: String {
    switch self {
    case .finished(let summary, _) where summary.hasFailed:
      "failed: none of \(summary.trials) trials succeeded; once the cause is mended the same command begins anew"
    case .finished(let summary, let terms):
      "finished: \(summary.trials) trials, \(summary.jobs) jobs"
        + (summary.best.map {
          ", \(($0.brokenLimits ?? []).titleOfBest) "
            + terms.text($0.measured, of: $0.trial, at: $0.budget, summary.baseline, $0.brokenLimits)
        } ?? ", no trial succeeded")
        + (summary.front.map { ", front \($0.map(\.text).joined(separator: "; "))" } ?? "")
    case .unfinished(let unfinished): "unfinished: \(unfinished.counts)"
    case .absent(let path): "unfinished: not begun, there is no \(path)"
    case .damaged(let error): "damaged: \(error)"
    }
  }
}

extension RunStatus.Unfinished {
  /// Such as `6 jobs answered, 2 not yet, best so far dev_accuracy 0.955 ± 0.007 of trial 2 at 9 epochs`.
  public var counts: String {
    "\(jobsAnswered) jobs answered, \(jobsUnanswered) not yet"
      + (best.map {
        let broken = $0.brokenLimits ?? []
        return ", \(broken.isEmpty ? "best so far" : broken.titleOfBest) "
          + terms.text($0.score, of: $0.trial, at: $0.budget, baseline, $0.brokenLimits)
      } ?? "")
  }
}

extension RunStatus.Terms {
  /// `dev_accuracy 0.955 ± 0.007 of trial 2 at 9 epochs`, and how that compares.
  fileprivate func text(
    _ score: MeasuredScore, of trial: TrialID, at budget: Int, _ baseline: RunSummary.Baseline?,
    _ broken: [BrokenLimit]?
  ) -> String {
    "\(metric) \(score.text) of \(trial) at \(budget) \(unit)\(baseline?.comparison(of: score.score) ?? "")"
      + (broken?.isEmpty == true ? ", which keeps the limits" : "")
  }
}

extension RunSummary {
  /// Says of the limits what an earlier version did not write.
  fileprivate mutating func complete(by contents: JournalContents) throws(TunerError) {
    guard let best, best.brokenLimits == nil else { return }
    let history = try History(contents)
    self.best?.brokenLimits = history.brokenLimits(of: best.trial, at: best.budget)
    for index in (front ?? []).indices {
      let member = front![index]
      front![index].brokenLimits = history.brokenLimits(of: member.trial, at: member.budget)
    }
  }
}
