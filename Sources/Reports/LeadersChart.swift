import Search

/// The first few of the ranking, each with the interval that its error leaves.
struct LeadersChart {
  var study: Study

  static let most = 5
  /// Standard errors on either side of an interval that covers 95 % of a normal distribution.
  static let coverage = 1.96

  /// Nil of fewer than two.
  var figure: Figure? {
    let leaders = study.leaders.prefix(Self.most)
    guard leaders.count > 1 else { return nil }
    let reach = leaders.map { ($0.score, Self.coverage * ($0.error ?? 0)) }
    let (low, high) = (reach.map { $0 - $1 }.min() ?? 0, reach.map { $0 + $1 }.max() ?? 1)
    let names = leaders.map { "trial \($0.trial.rawValue)" }
    let plot = Plot(
      width: 460, height: 74 + 26 * Double(leaders.count), x: .linear(low, high, intervals: 5, ends: .atData),
      y: .categories(names.reversed()), xTitle: study.history.objective.metric)
    let marks = leaders.enumerated().map { place, leader -> Markup in
      let row = Double(leaders.count - 1 - place)
      let half = Self.coverage * (leader.error ?? 0)
      let style = place == 0 ? "best" : "s4"
      let title =
        "trial \(leader.trial.rawValue) at \(leader.budget) \(study.history.budgetUnit): "
        + MeasuredScore(leader.score, error: leader.error).text
      return plot.line(
        plot.path([(leader.score - half, row), (leader.score + half, row)]), style: style, title: title)
        + plot.dot(leader.score, row, radius: 4, style: "dot \(style)", title: title)
    }
    return Figure(
      title: "The first \(Numerals.count(leaders.count)), with their intervals",
      drawing: plot.drawing(marks.joined(), summary: "The first trials with their intervals"),
      caption: caption(Array(leaders)))
  }

  private func caption(_ leaders: [Leader]) -> Markup {
    let equal = leaders.dropFirst().count { !$0.isApart(from: leaders[0]) }
    guard leaders[0].error != nil else {
      return "How precise the scores are is not known: what is measured has no standard error."
    }
    let verdict =
      switch equal {
      case 0: "The first stands apart from the others."
      case leaders.count - 1: "None of the others can be told from the first."
      default: "\(Numerals.count(equal)) of the others cannot be told from the first."
      }
    let source =
      study.history.replication.count > 1
      ? "over replicates"
      : "of the same dev samples, so that differences are somewhat more certain than they seem"
    return "\(verdict) Lines: 95 %, 1.96 standard errors \(source). "
      + "The first was chosen as the best of all: its score flatters it."
  }
}

/// A place in the ranking.
struct Leader {
  var trial: TrialID
  var budget: Int
  var score: Double
  /// The standard error; nil where it is not known.
  var error: Double?

  /// Whether the difference is more than chance makes in one case of twenty, where both errors are known.
  func isApart(from other: Leader) -> Bool {
    guard error != nil, other.error != nil else { return false }
    return abs(score - other.score) > LeadersChart.coverage * differenceError(to: other)
  }

  /// The standard error of the difference of two scores that are independent of each other.
  func differenceError(to other: Leader) -> Double {
    let (own, others) = (error ?? 0, other.error ?? 0)
    return (own * own + others * others).squareRoot()
  }
}

extension Study {
  /// As the rule orders them, those that have been compared; the winner first.
  var leaders: [Leader] {
    let ranking = history.ranking
    return ranking.ordered.prefix { $0.budget >= ranking.budget ?? 0 }.compactMap { state in
      history.measured(state).map {
        Leader(trial: state.incumbent.trial, budget: state.budget, score: $0.score, error: $0.error)
      }
    }
  }
}
