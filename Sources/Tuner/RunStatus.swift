public import Search

/// Where a run stands, as its journal tells it.
public enum RunStatus: Equatable, Sendable {
  case finished(RunSummary)
  /// To be continued by the same command. `best` is the best score so far, `brokenLimits` what it breaks: nil
  /// in a study without limits.
  case unfinished(
    jobsAnswered: Int, jobsUnanswered: Int, best: MeasuredScore?, baseline: RunSummary.Baseline? = nil,
    brokenLimits: [BrokenLimit]? = nil)
  /// Nothing has begun: there is no journal, nor any work that one would tell of.
  case absent(path: String)
  case damaged(TunerError)

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
    if var summary = contents.finalSummary {
      try summary.complete(by: contents)
      self = .finished(summary)
      return
    }
    let history = try History(contents)
    let segments = history.trials.flatMap(\.segments)
    self = .unfinished(
      jobsAnswered: segments.count { $0.outcome != nil },
      jobsUnanswered: segments.count { $0.outcome == nil },
      best: history.measuredBest,
      baseline: history.baselineComparison.map { RunSummary.Baseline($0, history.objective) },
      brokenLimits: history.best.flatMap { history.brokenLimits(of: $0.trial, at: $0.budget) })
  }

  /// One line for people.
  public var text: String {
    switch self {
    case .finished(let summary) where summary.hasFailed:
      "failed: none of \(summary.trials) trials succeeded; once the cause is mended the same command begins anew"
    case .finished(let summary):
      "finished: \(summary.trials) trials, \(summary.jobs) jobs"
        + (summary.best.map {
          ", \(($0.brokenLimits ?? []).titleOfBest) \($0.measured.text) of \($0.trial) at \($0.budget)"
            + "\(summary.baseline?.comparison(of: $0.score) ?? "")\(Self.keeping($0.brokenLimits))"
        } ?? ", no trial succeeded")
        + (summary.front.map { ", front \($0.map(\.text).joined(separator: "; "))" } ?? "")
    case .unfinished(let answered, let unanswered, let best, let baseline, let broken):
      "unfinished: \(answered) jobs answered, \(unanswered) not yet"
        + (best.map {
          ", \((broken ?? []).isEmpty ? "best so far" : broken!.titleOfBest) \($0.text)"
            + "\(baseline?.comparison(of: $0.score) ?? "")\(Self.keeping(broken))"
        } ?? "")
    case .absent(let path): "unfinished: not begun, there is no \(path)"
    case .damaged(let error): "damaged: \(error)"
    }
  }

  private static func keeping(_ broken: [BrokenLimit]?) -> String {
    broken?.isEmpty == true ? ", which keeps the limits" : ""
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
