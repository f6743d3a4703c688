import Search

/// How far the choice of the best has come to suit the dev split: its score there, and on the second dev
/// split, which no decision saw.
struct SecondDevGap {
  /// A best so far, from when it was found.
  struct Point {
    var incumbent: Incumbent
    /// How many jobs had reached their targets, itself among them.
    var answered: Int
    /// In the objective's own sign, the mean over replicates.
    var dev: Double
    /// Likewise; nil where it was no number.
    var second: Double?
  }

  /// What a standard error is made of.
  private enum Spread {
    case replicates([Double])
    case otherTrials([Double])
  }

  let history: History
  let points: [Point]
  /// Jobs that reached their targets.
  let answered: Int
  /// By what cost the best is worse on the second split; below 0 where it is better.
  let gap: Double
  private let spread: Spread

  /// Nil where there is no second dev split, or no value of the best on it.
  init?(_ history: History) {
    let gaps = history.secondDevGaps
    let incumbents = history.incumbents
    guard !gaps.isEmpty, let best = incumbents.last else { return nil }
    let order = history.answeredOrder
    self.history = history
    answered = order.count
    points = incumbents.map { incumbent in
      let gap = history.replicateGaps(of: incumbent, gaps).mean
      return Point(
        incumbent: incumbent, answered: order[incumbent.job] ?? 0,
        dev: history.plainScore(of: incumbent.cost),
        second: gap.map { history.plainScore(of: incumbent.cost + $0) })
    }
    let own = history.replicateGaps(of: best, gaps)
    guard let gap = own.mean else { return nil }
    self.gap = gap
    let family = history.replication.original(of: best.trial)
    let others = gaps.filter { key, _ in
      key.budget == best.budget && history.replication.original(of: key.trial) != family
    }
    spread = own.count > 1 ? .replicates(own) : .otherTrials(others.map(\.value).sorted())
  }

  /// The score of the best on the second split.
  var score: Double? { points.last?.second }

  /// Of the gap; nil where too few values tell.
  var standardError: Double? {
    switch spread {
    case .replicates(let gaps): gaps.deviation.map { $0 / Double(gaps.count).squareRoot() }
    case .otherTrials(let gaps): gaps.count < 3 ? nil : gaps.deviation
    }
  }

  /// Such as `dev_accuracy is 0.9611 on the second dev split, which no decision saw: 0.0167 worse than on the
  /// one that chose it (standard error 0.008, as the difference varies over 11 other trials, which are 0.002
  /// worse on average)`.
  var sentence: String {
    let metric = history.objective.metric
    return
      "\(metric) is \(score.map { Numerals.text($0, digits: 5) } ?? "") on the second dev split, which no "
      + "decision saw: \(Self.words(gap)) on the one that chose it\(errorWords)"
  }

  private var errorWords: String {
    guard let standardError else { return "" }
    let error = " (standard error \(Numerals.text(standardError, digits: 2)), as the difference varies over "
    switch spread {
    case .replicates(let gaps): return error + "\(Numerals.count(gaps.count, "replicate")))"
    case .otherTrials(let gaps):
      let mean = gaps.mean ?? 0
      let average =
        mean == 0 ? "no different" : "\(Numerals.text(abs(mean), digits: 2)) \(mean > 0 ? "worse" : "better")"
      return error + "\(Numerals.count(gaps.count, "other trial")), which are \(average) on average)"
    }
  }

  private static func words(_ gap: Double) -> String {
    gap == 0 ? "the same as" : "\(Numerals.text(abs(gap), digits: 3)) \(gap > 0 ? "worse" : "better") than"
  }
}

private struct Reached: Hashable { var trial: TrialID, budget: Int }

extension History {
  /// A cost of 0 becomes a score of 0, not of -0.
  fileprivate func plainScore(of cost: Double) -> Double { cost == 0 ? 0 : objective.score(of: cost) }

  /// Of each state with both values, by how much its cost is greater on the second split. The metric of the
  /// second split is called like that of the first, with a word before it: `second_dev_loss`.
  fileprivate var secondDevGaps: [Reached: Double] {
    var gaps: [Reached: Double] = [:]
    guard objective.metric.hasPrefix("dev_") else { return [:] }
    for segment in trials.flatMap(\.segments) {
      guard let cost = segment.cost, cost.isFinite,
        let second = segment.measurements.last?.metrics["second_\(objective.metric)"]
      else { continue }
      gaps[Reached(trial: segment.job.trial, budget: segment.job.target)] = objective.cost(of: second) - cost
    }
    return gaps
  }

  /// The gaps of an incumbent's replicates, in their order; empty where one of them has none.
  fileprivate func replicateGaps(of incumbent: Incumbent, _ gaps: [Reached: Double]) -> [Double] {
    let original = replication.original(of: incumbent.trial)
    let found = (0..<replication.count).compactMap {
      gaps[Reached(trial: replication.trial($0, of: original), budget: incumbent.budget)]
    }
    return found.count == replication.count ? found : []
  }

  /// How many jobs had reached their targets when each of them had.
  fileprivate var answeredOrder: [JobID: Int] {
    let reached = trials.flatMap(\.segments).filter { $0.cost?.isFinite == true }
      .sorted { ($0.finishedAt ?? 0, $0.job.id) < ($1.finishedAt ?? 0, $1.job.id) }
    return Dictionary(uniqueKeysWithValues: reached.enumerated().map { ($1.job.id, $0 + 1) })
  }
}

extension [Double] {
  fileprivate var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }

  /// Of the sample; nil for one value.
  fileprivate var deviation: Double? {
    guard count > 1, let mean else { return nil }
    return (reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }
}
