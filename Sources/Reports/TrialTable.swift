import Search

/// The trials, the best first, each with its newest configuration.
struct TrialTable {
  var study: Study

  /// What a page without scripts shows; with them it shows all, fifty at a time.
  static let mostRows = 500

  struct Column {
    var name: String
    /// Words stand at the left and may be broken, numbers at the right.
    var isWords = false
    var isParameter = false
    var isScore = false
    fileprivate var text: (TrialHistory) -> String
  }

  let columns: [Column]

  init(study: Study) {
    self.study = study
    columns = Self.columns(of: study)
  }

  /// The cells of a trial's row.
  func texts(of trial: TrialHistory) -> [String] { columns.map { $0.text(trial) } }

  /// Empty when there are no trials.
  var markup: Markup {
    let trials = study.ranking.prefix(TrialTable.mostRows)
    guard !trials.isEmpty else { return "" }
    let head = columns.map { column -> Markup in "<th\(style(of: column))>\(column.name)</th>" }
    return """
      <section id="trials">
      <h2>Trials</h2>
      <p>\(remark(shown: trials.count))</p>
      <div class="scroll"><table>
      <thead><tr>\(head.joined())</tr></thead>
      <tbody>
      \(trials.map(row).joined())</tbody>
      </table></div>
      </section>

      """
  }

  private func remark(shown: Int) -> String {
    var remark =
      "Those that came as far as three have, by the newest score, the best first; then the others. "
      + "Hyperparameters of the newest job."
    let left = study.ranking.count - shown
    if left > 0 {
      remark +=
        " Without scripts \(Numerals.count(left, "worse trial")) of \(Numerals.count(study.ranking.count)) not shown: "
        + "trials.csv has them all."
    }
    if !study.history.objective.limits.isEmpty {
      remark += " Of equal reach, those that break limits come last."
    }
    return remark
  }

  private func row(of trial: TrialHistory) -> Markup {
    let cells = zip(columns, texts(of: trial)).map { column, text -> Markup in
      "<td\(style(of: column))>\(text)</td>"
    }
    let isBest = study.headline.best?.trial == trial.id
    return "<tr\(isBest ? " class=\"best\"" : "" as Markup)>\(cells.joined())</tr>\n"
  }

  private func style(of column: Column) -> Markup { column.isWords ? " class=\"words\"" : "" }
}

extension TrialTable {
  private static func columns(of study: Study) -> [Column] {
    let history = study.history
    func scored(_ trial: TrialHistory) -> TrialHistory.Segment? {
      trial.segments.last { $0.cost?.isFinite == true }
    }
    var columns = [Column(name: "trial") { "\($0.id.rawValue)" }]
    if history.versions != nil {
      // Of the experiment, under which a trial was last trained.
      columns.append(Column(name: "version") { "\($0.segments.last?.version ?? 1)" })
    }
    columns += [
      Column(name: history.objective.metric, isScore: true) { scored($0).flatMap(history.scoreText) ?? "" },
      Column(name: history.budgetUnit) { scored($0).map { Numerals.count($0.job.target) } ?? "0" },
      Column(name: "status", isWords: true, text: status),
      Column(name: "weights from", isWords: true, text: origin),
    ]
    if !history.objective.limits.isEmpty {
      columns.append(
        Column(name: "limits", isWords: true) { trial in
          let broken = scored(trial).flatMap(history.brokenLimits)
          return broken.map { $0.isEmpty ? "kept" : "breaks \($0.text)" } ?? ""
        })
    }
    columns.append(
      Column(name: "seconds") { trial in
        trial.segments.last?.finishedAt.map { Numerals.text(($0 * 10).rounded() / 10, digits: 6) } ?? ""
      })
    return columns
      + history.parameterNames.map { name in
        Column(name: name, isParameter: true) { trial in
          trial.segments.last?.job.configuration[name].map(Numerals.value) ?? ""
        }
      }
  }

  private static func status(of trial: TrialHistory) -> String {
    guard let newest = trial.segments.last else { return "not begun" }
    let stretch = "\(Numerals.count(newest.job.origin.budget)) to \(Numerals.count(newest.job.target))"
    return switch newest.outcome {
    case .reached: "reached \(Numerals.count(newest.job.target))"
    case .failed(let reason): "failed from \(stretch): \(reason)"
    case nil: "at work from \(stretch)"
    }
  }

  private static func origin(of trial: TrialHistory) -> String {
    let forks = trial.segments.filter(\.job.origin.isFork)
    guard case .fork(let parent, let budget) = forks.last?.job.origin else { return "new" }
    return "trial \(parent.rawValue) at \(Numerals.count(budget))"
      + (forks.count > 1 ? " (\(forks.count) clones)" : "")
  }
}

extension History {
  /// The score, with its standard error over the dev samples where that was measured.
  fileprivate func scoreText(of segment: TrialHistory.Segment) -> String? {
    guard let measured = measuredScore(of: segment) else { return nil }
    return (measured.error ?? 0) > 0 ? measured.text : Numerals.fixed(measured.score, digits: 6)
  }
}
