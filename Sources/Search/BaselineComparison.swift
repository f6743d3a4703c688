/// The baseline beside the best at equal budget: the largest that both have reached, or the newest reading of either where
/// there is none.
public struct BaselineComparison: Equatable, Sendable {
  /// Cumulative, in the study's unit, at which the baseline was measured.
  public var budget: Int
  /// The baseline's.
  public var cost: Double
  /// What the best trial had there; nil where it is the reading by which it won.
  public var costOfBest: Double?

  /// What a trial cost at a budget; of replicates the mean.
  public struct Reading: Equatable, Sendable {
    public var budget: Int
    public var cost: Double

    public init(budget: Int, cost: Double) {
      self.budget = budget
      self.cost = cost
    }
  }

  /// Nil while the baseline has no reading.
  ///
  /// - Parameters:
  ///   - baseline: its readings, the newest last.
  ///   - winning: the reading by which the best trial won; nil while there is none.
  ///   - readings: of the best trial, the newest last.
  public init?(baseline: [Reading], winning: Reading?, readings: [Reading]) {
    guard let newest = baseline.last else { return nil }
    let common = Set(baseline.map(\.budget)).intersection(readings.map(\.budget)).max()
    guard let common, let own = baseline.last(where: { $0.budget == common }) else {
      (budget, cost) = (newest.budget, newest.cost)
      return
    }
    (budget, cost) = (common, own.cost)
    if winning?.budget != common { costOfBest = readings.last { $0.budget == common }?.cost }
  }
}

extension History {
  /// Nil without a baseline and before its first result.
  public var baselineComparison: BaselineComparison? {
    guard hasBaseline == true else { return nil }
    let best = best
    return BaselineComparison(
      baseline: baselineReadings, winning: best.map { .init(budget: $0.budget, cost: $0.cost) },
      readings: best.map(readingsOnTheWay) ?? [])
  }

  /// Of the states that made one: a clone's are its parent's. Of replicates, which are never cloned, the means.
  private func readingsOnTheWay(to state: Incumbent) -> [BaselineComparison.Reading] {
    if replication.count > 1 { return readings(of: replication.original(of: state.trial)) { _, _ in true } }
    return lineage(of: state.trial, at: state.budget).compactMap { segment in
      segment.cost.map { .init(budget: segment.job.target, cost: $0) }
    }
  }

  /// Whether a state is one of the baseline, before its configuration was changed.
  package func isBaseline(_ state: Incumbent) -> Bool {
    replication.original(of: state.trial) == TrialID(0)
      && baselineReadings.contains(.init(budget: state.budget, cost: state.cost))
  }

  /// Of the baseline before its configuration was changed, the newest last; empty without a baseline.
  package var baselineReadings: [BaselineComparison.Reading] {
    guard hasBaseline == true, let start = trials.first?.segments.first?.job.configuration else { return [] }
    return readings(of: TrialID(0)) { job, hasLeft in
      if case .fork = job.origin { hasLeft = true }
      if job.configuration != start { hasLeft = true }
      return !hasLeft
    }
  }

  /// Of a trial and its replicates, the mean where all of them were measured.
  ///
  /// - Parameter counts: whether a job counts, and whether the trial has become another one with it.
  private func readings(
    of trial: TrialID, where counts: (Job, _ hasLeft: inout Bool) -> Bool
  ) -> [BaselineComparison.Reading] {
    var costs: [Int: [Double]] = [:]
    var budgets: [Int] = []
    for number in 0..<replication.count {
      let place = replication.trial(number, of: trial).rawValue
      guard trials.indices.contains(place) else { return [] }
      var hasLeft = false
      for segment in trials[place].segments where counts(segment.job, &hasLeft) {
        guard let cost = segment.cost else { continue }
        if costs[segment.job.target] == nil { budgets.append(segment.job.target) }
        costs[segment.job.target, default: []].append(cost)
      }
    }
    return budgets.compactMap { budget in
      guard let all = costs[budget], all.count >= replication.count else { return nil }
      return BaselineComparison.Reading(budget: budget, cost: all.reduce(0, +) / Double(all.count))
    }
  }
}
