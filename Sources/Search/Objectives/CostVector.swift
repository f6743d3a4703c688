/// What a trial costs by several measures at once, and by how much it breaks the study's limits.
public struct CostVector: Hashable, Codable, Sendable {
  /// A cost for each objective, in the study's order: finite, lower is better.
  public var costs: [Double]
  /// By how much limits are broken, summed; 0 when they hold.
  public var violation: Double
  /// For each limit by how much it is broken, below 0 what is left to it (`MetricLimit.excess`); empty where that is
  /// not known. It orders nothing, so that it is no part of equality, and is not written.
  public var excesses: [Double] = []

  private enum CodingKeys: CodingKey { case costs, violation }

  public init(_ costs: [Double], violation: Double = 0, excesses: [Double] = []) {
    self.costs = costs
    self.violation = violation
    self.excesses = excesses
  }

  public static func == (left: Self, right: Self) -> Bool {
    left.costs == right.costs && left.violation == right.violation
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(costs)
    hasher.combine(violation)
  }

  public var isFeasible: Bool { violation <= 0 }

  /// Constraint-domination (Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic
  /// algorithm: NSGA-II", IEEE Transactions on Evolutionary Computation 6(2), 2002, section VI, definition
  /// 1): what keeps the limits dominates what breaks them; of two that break them, the one that breaks them
  /// less; of two that keep them, the one that is nowhere worse and somewhere better.
  public func dominates(_ other: CostVector) -> Bool {
    if !isFeasible || !other.isFeasible { return max(violation, 0) < max(other.violation, 0) }
    var isBetter = false
    for (own, its) in zip(costs, other.costs) {
      if own > its { return false }
      if own < its { isBetter = true }
    }
    return isBetter
  }
}

extension CostVector {
  /// One number for schedulers that compare by one: the first cost; above that of any trial that keeps the
  /// limits where this one does not, the more the worse.
  var rankingCost: Double { isFeasible ? costs[0] : 1e307 * (2 - 1 / (1 + violation)) }
}

extension Ranked {
  /// Nil for a failed job.
  init?(_ outcome: Outcome) {
    guard let vector = outcome.costVector else { return nil }
    self.init(cost: vector.rankingCost, trial: outcome.trial)
  }
}

extension Evidence.Completed {
  /// All costs, the first objective's first.
  public var costVector: CostVector {
    CostVector([cost] + furtherCosts, violation: violation, excesses: excesses)
  }
}
