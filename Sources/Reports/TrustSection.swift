import Foundation
import Search

/// Whether the result can be trusted: the first few with their intervals, what the winner measured before, whether
/// early scores told late ones, and what went wrong.
struct TrustSection {
  var study: Study

  static let (mostReasons, mostReadings) = (10, 8)

  /// Empty while there is nothing to compare.
  var markup: Markup {
    let leaders = LeadersChart(study: study).figure?.markup ?? ""
    let tables = [readings + correlations, BudgetTable(study: study).markup].filter { $0 != "" }.map {
      table -> Markup in
      "<div>\n\(table)</div>\n"
    }
    let changes = VersionsSection(versions: study.history.versions ?? []).markup
    let top: Markup =
      leaders == "" && tables.isEmpty
      ? "" : "<div class=\"\(tables.count > 1 ? "three" : "two")\">\n\(leaders)\(tables.joined())</div>\n"
    let content = top + failures + changes
    return content == ""
      ? ""
      : "<section id=\"trust\">\n<h2>\(study.headline.best == nil ? "What went wrong" : "Can it be trusted?")</h2>\n\(content)</section>\n"
  }

  /// What the winner measured on its way.
  private var readings: Markup {
    guard let best = study.headline.best else { return "" }
    let shown = study.bestLineage.suffix(Self.mostReadings)
    let rows = shown.compactMap { segment -> Markup? in
      guard let score = study.history.measuredScore(of: segment) else { return nil }
      return """
        <tr><td>\(Numerals.count(segment.job.target))</td><td>\(segment.job.trial.rawValue)</td><td>\(score.text)</td></tr>

        """
    }
    guard rows.count > 1 else { return "" }
    return """
      <h3>What the winner measured on its way</h3>
      <div class="scroll"><table>
      <thead><tr><th>\(study.history.budgetUnit)</th><th>trial</th><th>\(study.history.objective.metric)</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      <p class="note">\(best.trial.description) is ranked by the newest of these, whether or not it is the best.\
      \(shown.count < study.bestLineage.count ? " Shown: the last \(shown.count) of \(study.bestLineage.count)." : "")</p>

      """
  }

  /// Whether those that lead early lead late.
  private var correlations: Markup {
    let rows = study.rungCorrelations.map { rung -> Markup in
      """
      <tr><td>\(Numerals.count(rung.from)) to \(Numerals.count(rung.to))</td><td>\(Numerals.count(rung.trials))</td>\
      <td>\(Numerals.fixed(rung.correlation, digits: 2))</td>\
      <td>\(interval(of: rung.correlation, trials: rung.trials))</td></tr>

      """
    }
    guard !rows.isEmpty else { return "" }
    return """
      <h3>Do early scores tell late ones?</h3>
      <div class="scroll"><table>
      <thead><tr><th>\(study.history.budgetUnit)</th><th>trials</th><th>rank correlation</th><th>95 %</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      <p class="note">Spearman's, of the trials that were measured at both: 1 where both order them alike. Trials that were \
      dropped before are not among them, which lowers it.</p>

      """
  }

  /// By Fisher's transform: `0.31 to 0.84`.
  private func interval(of correlation: Double, trials: Int) -> String {
    let half = LeadersChart.coverage / Double(trials - 3).squareRoot()
    let bounds = [-half, half].map { Foundation.tanh(Foundation.atanh(correlation) + $0) }
    return bounds.map { Numerals.fixed($0, digits: 2) }.joined(separator: " to ")
  }

  private var failures: Markup {
    let reasons = study.history.failuresByReason
    guard !reasons.isEmpty else { return "" }
    let rows = reasons.prefix(Self.mostReasons).map { failure -> Markup in
      """
      <tr><td>\(Numerals.count(failure.jobs))</td><td>\(failure.trials)</td><td class="words">\(failure.reason)</td></tr>

      """
    }
    let left = reasons.count - rows.count
    return """
      <h3>Failures</h3>
      <div class="scroll"><table>
      <thead><tr><th>jobs</th><th>first trials</th><th class="words">reason</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      \(left > 0 ? "<p class=\"note\">\(Numerals.count(left, "further reason")): trials.csv has them all.</p>\n" : "" as Markup)
      """
  }
}

extension Study {
  /// Of fewer trials a rank correlation says next to nothing.
  private static var fewestPairs: Int { 10 }
  /// Of trials measured at one budget and the next; from the smallest. Budgets that few have in common tell nothing.
  var rungCorrelations: [(from: Int, to: Int, trials: Int, correlation: Double)] {
    // Members of a population take over others' states: their scores are not their own.
    guard headline.counts.forks == 0 else { return [] }
    let budgets = Set(history.trials.lazy.flatMap(\.segments).map(\.job.target)).sorted()
    return zip(budgets, budgets.dropFirst()).prefix(12).compactMap { from, to in
      let pairs = history.trials.compactMap { trial -> (first: Double, second: Double)? in
        guard let first = score(of: trial.id, at: from), let second = score(of: trial.id, at: to) else {
          return nil
        }
        return (first, second)
      }
      guard pairs.count >= Self.fewestPairs else { return nil }
      return RankCorrelation.spearman(pairs).map { (from, to, pairs.count, $0) }
    }
  }
}

extension History {
  /// A job's score, with its standard error over the dev samples where that was measured.
  func measuredScore(of segment: TrialHistory.Segment) -> MeasuredScore? {
    guard let score = score(of: segment), score.isFinite else { return nil }
    return MeasuredScore(
      score, error: segment.measurements.last?.metrics[MeasuredScore.errorName(of: objective.metric)])
  }

  /// The reasons of failed jobs, that of most jobs first, each with the first few trials that it struck.
  fileprivate var failuresByReason: [(reason: String, jobs: Int, trials: String)] {
    var order: [String] = []
    var jobs: [String: Int] = [:]
    var trials: [String: [Int]] = [:]
    for segment in segments {
      guard case .failed(let reason) = segment.outcome else { continue }
      if jobs[reason] == nil { order.append(reason) }
      jobs[reason, default: 0] += 1
      let number = segment.job.trial.rawValue
      if trials[reason, default: []].last != number { trials[reason, default: []].append(number) }
    }
    let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    return order.sorted { (-(jobs[$0] ?? 0), places[$0] ?? 0) < (-(jobs[$1] ?? 0), places[$1] ?? 0) }.map {
      reason in
      let numbers = trials[reason] ?? []
      let text = numbers.prefix(5).map(String.init).joined(separator: ", ") + (numbers.count > 5 ? ", …" : "")
      return (reason, jobs[reason] ?? 0, text)
    }
  }
}
