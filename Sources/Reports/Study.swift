import Search

/// What several charts need of a history, worked out once.
struct Study {
  let history: History
  let headline: Headline
  /// The jobs that made the best state, from new weights on; empty when there is no best.
  let bestLineage: [TrialHistory.Segment]
  let bestJobs: Set<JobID>
  /// Final scores, and the colours for them.
  let range: ScoreRange?
  /// Trials, the best first by the newest score, after those that keep the limits those that break them less;
  /// those without a score last.
  let ranking: [TrialHistory]
  private let reached: [Reached: Double]

  private struct Reached: Hashable { var trial: TrialID, budget: Int }

  init(_ history: History, state: StudyState) {
    self.history = history
    headline = Headline(history, state: state)
    bestLineage = headline.best.map { history.lineage(of: $0.trial, at: $0.budget) } ?? []
    bestJobs = Set(bestLineage.map(\.job.id))
    range = ScoreRange(history.trials.compactMap(history.finalScore), objective: history.objective)
    ranking = history.trials
      .map { (trial: $0, violation: history.finalViolation(of: $0), cost: $0.finalCost ?? .infinity) }
      .sorted { ($0.violation, $0.cost, $0.trial.id) < ($1.violation, $1.cost, $1.trial.id) }.map(\.trial)
    var reached: [Reached: Double] = [:]
    for trial in history.trials {
      for segment in trial.segments {
        guard let score = history.score(of: segment), score.isFinite else { continue }
        reached[Reached(trial: trial.id, budget: segment.job.target)] = score
      }
    }
    self.reached = reached
  }

  /// The newest score of a trial at a cumulative budget; nil when it never reached that.
  func score(of trial: TrialID, at budget: Int) -> Double? { reached[Reached(trial: trial, budget: budget)] }

  /// The largest budget that any job was to reach.
  var largestBudget: Int { history.trials.lazy.flatMap(\.segments).map(\.job.target).max() ?? 0 }

  /// True when some trial trained under more than one configuration.
  var configurationsChange: Bool {
    history.trials.contains { trial in
      trial.segments.contains { $0.job.configuration != trial.segments[0].job.configuration }
    }
  }

  /// At most `limit` trials: those of the best lineage, then the best ones; in the order of their numbers.
  func selection(_ limit: Int) -> [TrialHistory] {
    let ancestors = Set(bestLineage.map(\.job.trial))
    let rest = ranking.lazy.filter { !ancestors.contains($0.id) }.prefix(max(limit - ancestors.count, 0))
    let chosen = ancestors.union(rest.map(\.id))
    return history.trials.filter { chosen.contains($0.id) }
  }

  /// What a caption says of trials that are not drawn; empty when all are.
  func remark(drawn: Int) -> String {
    let left = history.trials.count - drawn
    guard left > 0 else { return "" }
    let shown = "\(Numerals.count(drawn, "best trial")) of \(Numerals.count(history.trials.count))"
    return " Drawn: the \(shown). Left out: \(Numerals.count(left, "trial"))."
  }
}

extension TrialHistory {
  /// At the newest target that was reached; nil before the first.
  var finalCost: Double? { segments.last { $0.cost?.isFinite == true }?.cost }
}

extension History {
  /// By how much the newest score's state breaks the limits; without a score more than any.
  func finalViolation(of trial: TrialHistory) -> Double {
    guard let scored = trial.segments.last(where: { $0.cost?.isFinite == true }) else { return .infinity }
    return costVector(of: scored)?.violation ?? 0
  }

  func finalScore(of trial: TrialHistory) -> Double? {
    trial.segments.last { $0.cost?.isFinite == true }.flatMap(score)
  }
}
