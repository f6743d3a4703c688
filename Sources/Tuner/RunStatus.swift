import Search

/// Where a run stands, as its journal tells it.
public enum RunStatus: Equatable, Sendable {
  case finished(RunSummary)
  /// To be continued by the same command. `best` is the best score so far.
  case unfinished(jobsAnswered: Int, jobsUnanswered: Int, best: Double?, baseline: RunSummary.Baseline? = nil)
  /// There is no journal.
  case absent(path: String)
  case damaged(TunerError)

  /// Reads the journal at `path`.
  ///
  /// - Throws: `TunerError` when it cannot be read at all; damage is a status, not an error.
  public init(journalAt path: String) throws(TunerError) {
    do {
      guard let contents = try JournalContents.read(path), !contents.lines.isEmpty else {
        self = .absent(path: path)
        return
      }
      self = try RunStatus(contents)
    } catch  where error.kind == .damaged {
      self = .damaged(error)
    }
  }

  public init(_ contents: JournalContents) throws(TunerError) {
    if let summary = contents.finalSummary {
      self = .finished(summary)
      return
    }
    let history = try History(contents)
    let segments = history.trials.flatMap(\.segments)
    self = .unfinished(
      jobsAnswered: segments.count { $0.outcome != nil },
      jobsUnanswered: segments.count { $0.outcome == nil },
      best: history.best.map { history.objective.score(of: $0.cost) },
      baseline: history.baselineResult.map {
        RunSummary.Baseline(budget: $0.budget, score: history.objective.score(of: $0.cost))
      })
  }

  /// One line for people.
  public var text: String {
    switch self {
    case .finished(let summary) where summary.hasFailed:
      "failed: none of \(summary.trials) trials succeeded; once the cause is mended the same command begins anew"
    case .finished(let summary):
      "finished: \(summary.trials) trials, \(summary.jobs) jobs"
        + (summary.best.map {
          ", best \($0.score) of \($0.trial) at \($0.budget)\(summary.baseline?.comparison(of: $0.score) ?? "")"
        } ?? ", no trial succeeded")
        + (summary.front.map { ", front \($0.map(\.text).joined(separator: "; "))" } ?? "")
    case .unfinished(let answered, let unanswered, let best, let baseline):
      "unfinished: \(answered) jobs answered, \(unanswered) not yet"
        + (best.map { ", best so far \($0)\(baseline?.comparison(of: $0) ?? "")" } ?? "")
    case .absent(let path): "unfinished: not begun, there is no \(path)"
    case .damaged(let error): "damaged: \(error)"
    }
  }
}
