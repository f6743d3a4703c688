import Search

/// The trials, the best first, each with its newest configuration.
struct TrialTable {
  var study: Study

  static let mostRows = 500

  /// Empty when there are no trials.
  var markup: Markup {
    let trials = study.ranking.prefix(TrialTable.mostRows)
    guard !trials.isEmpty else { return "" }
    let names = study.history.parameterNames
    let left = study.ranking.count - trials.count
    var remark =
      "Those that came as far as three have, by the newest score, the best first; then the others. "
      + "Hyperparameters of the newest job."
    if left > 0 {
      remark +=
        " \(Numerals.count(left, "worse trial")) of \(Numerals.count(study.ranking.count)) not shown: "
        + "trials.csv has them all."
    }
    if !study.history.objective.limits.isEmpty {
      remark += " Of equal reach, those that break limits come last."
    }
    let head = names.map { name -> Markup in "<th>\(name)</th>" }.joined()
    return """
      <section>
      <h2>Trials</h2>
      <p>\(remark)</p>
      <div class="scroll"><table>
      <thead><tr><th>trial</th>\(versionHead)<th>\(study.history.objective.metric)</th>\
      <th>\(study.history.budgetUnit)</th>\
      <th class="words">status</th><th class="words">weights from</th>\(limitsHead)<th>seconds</th>\(head)</tr>\
      </thead>
      <tbody>
      \(trials.map { row(of: $0, names) }.joined())</tbody>
      </table></div>
      </section>

      """
  }

  private func row(of trial: TrialHistory, _ names: [String]) -> Markup {
    let scored = trial.segments.last { $0.cost?.isFinite == true }
    let newest = trial.segments.last
    let score = scored.flatMap(text) ?? ""
    let values = names.map { name -> Markup in
      "<td>\(newest?.job.configuration[name].map(Numerals.value) ?? "")</td>"
    }
    let seconds = newest?.finishedAt.map { Numerals.text(($0 * 10).rounded() / 10, digits: 6) } ?? ""
    let isBest = study.headline.best?.trial == trial.id
    return """
      <tr\(isBest ? " class=\"best\"" : "" as Markup)><td>\(trial.id.rawValue)</td>\(version(newest))<td>\(score)</td>\
      <td>\(scored.map { Numerals.count($0.job.target) } ?? "0")</td>\
      <td class="words">\(status(of: trial))</td><td class="words">\(origin(of: trial))</td>\(limits(scored))\
      <td>\(seconds)</td>\(values.joined())</tr>

      """
  }

  private var versionHead: Markup { study.history.versions == nil ? "" : "<th>version</th>" }

  /// Of the experiment, under which a trial was last trained; nothing where it was never changed.
  private func version(_ newest: TrialHistory.Segment?) -> Markup {
    study.history.versions == nil ? "" : "<td>\(newest?.version ?? 1)</td>"
  }

  /// The score, with its standard error over the dev samples where that was measured.
  private func text(of segment: TrialHistory.Segment) -> String? {
    guard let score = study.history.score(of: segment) else { return nil }
    let name = MeasuredScore.errorName(of: study.history.objective.metric)
    let measured = MeasuredScore(score, error: segment.measurements.last?.metrics[name])
    return (measured.error ?? 0) > 0 ? measured.text : Numerals.fixed(score, digits: 6)
  }

  private var limitsHead: Markup {
    study.history.objective.limits.isEmpty ? "" : "<th class=\"words\">limits</th>"
  }

  /// Of the newest score; nothing in a study without limits.
  private func limits(_ scored: TrialHistory.Segment?) -> Markup {
    if study.history.objective.limits.isEmpty { return "" }
    let text = scored.flatMap(study.history.brokenLimits).map { $0.isEmpty ? "kept" : "breaks \($0.text)" }
    return "<td class=\"words\">\(text ?? "")</td>"
  }

  private func status(of trial: TrialHistory) -> String {
    guard let newest = trial.segments.last else { return "not begun" }
    let stretch = "\(Numerals.count(newest.job.origin.budget)) to \(Numerals.count(newest.job.target))"
    return switch newest.outcome {
    case .reached: "reached \(Numerals.count(newest.job.target))"
    case .failed(let reason): "failed from \(stretch): \(reason)"
    case nil: "at work from \(stretch)"
    }
  }

  private func origin(of trial: TrialHistory) -> String {
    let forks = trial.segments.filter(\.job.origin.isFork)
    guard case .fork(let parent, let budget) = forks.last?.job.origin else { return "new" }
    return "trial \(parent.rawValue) at \(Numerals.count(budget))"
      + (forks.count > 1 ? " (\(forks.count) clones)" : "")
  }
}
