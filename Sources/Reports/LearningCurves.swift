import Search

/// The objective against budget, a line a trial; where a trial took over another one's state, its line starts
/// from that one's.
struct LearningCurves {
  var study: Study

  /// What a picture can show, and a page carry.
  static let mostTrials = 200
  static let mostPoints = 200

  var figure: Figure? {
    let trials = study.selection(LearningCurves.mostTrials)
    let curves = trials.map { Curve($0, in: study) }.filter { !$0.strands.isEmpty }
    let scores = curves.lazy.flatMap(\.strands).flatMap(\.points).map(\.score)
    guard let range = ScoreRange(scores, objective: study.history.objective) else { return nil }
    let plot = Plot(
      width: 460, height: 300, x: budgetAxis(for: curves), y: range.axis, xTitle: study.history.budgetUnit,
      yTitle: study.history.objective.metric)
    // The worst first, so that the better ones lie above them.
    let lines = curves.sorted { $0.shade < $1.shade }.map { $0.lines(in: plot) }.joined() + bestLine(in: plot)
    let drawing = plot.clipped(lines) + curves.map { $0.marks(in: plot) }.joined()
    return Figure(
      title: "Learning curves",
      drawing: plot.drawing(
        drawing, summary: "\(study.history.objective.metric) against budget, trial by trial"),
      caption: caption(curves, drawn: trials.count, range), chart: "curves")
  }

  /// True of a halving scheduler's budgets, most of which would otherwise lie at the left edge.
  var hasLogarithmicBudgets: Bool {
    let targets = study.history.trials.lazy.flatMap(\.segments).map(\.job.target)
    guard study.headline.counts.forks == 0, let least = targets.min() else { return false }
    return study.largestBudget >= 16 * least
  }

  private func budgetAxis(for curves: [Curve]) -> Axis {
    let largest = Double(study.largestBudget)
    let measured = curves.lazy.flatMap(\.strands).flatMap(\.points).map(\.budget).filter { $0 > 0 }
    if hasLogarithmicBudgets, let first = measured.min() { return .logarithmic(Double(first), largest) }
    return .linear(0, largest, intervals: 6, wholeNumbers: true, ends: .atData)
  }

  /// From new weights to the best score.
  private func bestLine(in plot: Plot) -> Markup {
    let curve = Curve(jobs: study.bestLineage, in: study)
    let points = curve.strands.flatMap(\.points).map { (x: Double($0.budget), y: $0.score) }
    let path = plot.path(points)
    return plot.line(path, style: "halo", title: "")
      + plot.line(path, style: "best", title: "What the best came from, weights over trials")
  }

  private func caption(_ curves: [Curve], drawn: Int, _ range: ScoreRange) -> Markup {
    var caption: Markup = "<span class=\"key best\"></span> the best and what its weights came from. "
    caption += "Others by final score: \(study.range?.legend ?? "")."
    if curves.contains(where: { !$0.forks.isEmpty }) {
      caption += " ○ took over another trial's state; <span class=\"key dropped\"></span> dropped for it."
    }
    if curves.contains(where: { $0.failure != nil }) { caption += " × failed." }
    caption += "\(range.remark)\(study.remark(drawn: drawn))"
    if curves.contains(where: \.isThinned) { caption += " Of long curves, not every measurement is drawn." }
    return caption
  }
}

/// One trial's line.
private struct Curve {
  struct Point { var budget: Int, score: Double }
  /// Training without a break: a trial's jobs up to a fork.
  struct Strand { var points: [Point] }

  var trial: TrialID?
  var title: String
  var shade = 0
  var strands: [Strand] = []
  /// Where another trial's state was taken over.
  var forks: [Point] = []
  var failure: (point: Point, reason: String)?
  var isThinned = false

  init(_ trial: TrialHistory, in study: Study) {
    self.init(jobs: trial.segments, in: study)
    self.trial = trial.id
    let score = study.history.finalScore(of: trial)
    title = "\(trial.id): \(score.map { Numerals.text($0, digits: 5) } ?? "no score")"
    shade = score.flatMap { study.range?.shade(of: $0) } ?? 0
  }

  init(jobs: [TrialHistory.Segment], in study: Study) {
    title = ""
    for segment in jobs { add(segment, in: study) }
    strands.removeAll { $0.points.isEmpty }
    for index in strands.indices {
      let count = strands[index].points.count
      guard count > LearningCurves.mostPoints else { continue }
      let stride = (count - 1) / LearningCurves.mostPoints + 1
      strands[index].points = strands[index].points.enumerated()
        .filter { $0.offset % stride == 0 || $0.offset == count - 1 }.map(\.element)
      isThinned = true
    }
  }

  private mutating func add(_ segment: TrialHistory.Segment, in study: Study) {
    let job = segment.job
    switch job.origin {
    case .fresh: strands.append(Strand(points: []))
    case .resume: if strands.isEmpty { strands.append(Strand(points: [])) }
    case .fork(let parent, let budget):
      // A line that goes through several trials goes on; a trial's own line starts anew from its parent's.
      let start = study.score(of: parent, at: budget).map { Point(budget: budget, score: $0) }
      let continues =
        strands.last?.points.last.map { $0.budget == budget && $0.score == start?.score } ?? false
      if !continues { strands.append(Strand(points: start.map { [$0] } ?? [])) }
      if let start { forks.append(start) }
    }
    var points = segment.measurements.compactMap { measurement in
      measurement.metrics[study.history.objective.metric].flatMap {
        $0.isFinite ? Point(budget: measurement.budget, score: $0) : nil
      }
    }
    if let score = study.history.score(of: segment), score.isFinite, points.last?.budget != job.target {
      points.append(Point(budget: job.target, score: score))
    }
    strands[strands.count - 1].points += points
    if case .failed(let reason) = segment.outcome {
      failure = strands.last?.points.last.map { ($0, reason) } ?? failure
    }
  }

  func lines(in plot: Plot) -> Markup {
    var drawing: Markup = ""
    for (index, strand) in strands.enumerated() {
      let isDropped = index < strands.count - 1
      let points = strand.points.map { (x: Double($0.budget), y: $0.score) }
      let style = isDropped ? "dropped" : "s\(shade)"
      if points.count == 1 {
        drawing += plot.dot(points[0].x, points[0].y, radius: 2.5, style: "dot \(style)", title: title)
      } else {
        drawing += plot.line(plot.path(points), style: style, title: title)
      }
    }
    return drawing
  }

  func marks(in plot: Plot) -> Markup {
    var drawing: Markup = ""
    for fork in forks where plot.contains(Double(fork.budget), fork.score) {
      drawing += plot.dot(
        Double(fork.budget), fork.score, radius: 3, style: "fork", title: "\(title), from here a clone")
    }
    if let failure {
      drawing += plot.cross(
        Double(failure.point.budget), failure.point.score, title: "\(title): failed, \(failure.reason)")
    }
    return drawing
  }
}
