import Search

/// Who cloned whom: a row a trial, a column a budget (PBT's generations), an arrow a clone.
struct LineageChart {
  var study: Study

  static let mostRows = 80
  static let mostColumns = 200

  /// Nil when no trial was ever cloned.
  var figure: Figure? {
    guard study.headline.counts.forks > 0, let range = scoreRange else { return nil }
    let trials = study.selection(LineageChart.mostRows)
    let allBudgets = Set(trials.lazy.flatMap(\.segments).map(\.job.target)).sorted()
    let grid = LineageGrid(
      trials: trials.map(\.id), budgets: Array(allBudgets.suffix(LineageChart.mostColumns)))
    var links: Markup = ""
    var bestLinks: Markup = ""
    var cells: Markup = ""
    for segment in trials.lazy.flatMap(\.segments) {
      guard let cell = grid.cell(segment.job.trial, segment.job.target) else { continue }
      if study.bestJobs.contains(segment.job.id) {
        bestLinks += link(to: segment, at: cell, in: grid)
      } else {
        links += link(to: segment, at: cell, in: grid)
      }
      cells += drawing(of: segment, at: cell, range, in: grid)
    }
    return Figure(
      title: "Lineage",
      drawing: """
        <svg class="natural" width="\(grid.width)" height="\(grid.height)" \
        viewBox="0 0 \(grid.width) \(grid.height)" xmlns="http://www.w3.org/2000/svg" \
        role="img" aria-label="Who cloned whom">
        \(links)\(bestLinks)\(cells)\(grid.labels(unit: study.history.budgetUnit))</svg>

        """,
      caption: caption(range, drawn: trials.count, columnsLeftOut: allBudgets.count - grid.budgets.count))
  }

  private var scoreRange: ScoreRange? {
    let scores = study.history.trials.lazy.flatMap(\.segments).compactMap(study.history.score)
    return ScoreRange(scores, objective: study.history.objective)
  }

  private func link(to segment: TrialHistory.Segment, at cell: LineageGrid.Cell, in grid: LineageGrid)
    -> Markup
  {
    let style = study.bestJobs.contains(segment.job.id) ? "best" : "link"
    let (parent, budget, title): (TrialID, Int, String) =
      switch segment.job.origin {
      case .fresh: (segment.job.trial, 0, "")
      case .resume(let budget): (segment.job.trial, budget, "\(segment.job.trial) goes on")
      case .fork(let parent, let budget):
        (parent, budget, "\(segment.job.trial) clones \(parent) at \(budget)")
      }
    guard budget > 0, let start = grid.cell(parent, budget) else { return "" }
    let (x1, x2) = (start.x + grid.cellWidth, cell.x)
    let (y1, y2) = (start.y + LineageGrid.cellHeight / 2, cell.y + LineageGrid.cellHeight / 2)
    let bend = (x2 - x1) * 0.5
    var drawing: Markup = """
      <path class="line \(style)" d="M\(x1) \(y1)C\(x1 + bend) \(y1) \(x2 - bend) \(y2) \(x2) \(y2)">\
      <title>\(title)</title></path>

      """
    if parent != segment.job.trial {
      drawing += "<path class=\"head \(style)\" d=\"M\(x2) \(y2)l-5 -3.5v7z\"/>\n"
    }
    return drawing
  }

  private func drawing(
    of segment: TrialHistory.Segment, at cell: LineageGrid.Cell, _ range: ScoreRange, in grid: LineageGrid
  ) -> Markup {
    let job = segment.job
    let place = "\(job.trial) at \(job.target)"
    let score = study.history.score(of: segment).flatMap { $0.isFinite ? $0 : nil }
    let (style, title, text, ink): (String, String, String, String) =
      switch segment.outcome {
      case .failed(let reason): ("failed", "\(place) failed: \(reason)", "×", "ink-plain")
      case nil: ("waiting", "\(place): at work", "…", "ink-plain")
      case .reached:
        (
          "s\(score.map(range.shade) ?? 0)", "\(place): \(score.map { Numerals.text($0, digits: 5) } ?? "")",
          grid.hasTexts ? score.map { Numerals.fixed($0, digits: 3) } ?? "" : "",
          "ink s\(score.map(range.shade) ?? 0)"
        )
      }
    var drawing: Markup = """
      <rect class="cell \(style)" x="\(cell.x)" y="\(cell.y)" width="\(grid.cellWidth)" \
      height="\(LineageGrid.cellHeight)" rx="3"><title>\(title)</title></rect>
      """
    if !text.isEmpty {
      drawing += """
        <text class="\(ink)" x="\(cell.x + grid.cellWidth / 2)" y="\(cell.y + 13.5)" text-anchor="middle">\
        \(text)</text>
        """
    }
    return drawing + "\n"
  }

  private func caption(_ range: ScoreRange, drawn: Int, columnsLeftOut: Int) -> Markup {
    var caption: Markup = """
      A row is a trial, a column a cumulative budget in \(study.history.budgetUnit), an arrow a clone. \
      <span class="key best"></span> what the best came from. Score: \(range.legend). × failed.
      """
    if study.headline.counts.unfinishedJobs > 0 { caption += " … at work." }
    if columnsLeftOut > 0 {
      caption +=
        " Drawn: the largest \(LineageChart.mostColumns) budgets; left out: \(columnsLeftOut) before them."
    }
    return caption + "\(study.remark(drawn: drawn))"
  }
}

/// Where the cells of the lineage are, in pixels.
private struct LineageGrid {
  struct Cell { var x: Double, y: Double }

  var trials: [TrialID]
  /// Ascending.
  var budgets: [Int]
  private var rows: [TrialID: Int]
  private var columns: [Int: Int]
  let cellWidth: Double
  private let gap: Double

  static let cellHeight = 19.0
  private static let pageWidth = 1_030.0
  private static let rowHeight = 25.0
  private static let left = 78.0
  private static let top = 26.0

  init(trials: [TrialID], budgets: [Int]) {
    self.trials = trials
    self.budgets = budgets
    rows = Dictionary(uniqueKeysWithValues: trials.enumerated().map { ($1, $0) })
    columns = Dictionary(uniqueKeysWithValues: budgets.enumerated().map { ($1, $0) })
    // As wide as a page gives, but no narrower than a finger's tip; then the drawing scrolls.
    let pitch = min(max((LineageGrid.pageWidth - LineageGrid.left) / Double(max(budgets.count, 1)), 32), 100)
    (cellWidth, gap) = pitch >= 62 ? (pitch - 24, 24) : (pitch / 2, pitch / 2)
  }

  var hasTexts: Bool { cellWidth >= 38 }
  var width: Double { max(x(budgets.count) - gap + 12, 320) }
  var height: Double { LineageGrid.top + Double(trials.count) * LineageGrid.rowHeight + 6 }

  /// Nil for what is left out.
  func cell(_ trial: TrialID, _ budget: Int) -> Cell? {
    guard let row = rows[trial], let column = columns[budget] else { return nil }
    return Cell(x: x(column), y: LineageGrid.top + Double(row) * LineageGrid.rowHeight)
  }

  private func x(_ column: Int) -> Double { LineageGrid.left + Double(column) * (cellWidth + gap) }

  func labels(unit: String) -> Markup {
    var labels: Markup = ""
    for (row, trial) in trials.enumerated() {
      let y = LineageGrid.top + Double(row) * LineageGrid.rowHeight + 13.5
      labels += label(trial.description, x: LineageGrid.left - 10, y: y, anchor: "end")
    }
    // As many budgets as have room for their digits.
    let longest = Plot.letter * Double(Numerals.count(budgets.last ?? 0).count) + 10
    let stride = max(1, Int((longest / (cellWidth + gap)).rounded(.up)))
    for (column, budget) in budgets.enumerated() where column % stride == 0 {
      labels += label(Numerals.count(budget), x: x(column) + cellWidth / 2, y: 15, anchor: "middle")
    }
    return labels + label(unit.shortened(to: 11), x: LineageGrid.left - 10, y: 15, anchor: "end")
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String) -> Markup {
    "<text class=\"tick\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"\(anchor)\">\(text)</text>\n"
  }
}
