import Search

/// A hyperparameter against budget: steps, a line a trial.
struct SchedulePanel {
  var study: Study
  var parameter: Parameter

  static let mostTrials = 60

  var figure: Figure? {
    let axis = ParameterAxis(parameter.domain)
    let trials = study.selection(SchedulePanel.mostTrials)
    let plot = Plot(
      width: ParameterPanels.size.width, height: ParameterPanels.size.height,
      x: .linear(0, Double(study.largestBudget), intervals: 4, wholeNumbers: true, ends: .atData),
      y: axis.axis,
      xTitle: study.history.budgetUnit)
    var lines: Markup = ""
    for trial in trials.sorted(by: { shade(of: $0) < shade(of: $1) }) {
      lines += line(of: trial, axis, in: plot)
    }
    let best = plot.path(of: steps(study.bestLineage, axis))
    lines += plot.line(best, style: "halo", title: "") + plot.line(best, style: "best", title: "The best")
    guard lines != "" else { return nil }
    let marks = trials.map { forks(of: $0, axis, in: plot) }.joined()
    return Figure(
      title: parameter.name,
      drawing: plot.drawing(
        plot.clipped(lines) + marks, summary: "\(parameter.name) against \(study.history.budgetUnit)"),
      caption: "\(parameter.scaleRemark)\(study.remark(drawn: trials.count))")
  }

  private func shade(of trial: TrialHistory) -> Int {
    study.history.finalScore(of: trial).flatMap { study.range?.shade(of: $0) } ?? 0
  }

  private func line(of trial: TrialHistory, _ axis: ParameterAxis, in plot: Plot) -> Markup {
    let newest = trial.segments.lastIndex { $0.job.origin.isFork } ?? 0
    // Unbroken from fork to fork: the jump to a clone's value is no schedule.
    var dropped: Markup = ""
    for strand in trial.segments[..<newest].split(before: \.job.origin.isFork) {
      dropped += plot.path(of: steps(strand, axis))
    }
    return plot.line(dropped, style: "dropped", title: "\(trial.id), dropped for a clone")
      + plot.line(
        plot.path(of: steps(trial.segments[newest...], axis)), style: "s\(shade(of: trial))",
        title: "\(trial.id)")
  }

  private func forks(of trial: TrialHistory, _ axis: ParameterAxis, in plot: Plot) -> Markup {
    var drawing: Markup = ""
    for segment in trial.segments {
      guard case .fork(let parent, let budget) = segment.job.origin,
        let place = axis.place(segment.job.configuration[parameter.name])
      else { continue }
      let value = segment.job.configuration[parameter.name].map(Numerals.value) ?? ""
      drawing += plot.dot(
        Double(budget), place, radius: 3, style: "fork", title: "\(trial.id), a clone of \(parent): \(value)")
    }
    return drawing
  }

  /// The corners of each unbroken stretch in which the hyperparameter had a value.
  private func steps(
    _ segments: some Sequence<TrialHistory.Segment>, _ axis: ParameterAxis
  ) -> [[(x: Double, y: Double)]] {
    var stretches: [[(x: Double, y: Double)]] = []
    for segment in segments {
      let (start, end) = (Double(segment.job.origin.budget), Double(segment.job.target))
      guard let place = axis.place(segment.job.configuration[parameter.name]) else { continue }
      if let last = stretches.last?.last, last.x == start {
        // The same value goes on: the corner moves.
        if last.y == place { stretches[stretches.count - 1].removeLast() }
        stretches[stretches.count - 1] += last.y == place ? [(end, place)] : [(start, place), (end, place)]
      } else {
        stretches.append([(start, place), (end, place)])
      }
    }
    return stretches
  }
}
