public import Search

/// A study that is compared with others.
public struct ComparedStudy: Sendable {
  public var path: String
  public var history: History
  public var state: StudyState
  /// What it was run with, by dotted names.
  public var settings: [String: String]

  public init(path: String, history: History, state: StudyState, settings: [String: String]) {
    self.path = path
    self.history = history
    self.state = state
    self.settings = settings
  }
}

extension Report {
  /// Several studies on one page: where each ended, with tests of the differences; the best score of each against what
  /// was trained; and the settings in which they differ. Offline and well-formed, as `html`.
  public static func comparison(_ studies: [ComparedStudy]) -> String {
    let title = studies.map(\.history.study).joined(separator: ", ")
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
      \(head(title: title))
      <body>
      <main>
      <header><h1>\(Numerals.count(studies.count, "study", "studies")) compared</h1></header>
      \(ComparisonTable(studies: studies).markup)\
      \(ComparisonChart(studies: studies).markup)\
      \(DifferingSettings(studies: studies).markup)\
      </main>
      </body>
      </html>

      """
    return page.text
  }
}

/// Where each study ended.
private struct ComparisonTable {
  var studies: [ComparedStudy]

  var markup: Markup {
    let bests = studies.map { study in
      study.history.ranking.winner.flatMap { winner in
        study.history.measured(winner).map {
          Leader(trial: winner.incumbent.trial, budget: winner.budget, score: $0.score, error: $0.error)
        }
      }
    }
    let first = leading
    let rows = studies.indices.map {
      row(of: $0, best: bests[$0], first: first.flatMap { bests[$0] }, isFirst: first == $0)
    }
    return """
      <section>
      <p>\(verdict(bests, first: first))</p>
      <div class="scroll"><table>
      <thead><tr><th class="words">study</th><th class="words">run directory</th><th class="words">state</th><th>trials</th>\
      <th>failed</th><th>trained</th><th class="words">metric</th><th>best</th><th>trial</th><th>at</th>\
      <th>less than the first, 95 %</th></tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      </section>

      """
  }

  /// Why the studies cannot be ranked; nil for those of one objective and its limits, all trained or all simulated, that
  /// count budgets alike and measure on the same data, divided in the same way.
  private var obstacle: String? {
    guard let first = studies.first else { return nil }
    if studies.contains(where: { !$0.history.isAlike(first.history) }) {
      return
        "The studies differ in objective, limits or the unit of budgets, or some are simulated and some are not"
    }
    if !studies.allSatisfy({ $0.isMeasured(as: first) }) {
      return "The studies differ in their data, or in how it is divided"
    }
    return nil
  }

  /// By the rule that ranks trials within a study.
  private var leading: Int? {
    guard obstacle == nil else { return nil }
    let winners = studies.map { $0.history.ranking.winner }
    return winners.indices.filter { winners[$0] != nil }.min { first, second in
      guard let one = winners[first], let other = winners[second] else { return false }
      return one.isAhead(of: other)
    }
  }

  private func verdict(_ bests: [Leader?], first: Int?) -> String {
    if let obstacle { return "\(obstacle): their scores are not compared." }
    guard let first, let best = bests[first] else { return "No study has a score." }
    let others = bests.indices.filter { $0 != first && bests[$0] != nil }
    guard !others.isEmpty else { return "\(studies[first].path) alone has a score." }
    let apart = others.count { bests[$0]?.isApart(from: best) == true }
    let name = studies[first].path
    guard others.allSatisfy({ bests[$0]?.error != nil }), best.error != nil else {
      return "\(name) is ahead; how precise the scores are is not known of all."
    }
    return apart == others.count
      ? "\(name) is ahead of all others by more than chance."
      : "\(name) is ahead; of \(Numerals.count(others.count - apart, "other")) it cannot be told apart."
  }

  private func row(of place: Int, best: Leader?, first: Leader?, isFirst: Bool) -> Markup {
    let (study, history) = (studies[place], studies[place].history)
    let counts = history.counts
    let score = best.map { MeasuredScore($0.score, error: $0.error).text } ?? ""
    let trial = best.map { "\($0.trial.rawValue)" } ?? ""
    let budget = best.map { "\(Numerals.count($0.budget)) \(history.budgetUnit)" } ?? ""
    return """
      <tr\(isFirst ? " class=\"best\"" : "" as Markup)><td class="words">\(history.study)</td><td class="words">\(study.path)</td>\
      <td class="words">\(study.state.rawValue)\(history.isSimulated == true ? ", simulated" : "")</td>\
      <td>\(Numerals.count(counts.trials))</td><td>\(Numerals.count(counts.failedTrials))</td>\
      <td>\(Numerals.count(counts.budget)) \(history.budgetUnit)</td>\
      <td class="words">\(history.objective.metric), \(history.objective.goal == .maximize ? "higher" : "lower") is better</td>\
      <td>\(score)</td><td>\(trial)</td><td>\(budget)</td>\
      <td>\(isFirst ? "" : difference(best, first))</td></tr>

      """
  }

  private func difference(_ best: Leader?, _ first: Leader?) -> String {
    guard let best, let first else { return "" }
    let distance = abs(first.score - best.score)
    guard best.error != nil, first.error != nil else { return Numerals.text(distance) }
    let half = LeadersChart.coverage * best.differenceError(to: first)
    return "\(Numerals.text(distance, digits: 3)) ± \(Numerals.text(half, digits: 2))"
  }
}

extension History {
  fileprivate func isAlike(_ other: History) -> Bool {
    objective == other.objective && budgetUnit == other.budgetUnit && isSimulated == other.isSimulated
  }
}

extension ComparedStudy {
  /// The settings that decide which samples a score is of, but for the seed of their division.
  private var measuredOn: [String: String] {
    settings.filter { name, _ in
      ["training.data", "training.split", "crossValidation", "devSplit"].contains {
        name == $0 || name.hasPrefix("\($0).")
      }
    }
  }

  /// Whether both measure on the same samples: of files that both have noted the contents count, not where they lie.
  fileprivate func isMeasured(as other: ComparedStudy) -> Bool {
    let (ours, theirs) = (measuredOn, other.measuredOn)
    return Set(ours.keys).union(theirs.keys).allSatisfy { name in
      guard let our = ours[name], let their = theirs[name] else { return false }
      if let one = inputs(at: our), let another = other.inputs(at: their) { return one == another }
      return our == their
    }
  }

  /// Sizes and checksums of the files that a setting names, one, a list or a folder; nil where it names none that was
  /// noted.
  private func inputs(at setting: String) -> [String]? {
    if setting.hasPrefix("["), setting.hasSuffix("]") {
      let notes = setting.dropFirst().dropLast().split(separator: ", ").map { inputs(at: String($0)) }
      return notes.isEmpty || notes.contains(nil) ? nil : notes.flatMap { $0 ?? [] }
    }
    guard !setting.isEmpty else { return nil }
    if let note = settings["inputs.\(setting)"] { return [note] }
    let folder = "inputs.\(setting)/"
    let notes = settings.filter { name, _ in name.hasPrefix(folder) }
      .map { name, note in "\(name.dropFirst(folder.count)): \(note)" }
    return notes.isEmpty ? nil : notes.sorted()
  }
}

/// The best score of each study against what was trained in all.
private struct ComparisonChart {
  var studies: [ComparedStudy]

  var markup: Markup {
    let curves = studies.map { $0.history.bestByTraining }
    guard let objective = studies.first?.history.objective,
      let range = ScoreRange(curves.flatMap { $0.map(\.y) }, objective: objective)
    else { return "" }
    let last = curves.flatMap { $0.map(\.x) }.max() ?? 1
    let plot = Plot(
      width: 1_060, height: 360, x: .linear(0, last, intervals: 10, ends: .atData), y: range.axis,
      xTitle: "\(studies[0].history.budgetUnit) trained in all", yTitle: objective.metric)
    let lines = curves.enumerated().map { place, curve in
      plot.line(plot.path(corners(of: curve)), style: "study\(place % 6)", title: studies[place].path)
    }
    let keys = studies.enumerated().map { place, study -> Markup in
      "<span class=\"legend\"><span class=\"key study\(place % 6)\"></span> \(study.path).</span> "
    }
    return Figure(
      title: "The best so far",
      drawing: plot.drawing(plot.clipped(lines.joined()), summary: "The best score of each study"),
      caption: keys.joined() + "\(range.remark)"
    ).markup
  }

  private func corners(of curve: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    curve.indices.flatMap { $0 == 0 ? [curve[0]] : [(curve[$0].x, curve[$0 - 1].y), curve[$0]] }
  }
}

extension History {
  /// The best score when so many budget units had been trained in all; the last place is the end.
  fileprivate var bestByTraining: [(x: Double, y: Double)] {
    let answered = segments.filter { $0.outcome != nil }.sorted {
      ($0.finishedAt ?? 0, $0.job.id) < ($1.finishedAt ?? 0, $1.job.id)
    }
    let leaders = Dictionary(incumbents.map { ($0.job, objective.score(of: $0.cost)) }) { $1 }
    var trained = 0
    var points: [(x: Double, y: Double)] = []
    for segment in answered {
      trained += max(0, segment.job.work)
      if let score = leaders[segment.job.id] { points.append((Double(trained), score)) }
    }
    return points + (points.last.map { [(Double(trained), $0.y)] } ?? [])
  }
}

/// What the studies were run with, where it differs.
private struct DifferingSettings {
  var studies: [ComparedStudy]

  var markup: Markup {
    let names = Set(studies.flatMap(\.settings.keys)).sorted().filter { name in
      Set(studies.map { $0.settings[name] }).count > 1
    }
    guard !names.isEmpty else { return "<p>They were run with the same settings.</p>\n" }
    let head = studies.map { study -> Markup in "<th class=\"words\">\(study.path)</th>" }
    let rows = names.map { name -> Markup in
      let cells = studies.map { study -> Markup in "<td class=\"words\">\(study.settings[name] ?? "")</td>" }
      return "<tr><td class=\"words\">\(name)</td>\(cells.joined())</tr>\n"
    }
    return """
      <section>
      <h2>Settings that differ</h2>
      <div class="scroll"><table>
      <thead><tr><th class="words">setting</th>\(head.joined())</tr></thead>
      <tbody>
      \(rows.joined())</tbody>
      </table></div>
      </section>

      """
  }
}
