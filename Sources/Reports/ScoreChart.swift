import Search

/// The best score as it rose, against time, with every outcome as a dot.
struct ScoreChart {
  var study: Study

  static let mostDots = 2_000
  static let mostCrosses = 200

  var figure: Figure? {
    let answered = study.history.segments.filter { $0.outcome != nil }
    let moments = Moments(answered)
    let measured = answered.compactMap { segment -> Dot? in
      guard let score = study.history.score(of: segment), score.isFinite else { return nil }
      return Dot(segment: segment, score: score, moment: moments.moment(of: segment))
    }
    guard let range = ScoreRange(measured.lazy.map(\.score), objective: study.history.objective) else {
      return nil
    }
    let plot = Plot(
      width: 460, height: 300,
      x: .linear(0, moments.last, intervals: 6, wholeNumbers: moments.areOrdinal, ends: .atData),
      y: range.axis,
      xTitle: moments.title, yTitle: study.history.objective.metric)
    let stride = (measured.count + ScoreChart.mostDots - 1) / ScoreChart.mostDots
    let dots = measured.enumerated().filter { $0.offset % stride == 0 }.map {
      drawing(of: $0.element, in: plot)
    }
    let failures = answered.filter { $0.hasFailed }
    return Figure(
      title: "Best score over time",
      drawing: plot.drawing(
        dots.joined()
          + failures.prefix(ScoreChart.mostCrosses).map { cross(of: $0, moments, in: plot) }.joined()
          + bestLine(moments, in: plot), summary: "The best score over time"),
      caption: caption(measured: measured.count, drawn: dots.count, failures: failures.count, range),
      chart: "score")
  }

  private struct Dot {
    var segment: TrialHistory.Segment
    var score: Double
    var moment: Double
  }

  private func drawing(of dot: Dot, in plot: Plot) -> Markup {
    let job = dot.segment.job
    return plot.dot(
      dot.moment, dot.score, radius: 2.5, style: "outcome",
      title:
        "\(job.trial) at \(job.target) \(study.history.budgetUnit): \(Numerals.text(dot.score, digits: 5))")
  }

  private func cross(of segment: TrialHistory.Segment, _ moments: Moments, in plot: Plot) -> Markup {
    guard case .failed(let reason) = segment.outcome else { return "" }
    return plot.cross(
      moments.moment(of: segment), plot.y.low, title: "\(segment.job.trial) failed: \(reason)")
  }

  private func bestLine(_ moments: Moments, in plot: Plot) -> Markup {
    var corners: [(x: Double, y: Double)] = []
    var marks: Markup = ""
    for incumbent in study.history.incumbents {
      let score = study.history.objective.score(of: incumbent.cost)
      let moment = moments.moment(of: incumbent.job)
      if let last = corners.last { corners.append((moment, last.y)) }
      corners.append((moment, score))
      marks += plot.dot(
        moment, score, radius: 3, style: "dot best",
        title: "\(incumbent.trial) at \(incumbent.budget) \(study.history.budgetUnit): "
          + Numerals.text(score, digits: 5))
    }
    guard let last = corners.last else { return "" }
    corners.append((moments.last, last.y))
    return plot.clipped(plot.line(plot.path(corners), style: "best", title: "Best so far")) + marks
  }

  private func caption(measured: Int, drawn: Int, failures: Int, _ range: ScoreRange) -> Markup {
    var caption: Markup =
      "<span class=\"key best\"></span> best so far. Each dot is the score at the end of a job."
    if failures > 0 {
      caption += " × failed"
      caption += failures > ScoreChart.mostCrosses ? " (the first \(ScoreChart.mostCrosses) are drawn)." : "."
    }
    caption += "\(range.remark)"
    if drawn < measured {
      caption += " \(Numerals.count(drawn)) of \(Numerals.count(measured)) dots are drawn, evenly chosen."
    }
    return caption
  }
}

extension TrialHistory.Segment {
  var hasFailed: Bool {
    if case .failed = outcome { true } else { false }
  }
}

/// When jobs were answered: in a unit of time, or one after the other where the history has no times.
private struct Moments {
  private(set) var areOrdinal: Bool
  private var unit: TimeUnit?
  private var moments: [JobID: Double]

  init(_ answered: [TrialHistory.Segment]) {
    areOrdinal = answered.contains { $0.finishedAt?.isFinite != true }
    if areOrdinal {
      moments = Dictionary(
        uniqueKeysWithValues: answered.enumerated().map { ($1.job.id, Double($0 + 1)) })
    } else {
      let unit = TimeUnit(for: answered.compactMap(\.finishedAt).max() ?? 0)
      self.unit = unit
      moments = Dictionary(
        uniqueKeysWithValues: answered.map { ($0.job.id, ($0.finishedAt ?? 0) / unit.seconds) })
    }
  }

  var last: Double { moments.values.max() ?? 0 }
  var title: String { unit.map { "time since the study began, \($0.name)" } ?? "jobs answered" }

  func moment(of job: JobID) -> Double { moments[job] ?? 0 }
  func moment(of segment: TrialHistory.Segment) -> Double { moment(of: segment.job.id) }
}
