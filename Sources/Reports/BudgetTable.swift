import Search

/// How many trials got how far: the rungs of a halving scheduler. For studies without clones, in which
/// budgets are the whole story.
struct BudgetTable {
  var study: Study

  static let mostRows = 60

  private struct Row {
    var budget: Int
    var scores: [Double] = []
    var failed = 0
    var atWork = 0
  }

  /// Empty when all trials were to reach the same budget.
  var markup: Markup {
    var rows: [Int: Row] = [:]
    for segment in study.history.trials.lazy.flatMap(\.segments) {
      let budget = segment.job.target
      switch segment.outcome {
      case .reached: rows[budget, default: Row(budget: budget)].scores += score(of: segment)
      case .failed: rows[budget, default: Row(budget: budget)].failed += 1
      case nil: rows[budget, default: Row(budget: budget)].atWork += 1
      }
    }
    guard rows.count > 1, study.headline.counts.forks == 0 else { return "" }
    let shown = rows.values.sorted { $0.budget < $1.budget }.suffix(BudgetTable.mostRows)
    let remark =
      shown.count < rows.count
      ? "The largest \(shown.count) of \(rows.count) budgets." : "How many trials were trained how far."
    return """
      <h3>Budgets</h3>
      <p class="note">\(remark)</p>
      <div class="scroll"><table>
      <thead><tr><th>\(study.history.budgetUnit)</th><th>reached</th><th>failed</th><th>at work</th>\
      <th>best \(study.history.objective.metric)</th><th>median</th></tr></thead>
      <tbody>
      \(shown.map(markup).joined())</tbody>
      </table></div>

      """
  }

  private func score(of segment: TrialHistory.Segment) -> [Double] {
    study.history.score(of: segment).map { [$0] } ?? []
  }

  private func markup(of row: Row) -> Markup {
    let objective = study.history.objective
    let costs = row.scores.map(objective.cost(of:)).sorted()
    let best = costs.first.map { Numerals.text(objective.score(of: $0), digits: 6) } ?? ""
    let median = costs.isEmpty ? "" : Numerals.text(objective.score(of: costs[costs.count / 2]), digits: 6)
    return """
      <tr><td>\(Numerals.count(row.budget))</td><td>\(Numerals.count(row.scores.count))</td>\
      <td>\(Numerals.count(row.failed))</td><td>\(Numerals.count(row.atWork))</td><td>\(best)</td>\
      <td>\(median)</td></tr>

      """
  }
}
