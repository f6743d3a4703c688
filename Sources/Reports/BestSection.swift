import Search

/// The head of the page: what the study amounts to, and the best with the hyperparameters that made it.
struct BestSection {
  var study: Study
  /// Nil while the test split is closed.
  var test: TestFinding?

  var markup: Markup {
    let state = study.headline.state
    return """
      <header>
      <h1>\(study.history.study)</h1>
      <p><span class="state \(state.rawValue)">\(state.rawValue)</span>\(simulated) \(study.headline.sentence)</p>
      \(failure)</header>
      \(best)
      """
  }

  private var simulated: Markup {
    guard study.history.isSimulated == true else { return "" }
    return " <span class=\"state failed\">simulated: a function took the place of training</span>"
  }

  /// Why nothing succeeded.
  private var failure: Markup {
    guard study.headline.state == .failed, let common = study.history.commonFailure else { return "" }
    return """
      <p class="failed">Every trial failed, \(Numerals.count(common.jobs, "job")) of them for this reason: \
      \(common.reason)</p>

      """
  }

  private var best: Markup {
    guard let best = study.headline.best, study.headline.bestScore != nil else {
      let nothing = study.headline.counts.jobs == 0 ? "No trial has begun." : "No trial has a score."
      return "<p class=\"nothing\">\(nothing)</p>\n"
    }
    let moment = best.finishedAt.map { ", after \(Numerals.duration($0))" } ?? ""
    return """
      <section class="best-card">
      <p>\(study.headline.titleOfBest) \
      (\(study.history.objective.goal == .maximize ? "higher" : "lower") is better)</p>
      <p class="score">\(study.headline.bestText)</p>
      <p>\(best.trial.description) at \(Numerals.count(best.budget)) \(study.history.budgetUnit)\(moment)\
      \(study.headline.precision)</p>
      \(ties)\(secondDev)\(testResult(of: best))\(edges(of: best))\(schedule(of: best))\(taking(best))</section>

      """
  }

  private var ties: Markup {
    let tied = study.headline.tied
    guard tied > 1 else { return "" }
    return "<p>\(tied) states have this score; the dev loss, or else the order in time, decided.</p>\n"
  }

  private func testResult(of best: Incumbent) -> Markup {
    guard let test else { return "" }
    let metrics = test.metrics.sorted { $0.key < $1.key }.map { name, found in
      "\(name) \(Numerals.fixed(found.value, digits: 4))"
        + (found.interval.map {
          " (\(Numerals.fixed($0.lowerBound, digits: 4)) to \(Numerals.fixed($0.upperBound, digits: 4)) with 95 %)"
        } ?? "")
    }
    let isOfBest = (test.trial, test.budget) == (best.trial, best.budget)
    let whose =
      isOfBest
      ? "On the test split"
      : "On the test split \(test.trial), which led then (the test command measures this one)"
    let openings =
      test.openings > 1 ? "; it has been opened \(test.openings) times in all" : ""
    return """
      <p>\(whose): \(metrics.joined(separator: ", ")), of \(Numerals.count(test.samples, "sample"))\(openings).</p>

      """
  }

  /// Whose best value lies at an edge of its range.
  private func edges(of best: Incumbent) -> Markup {
    let edges = study.history.space.edges(of: best.configuration).map { edge in
      "\(edge.name) \(Numerals.value(edge.value)) is at the \(edge.isUpper ? "upper" : "lower") end of its range"
    }
    guard !edges.isEmpty else { return "" }
    return "<p>\(edges.joined(separator: "; ")): a wider range may do better.</p>\n"
  }

  /// What takes the best elsewhere: where its weights lie, and its newest configuration, a line each.
  private func taking(_ best: Incumbent) -> Markup {
    let values = study.history.parameterNames.compactMap { name in
      best.configuration[name].map { "\(name): \($0.description)" }
    }
    let weights: Markup = study.context.weights.map { "<p>Weights: <code>\($0)</code></p>\n" } ?? ""
    guard !values.isEmpty else { return weights }
    return """
      \(weights)<details><summary>its configuration, to copy</summary>
      <pre class="copy"><code>\(values.joined(separator: "\n"))</code></pre>
      </details>

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
