import Search

/// The final score against a hyperparameter: a dot a trial.
struct ScorePanel {
  var study: Study
  var parameter: Parameter

  static let mostTrials = 1_000

  var figure: Figure? {
    guard let range = study.range else { return nil }
    let axis = ParameterAxis(parameter.domain)
    let plot = Plot(
      width: ParameterPanels.size.width, height: ParameterPanels.size.height, x: axis.axis, y: range.axis,
      xTitle: parameter.name.shortened(to: 40))
    let trials = study.selection(ScorePanel.mostTrials)
    let shades = BudgetShades(study)
    var dots: Markup = ""
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
