import Search

/// The head of the page: what the study amounts to, and the best with the hyperparameters that made it.
struct BestSection {
  var study: Study

  var markup: Markup {
    let state = study.headline.state
    return """
      <header>
      <h1>\(study.history.study)</h1>
      <p><span class="state \(state.rawValue)">\(state.rawValue)</span> \(study.headline.sentence)</p>
      </header>
      \(best)
      """
  }

  private var best: Markup {
    guard let best = study.headline.best, let score = study.headline.bestScore else {
      let nothing = study.headline.counts.jobs == 0 ? "No trial has begun." : "No trial has a score."
      return "<p class=\"nothing\">\(nothing)</p>\n"
    }
    let moment = best.finishedAt.map { ", after \(Numerals.duration($0))" } ?? ""
    return """
      <section class="best-card">
      <p>\(study.headline.titleOfBest) \
      (\(study.history.objective.goal == .maximize ? "higher" : "lower") is better)</p>
      <p class="score">\(Numerals.text(score, digits: 6))</p>
      <p>\(best.trial.description) at \(Numerals.count(best.budget)) \(study.history.budgetUnit)\(moment)</p>
      \(secondDev)\(schedule(of: best))</section>

      """
  }

  private var secondDev: Markup {
    study.headline.secondDev.map { gap -> Markup in "<p>\(gap.sentence)</p>\n" } ?? ""
  }

  /// A row for each stretch of training, a column for each hyperparameter.
  private func schedule(of best: Incumbent) -> Markup {
    let stretches = study.history.schedule(of: best.trial, at: best.budget)
    let names = study.history.parameterNames.filter { name in
      stretches.contains { $0.configuration[name] != nil }
    }
    guard !names.isEmpty else { return "" }
    let head = names.map { name -> Markup in "<th>\(name)</th>" }.joined()
    let rows = stretches.map { stretch -> Markup in
      let values = names.map { name -> Markup in
        "<td>\(stretch.configuration[name].map(Numerals.value) ?? "")</td>"
      }
      return """
        <tr><td>\(Numerals.count(stretch.start)) to \(Numerals.count(stretch.end))</td>\(values.joined())</tr>

        """
    }
    return """
      <div class="scroll"><table>
      <thead><tr><th>\(study.history.budgetUnit)</th>\(head)</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>

      """
  }
}
