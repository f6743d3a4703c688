import Randomness

/// What a forest sampler keeps from one proposal to the next: all of it follows from the observations.
struct ForestMemory {
  private let options: ForestOptions
  private let seed: UInt64
  private let space: ForestSpace
  private var table: ObservationTable
  private var study: Study?

  /// The measurements at one budget, and the forest of them.
  private struct Study {
    let budget: Int
    var forest: GrowingForest
    /// How many rows of the table have been looked at.
    var seen = 0
    /// Points of the cube by the forest's rows, `[n, d]` by row.
    var points: [Double] = []
  }

  /// The memory of `evidence`, from `kept` where that is of a beginning of them.
  static func advanced(
    _ kept: consuming ForestMemory?, to evidence: Evidence, in space: SearchSpace,
    options: ForestOptions, seed: UInt64
  ) throws(SearchError) -> ForestMemory {
    if var memory = kept, memory.options == options, memory.seed == seed,
      memory.table.isBeginning(of: evidence, in: space)
    {
      kept = nil
      memory.table = try ObservationTable.advanced(memory.table, to: evidence, in: space)
      return memory
    }
    return ForestMemory(
      options: options, seed: seed, space: ForestSpace(space),
      table: try ObservationTable.advanced(nil, to: evidence, in: space))
  }

  private init(options: ForestOptions, seed: UInt64, space: ForestSpace, table: ObservationTable) {
    self.options = options
    self.seed = seed
    self.space = space
    self.table = table
  }

  /// Turns to the largest budget with enough measurements and catches up with it; false if there is none.
  mutating func chooseBudget(of evidence: Evidence, atLeast minimum: Int) -> Bool {
    guard let budget = evidence.budget(atLeast: minimum) else { return false }
    var current: Study
    if let study, study.budget == budget {
      current = study
    } else {
      let tree = TreeOptions()
      current = Study(
        budget: budget,
        forest: GrowingForest(space.features, trees: options.trees, options: tree, seed: seed))
    }
    study = nil
    catchUp(&current, with: evidence)
    study = current
    return true
  }

  private func catchUp(_ study: inout Study, with evidence: Evidence) {
    var (rows, costs): ([Double], [Double]) = ([], [])
    for i in study.seen..<table.count where table.budgets[i] == study.budget {
      rows += space.features(ofRow: table.point(i))
      costs.append(Self.cost(of: evidence.completed[i]))
      study.points += table.point(i).map { $0.isNaN ? 0.5 : $0 }
    }
    study.seen = table.count
    if !costs.isEmpty { study.forest.append(rows, costs: costs) }
  }

  /// Above that of any measurement that violates no constraint, the higher the worse the violation: targets
  /// depend on the order of the worse half of the costs alone.
  private static func cost(of measurement: Evidence.Completed) -> Double {
    let violation = measurement.violation
    return violation > 0 ? leastBroken * (1 + violation / (1 + violation)) : measurement.cost
  }

  private static let leastBroken = 1e307

  /// What the forest expects of configurations; nothing worse than the worst that kept the limits.
  func beliefs(at configurations: [Configuration]) throws(SearchError) -> [Belief] {
    guard let study else { preconditionFailure("a budget is chosen before something is believed") }
    var queries: [Double] = []
    for configuration in configurations {
      queries += space.features(ofRow: try space.space.space.row(of: configuration))
    }
    let (means, variances) = study.forest.prediction.evaluate(queries)
    let scale = study.forest.scale.upTo(Self.leastBroken.nextDown)
    return zip(means, variances).map { scale.belief(mean: $0, variance: $1) }
  }

  /// The point of the cube to try next.
  func proposal(
    given evidence: Evidence, options: ForestOptions, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double] {
    guard let study else { preconditionFailure("a budget is chosen before something is proposed") }
    let targets = study.forest.targets
    var supposed: [Double] = []
    var lies: [Double] = []
    let worst = targets.max() ?? 0
    let outstanding = evidence.outstanding(unmeasuredAt: study.budget)
    for (trials, lie) in [(outstanding.failed, worst), (outstanding.pending, max(0, worst / 2))] {
      for (_, configuration) in trials {
        supposed += space.features(ofRow: try space.space.space.row(of: configuration))
        lies.append(lie)
      }
    }
    let best = targets.placesOfLowest(64)
    let forest = lies.isEmpty ? study.forest : study.forest.supposing(supposed, targets: lies)
    let search = ForestSearch(
      of: forest.prediction, in: space, avoiding: forest.table,
      expecting: OptimumPrior(of: space.space.space, given: evidence), options: options)
    let d = space.dimension
    return search.best(around: best.flatMap { study.points[$0 * d..<($0 + 1) * d] }, using: &random)
  }
}
