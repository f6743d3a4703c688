import Search

/// The trade between the first objective and each further one, and how the dominated volume grew; nothing for
/// a study with one objective.
struct ParetoPanel {
  var study: Study

  static let mostDots = 2_000
  static let mostFurther = 3

  var figures: [Figure] {
    let history = study.history
    guard !history.objective.further.isEmpty else { return [] }
    let front = history.paretoFront
    let measured = history.segments.compactMap { segment in
      history.costVector(of: segment).map { (segment: segment, costs: $0) }
    }
    guard !front.isEmpty else { return [] }
    return (1...history.objective.further.count).prefix(Self.mostFurther)
      .compactMap { trade(with: $0, front, measured) } + [growth].compactMap { $0 }
  }

  /// The first objective against number `place`.
  private func trade(
    with place: Int, _ front: [ParetoMember], _ measured: [(segment: TrialHistory.Segment, costs: CostVector)]
  ) -> Figure? {
    let parts = study.history.objective.parts
    let (first, second) = (parts[0], parts[place])
    let all = measured.map(\.costs)
    guard let x = range(of: all.map { $0.costs[place] }, second),
      let y = range(of: all.map { $0.costs[0] }, first)
    else { return nil }
    let plot = Plot(
      width: 460, height: 300, x: x.axis, y: y.axis, xTitle: second.metric, yTitle: first.metric)
    func dot(_ trial: TrialID, _ budget: Int, _ costs: CostVector, _ radius: Double, _ style: String)
      -> Markup
    {
      let (across, up) = (second.score(of: costs.costs[place]), first.score(of: costs.costs[0]))
      return plot.dot(
        across, up, radius: radius, style: style,
        title: "\(trial) at \(budget) \(study.history.budgetUnit): \(first.metric) "
          + "\(Numerals.text(up, digits: 5)), \(second.metric) \(Numerals.text(across, digits: 5))"
          + (costs.isFeasible ? "" : ", breaks a limit"))
    }
    let stride = (measured.count + Self.mostDots - 1) / Self.mostDots
    let drawn = measured.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
    let dots = drawn.map { dot($0.segment.job.trial, $0.segment.job.target, $0.costs, 2.5, "outcome") }
    let members = front.map { dot($0.trial, $0.budget, $0.costs, 3.5, "dot best") }
    var caption: Markup =
      "Each dot is the end of a job; the \(Numerals.count(front.count)) larger ones are dominated by nothing."
    if !study.history.objective.limits.isEmpty {
      let limits = study.history.objective.limits.map(\.text).joined(separator: ", ")
      caption += " Limits: \(limits)."
      if !front.contains(where: \.costs.isFeasible) {
        caption += " None keeps them: the larger dots are what breaks them least."
      }
    }
    if drawn.count < measured.count {
      caption +=
        " \(Numerals.count(drawn.count)) of \(Numerals.count(measured.count)) dots are drawn, evenly chosen."
    }
    caption += "\(x.remark)\(y.remark)"
    return Figure(
      title: "\(first.metric) against \(second.metric)",
      drawing: plot.drawing(
        plot.clipped(dots.joined()) + members.joined(),
        summary: "\(first.metric) against \(second.metric), with the Pareto front"),
      caption: caption)
  }

  private func range(of costs: [Double], _ part: Objective.Part) -> ScoreRange? {
    ScoreRange(costs.map(part.score(of:)), objective: Objective(metric: part.metric, goal: part.goal))
  }

  private var growth: Figure? {
    let steps = study.history.hypervolumes
    let places = study.history.segments.filter { $0.outcome != nil }.enumerated()
    let order = Dictionary(uniqueKeysWithValues: places.map { ($1.job.id, Double($0 + 1)) })
    guard let last = steps.last else { return nil }
    let plot = Plot(
      width: 460, height: 300,
      x: .linear(0, Double(max(order.count, 1)), intervals: 6, wholeNumbers: true, ends: .atData),
      y: .linear(0, last.share), xTitle: "jobs", yTitle: "share of the volume")
    var corners: [(x: Double, y: Double)] = []
    for (member, share) in steps {
      let moment = order[member.job] ?? 0
      if let before = corners.last { corners.append((moment, before.y)) }
      corners.append((moment, share))
    }
    corners.append((Double(max(order.count, 1)), last.share))
    return Figure(
      title: "Dominated volume",
      drawing: plot.drawing(
        plot.clipped(plot.line(plot.path(corners), style: "best", title: "Dominated volume")),
        summary: "The volume that the front dominates, over the jobs"),
      caption: """
        The share of the box between the front's best costs and a point a tenth of its range beyond its worst, in all \
        objectives.
        """)
  }
}
