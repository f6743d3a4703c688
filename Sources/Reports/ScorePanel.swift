import Search

/// The final score against a hyperparameter: a dot a trial.
struct ScorePanel {
  var study: Study
  var parameter: Parameter

  static let mostTrials = 1_000

  var figure: Figure? {
    let trials = study.selection(ScorePanel.mostTrials)
    let scores = trials.compactMap(study.history.finalScore)
    guard let range = ScoreRange(scores, objective: study.history.objective) else { return nil }
    let axis = ParameterAxis(parameter.domain)
    let plot = Plot(
      width: ParameterPanels.size.width, height: ParameterPanels.size.height, x: axis.axis, y: range.axis,
      xTitle: parameter.name.shortened(to: 40))
    let shades = BudgetShades(study)
    var dots = expectation(axis, in: plot)
    for trial in trials where trial.id != study.headline.best?.trial {
      dots += dot(of: trial, style: { "dot s\(shades.shade(of: $0))" }, radius: 2.8, axis, in: plot)
    }
    if let best = study.headline.best {
      let trial = study.history.trials[best.trial.rawValue]
      dots += dot(of: trial, style: { "dot s\(shades.shade(of: $0))" }, radius: 2.8, axis, in: plot)
      dots += dot(of: trial, style: { _ in "ring" }, radius: 5, axis, in: plot)
    }
    guard dots != "" else { return nil }
    return Figure(
      title: parameter.name,
      drawing: plot.drawing(dots, summary: "\(study.history.objective.metric) against \(parameter.name)"),
      caption: "\(parameter.scaleRemark)\(range.remark)\(study.remark(drawn: trials.count))")
  }

  /// What the forest expects of the hyperparameter's values, with the spread of its trees; nothing where it explains too
  /// little to be shown.
  private func expectation(_ axis: ParameterAxis, in plot: Plot) -> Markup {
    guard let importance = study.importance, importance.explained >= ImportanceSection.leastExplained,
      let dependence = importance.dependences.first(where: { $0.parameters == [parameter.name] })
    else { return "" }
    let objective = study.history.objective
    let points = dependence.places[0].enumerated().compactMap {
      place, unit -> (x: Double, low: Double, high: Double)? in
      guard let x = axis.place(parameter.domain.value(at: unit)) else { return nil }
      let (mean, spread) = (objective.score(of: dependence.means[place]), dependence.deviations[place])
      return (x, mean - spread, mean + spread)
    }
    let title =
      "What the forest expects at \(importance.budget) \(study.history.budgetUnit), and its trees' spread"
    let line = plot.path(points.map { ($0.x, ($0.low + $0.high) / 2) })
    if axis.axis.measure == .categories {
      return plot.clipped(
        points.map { point in
          let stretch = [(point.x - 0.32, point.low, point.high), (point.x + 0.32, point.low, point.high)]
          return plot.band(stretch.map { (x: $0.0, low: $0.1, high: $0.2) }, style: "band", title: title)
        }.joined())
    }
    return plot.clipped(
      plot.band(points, style: "band", title: title) + plot.line(line, style: "expected", title: title))
  }

  private func dot(
    of trial: TrialHistory, style: (Int) -> String, radius: Double, _ axis: ParameterAxis, in plot: Plot
  ) -> Markup {
    guard let segment = trial.segments.last(where: { $0.cost?.isFinite == true }),
      let score = study.history.score(of: segment),
      let place = axis.place(segment.job.configuration[parameter.name])
    else { return "" }
    let value = segment.job.configuration[parameter.name].map(Numerals.value) ?? ""
    return plot.dot(
      place + (axis.axis.measure == .categories ? trial.id.spread : 0), score, radius: radius,
      style: style(segment.job.target),
      title: "\(trial.id): \(Numerals.text(score, digits: 5)) with \(value), at \(segment.job.target) "
        + study.history.budgetUnit)
  }
}

extension TrialID {
  /// Within ±0.3, evenly spread over the trials: keeps the dots of a category apart. Multiples of the golden
  /// ratio, modulo 1.
  fileprivate var spread: Double {
    let multiple = Double(rawValue) * 0.618_033_988_749_895
    return (multiple - multiple.rounded(.down) - 0.5) * 0.6
  }
}

/// How far a trial was trained, as a shade: by powers, because rungs grow by powers.
struct BudgetShades {
  private let largest: Int
  private let unit: String

  init(_ study: Study) { (largest, unit) = (study.largestBudget, study.history.budgetUnit) }

  var legend: Markup {
    ScoreRange.ramp(
      from: Numerals.count(largest >> (ScoreRange.shades - 1)), to: "\(Numerals.count(largest)) \(unit)")
  }

  func shade(of budget: Int) -> Int {
    // Each halving of the budget is a shade less.
    var (shade, budget) = (ScoreRange.shades - 1, max(budget, 1))
    while budget < largest, shade > 0 {
      (shade, budget) = (shade - 1, budget * 2)
    }
    return shade
  }
}
