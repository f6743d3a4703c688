public import Search

/// What a study amounts to, in words: for the top of the page and for a terminal.
struct Headline {
  var history: History
  var state: StudyState
  var best: Incumbent?
  var counts: HistoryCounts
  /// What the best breaks; nil without limits.
  var brokenLimits: [BrokenLimit]?
  /// How far the choice has come to suit the dev split; nil without a second one.
  var secondDev: SecondDevGap?
  /// The best score, with its error where it is known.
  var measured: MeasuredScore?
  /// How many states have the best score.
  var tied: Int

  init(_ history: History, state: StudyState) {
    self.history = history
    self.state = state
    let ranking = history.ranking
    (best, tied) = (ranking.winner?.incumbent, ranking.tied)
    measured = history.measured(ranking.winner)
    counts = history.counts
    brokenLimits = best.flatMap { history.brokenLimits(of: $0.trial, at: $0.budget) }
    secondDev = SecondDevGap(history)
  }

  /// The best score with its error, in as many digits as mean something; six where the error is not known.
  var bestText: String {
    guard let measured, measured.error != nil else {
      return bestScore.map { Numerals.text($0, digits: 6) } ?? ""
    }
    return measured.text
  }

  /// Where the error is from; empty where it is not known.
  var precision: String {
    guard let error = measured?.error, error > 0 else { return "" }
    if history.replication.count > 1 {
      return "; ± is the standard error over \(history.replication.count) replicates"
    }
    let samples = history.samples.map { " \(Numerals.count($0.dev))" } ?? ""
    return "; ± is the standard error over the\(samples) dev samples"
  }

  var bestScore: Double? { best.map { $0.cost == 0 ? 0 : history.objective.score(of: $0.cost) } }

  /// When the newest outcome was recorded, in seconds since the study began.
  var seconds: Double? { history.trials.lazy.flatMap(\.segments).compactMap(\.finishedAt).max() }

  /// Such as `8 trials, 1 of them failed, 12 forks; 3,200 steps trained in 2 min 5 s.`
  var sentence: String {
    var sentence = Numerals.count(counts.trials, "trial")
    if counts.failedTrials > 0 { sentence += ", \(Numerals.count(counts.failedTrials)) of them failed" }
    if counts.unfinishedJobs > 0 { sentence += ", \(Numerals.count(counts.unfinishedJobs, "job")) at work" }
    if counts.forks > 0 { sentence += ", \(Numerals.count(counts.forks, "fork"))" }
    sentence += "; \(Numerals.count(counts.budget)) \(history.budgetUnit) trained"
    if let seconds { sentence += " in \(Numerals.duration(seconds))" }
    return sentence + "." + limitsSentence + baselineSentence
  }

  /// Whether anything keeps the study's limits; empty without limits, and before the first score.
  private var limitsSentence: String {
    guard let brokenLimits else { return "" }
    let limits = history.objective.limits.map(\.inequality).joined(separator: ", ")
    return brokenLimits.isEmpty
      ? " The best keeps the limits, \(limits)."
      : " No trial keeps the limits: what is called the best is the best of those that break "
        + "\(brokenLimits.text)."
  }

  /// `Best`, or what it is the best of, where nothing keeps the limits.
  var titleOfBest: String {
    guard let brokenLimits, !brokenLimits.isEmpty else { return "Best \(history.objective.metric)" }
    return "Best \(history.objective.metric) of those that break \(brokenLimits.text)"
  }

  /// How far the best is from the baseline at equal budget; empty without one.
  private var baselineSentence: String {
    guard let baseline = history.baselineComparison else { return "" }
    let objective = history.objective
    let score = objective.score(of: baseline.cost)
    let place = "at \(Numerals.count(baseline.budget)) \(history.budgetUnit)"
    let compared = baseline.costOfBest.map(objective.score) ?? bestScore
    guard let compared, let best, !history.isBaseline(best) else {
      return " The best is the baseline, \(Numerals.text(score, digits: 6)) \(place)."
    }
    if compared == score {
      return " The best equals the baseline's \(Numerals.text(score, digits: 6)) \(place)."
    }
    let isBetter = objective.cost(of: compared) < baseline.cost
    let own = baseline.costOfBest == nil ? "" : ", with \(Numerals.text(compared, digits: 6))"
    return
      " The best is \(Numerals.text(abs(compared - score), digits: 4)) \(isBetter ? "better" : "worse") than the "
      + "baseline's \(Numerals.text(score, digits: 6)) \(place)\(own)."
  }
}

extension Report {
  /// A few lines for a terminal: what the study amounts to, its best score, and the hyperparameters that made
  /// it, stretch by stretch where they changed.
  public static func summary(_ history: History, state: StudyState) -> String {
    let headline = Headline(history, state: state)
    var lines = ["\(history.study) is \(state.rawValue): \(headline.sentence)"]
    guard let best = headline.best else {
      return lines[0] + "\n" + (headline.counts.jobs == 0 ? "No trial has begun." : "No trial has a score.")
        + "\n"
    }
    lines.append(
      "\(headline.titleOfBest) \(headline.bestText): \(best.trial) at "
        + "\(Numerals.count(best.budget)) \(history.budgetUnit)"
        + (best.finishedAt.map { ", after \(Numerals.duration($0))" } ?? ""))
    if let secondDev = headline.secondDev { lines.append("  \(secondDev.sentence)") }
    for stretch in history.schedule(of: best.trial, at: best.budget) {
      let values = history.parameterNames.compactMap { name in
        stretch.configuration[name].map { "\(name) \(Numerals.value($0))" }
      }
      lines.append(
        "  \(history.budgetUnit) \(stretch.start) to \(stretch.end): \(values.joined(separator: ", "))")
    }
    lines += history.frontLines
    return lines.joined(separator: "\n") + "\n"
  }
}

extension History {
  /// What nothing dominates, a line each; empty with one objective. Where there is much, the first lines of
  /// it.
  fileprivate var frontLines: [String] {
    guard !objective.further.isEmpty else { return [] }
    let front = paretoFront
    let shown = front.prefix(20).map { member in
      let scores = zip(objective.parts, member.costs.costs).map { part, cost in
        "\(part.metric) \(Numerals.text(part.score(of: cost), digits: 6))"
      }
      return
        "  \(member.trial) at \(Numerals.count(member.budget)) \(budgetUnit): \(scores.joined(separator: ", "))"
    }
    let rest = front.count - shown.count
    let title =
      front.contains { $0.costs.isFeasible }
      ? "Dominated by nothing:" : "None keeps the limits; least broken by:"
    return [title] + shown + (rest > 0 ? ["  and \(Numerals.count(rest)) more"] : [])
  }
}

extension Numerals {
  static func value(_ value: ParameterValue) -> String {
    switch value {
    case .number(let number): text(number)
    case .text(let text): text
    }
  }
}
