public import Search

extension Report {
  /// The curve of the best score, a row for every improvement, in the order in which they were recorded.
  ///
  /// Columns: `trial`, `job`, `budget` (cumulative, in the study's unit), `score` (the objective's metric,
  /// with its own sign), `finished_at_seconds`, `broken_limits` (in a study with limits: which, and by how
  /// much each; empty when all are kept), `simulated` (`yes`, where a function took the place of training), then `parameter.NAME` for every hyperparameter. O(n log n) for n
  /// jobs.
  public static func incumbentsCSV(_ history: History) -> String {
    let parameters = history.parameterNames
    var text = CSVRow(
      ["trial", "job", "budget", "score", "finished_at_seconds"]
        + (history.objective.limits.isEmpty ? [] : ["broken_limits"]) + history.simulatedColumn
        + parameters.map { "parameter.\($0)" }
    ).text
    for incumbent in history.incumbents {
      let score = incumbent.cost == 0 ? 0 : history.objective.score(of: incumbent.cost)
      text +=
        CSVRow(
          [
            "\(incumbent.trial.rawValue)", "\(incumbent.job.rawValue)", "\(incumbent.budget)", "\(score)",
            incumbent.finishedAt.map { "\($0)" } ?? "",
          ] + (history.brokenLimits(of: incumbent.trial, at: incumbent.budget).map { [$0.text] } ?? [])
            + history.simulatedColumn.map { _ in "yes" }
            + parameters.map { incumbent.configuration[$0]?.description ?? "" }
        ).text
    }
    return text
  }

  /// Which hyperparameters mattered (`Importance`): a row for each and for each pair of them; the header
  /// alone where too little was measured.
  ///
  /// Columns: `parameter`, `with` (the other one of a pair), `variance_share` and `variance_share_deviation`
  /// (functional analysis of variance), `error_increase` (by shuffling; empty for pairs), `simulated` as above.
  public static func importanceCSV(_ history: History) -> String {
    var text = CSVRow(
      ["parameter", "with", "variance_share", "variance_share_deviation", "error_increase"]
        + history.simulatedColumn
    ).text
    let mark = history.simulatedColumn.map { _ in "yes" }
    guard let importance = Importance.of(history) else { return text }
    for (effect, shuffling) in zip(importance.single, importance.shufflings) {
      text +=
        CSVRow(
          [
            effect.parameters[0], "", "\(effect.share)", "\(effect.deviation)", "\(shuffling.increase)",
          ] + mark
        ).text
    }
    for effect in importance.pairs {
      text += CSVRow(effect.parameters + ["\(effect.share)", "\(effect.deviation)", ""] + mark).text
    }
    return text
  }
}
