import Search

/// The best so far, on the dev split that chose it and on the second one, as trials were answered: where the
/// lines part, the search has come to suit the dev split.
struct SecondDevChart {
  var study: Study

  /// Nil where there is no second dev split.
  var figure: Figure? {
    guard let gap = study.headline.secondDev,
      let range = ScoreRange(
        gap.points.flatMap { [$0.dev] + [$0.second].compactMap(\.self) }, objective: study.history.objective)
    else { return nil }
    let plot = Plot(
      width: 460, height: 300,
      x: .linear(0, Double(gap.answered), intervals: 6, wholeNumbers: true, ends: .atData), y: range.axis,
      xTitle: "jobs answered", yTitle: study.history.objective.metric)
    let last = Double(gap.answered)
    let dev = Self.steps(gap.points.map { (Double($0.answered), $0.dev) }, until: last)
    let second = Self.steps(
      gap.points.compactMap { point in point.second.map { (Double(point.answered), $0) } }, until: last)
    let lines =
      plot.line(plot.path(second), style: "unseen", title: "The same, on the second dev split")
      + plot.line(plot.path(dev), style: "best", title: "Best so far, on the dev split")
    return Figure(
      title: "Overfitting the dev split",
      drawing: plot.drawing(
        plot.clipped(lines) + dots(gap, in: plot),
        summary: "The best so far on the dev split, and on a second one that no decision saw"),
      caption: """
        <span class="key best"></span> the best so far on the dev split, \
        <span class="key unseen"></span> the same state on the second dev split. The best: \(gap.sentence).\(range.remark)
        """)
  }

  private func dots(_ gap: SecondDevGap, in plot: Plot) -> Markup {
    gap.points.map { point -> Markup in
      let place = "\(point.incumbent.trial) at \(point.incumbent.budget) \(study.history.budgetUnit): "
      let second = point.second.map { value in
        plot.dot(
          Double(point.answered), value, radius: 3, style: "dot unseen",
          title: place + "\(Numerals.text(value, digits: 5)) on the second dev split")
      }
      return (second ?? "")
        + plot.dot(
          Double(point.answered), point.dev, radius: 3, style: "dot best",
          title: place + Numerals.text(point.dev, digits: 5))
    }.joined()
  }

  /// The corners of a line that stays until the next value.
  private static func steps(_ values: [(x: Double, y: Double)], until last: Double) -> [(
    x: Double, y: Double
  )] {
    var corners: [(x: Double, y: Double)] = []
    for value in values {
      if let before = corners.last { corners.append((value.x, before.y)) }
      corners.append(value)
    }
    if let before = corners.last { corners.append((last, before.y)) }
    return corners
  }
}
