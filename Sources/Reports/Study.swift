import Search

/// What several charts need of a history, worked out once.
struct Study {
  let history: History
  let context: RunContext
  let headline: Headline
  /// The jobs that made the best state, from new weights on; empty when there is no best.
  let bestLineage: [TrialHistory.Segment]
  let bestJobs: Set<JobID>
  /// Final scores, and the colours for them.
  let range: ScoreRange?
  /// Trials, the winner first (`Ranking`); those without a score last.
  let ranking: [TrialHistory]
  /// With what the forest expects; nil where too little was measured.
  let importance: Importance?
  private let reached: [Reached: Double]

  private struct Reached: Hashable { var trial: TrialID, budget: Int }

  init(_ history: History, state: StudyState, context: RunContext = RunContext()) {
    self.history = history
    self.context = context
    importance = Importance.of(history, dependences: true)
    headline = Headline(history, state: state)
    bestLineage = headline.best.map { history.lineage(of: $0.trial, at: $0.budget) } ?? []
    bestJobs = Set(bestLineage.map(\.job.id))
    range = ScoreRange(history.trials.compactMap(history.finalScore), objective: history.objective)
    ranking = history.rankedTrials
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

extension History {
  /// As the rule orders them; replicates side by side, and those without a score last.
  fileprivate var rankedTrials: [TrialHistory] {
    let numbers = ranking.ordered.flatMap { state in
      (0..<replication.count).map { replication.trial($0, of: state.ranked).rawValue }
    }
    let known = numbers.filter(trials.indices.contains)
    let isRanked = Set(known)
    return known.map { trials[$0] } + trials.filter { !isRanked.contains($0.id.rawValue) }
  }

  func finalScore(of trial: TrialHistory) -> Double? {
    trial.segments.last { $0.cost?.isFinite == true }.flatMap(score)
  }
}
