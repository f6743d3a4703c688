/// Measurements as rows of numbers, kept by a sampler from one proposal to the next and extended by what is
/// new.
///
/// Notation: n measurements, d parameters. Everything a table holds follows from the space and the
/// measurements, so that a sampler with an old table, with a new one or with none answers alike.
struct ObservationTable: Sendable {
  let space: SearchSpace
  /// Points of the unit cube, `[n, d]` by row; NaN where a parameter is inactive. Discrete coordinates lie at
  /// the middle of their cells.
  private(set) var points: [Double] = []
  /// `[n]`.
  private(set) var costs: [Double] = []
  /// The mean cost of all readings of the row's configuration at its budget, `[n]`.
  private(set) var means: [Double] = []
  /// By how much limits are broken, as a mean over the same readings, `[n]`; 0 where they hold.
  private(set) var meanViolations: [Double] = []
  /// As `Evidence.Completed.excesses` has them, as means over the same readings, `[n]`.
  private(set) var meanExcesses: [[Double]] = []
  /// How many readings those are, and the sum of the squares of their costs' deviations from the mean, `[n]`.
  private(set) var readings: [Int] = []
  private(set) var squares: [Double] = []
  /// The first of those readings, `[n]`: the row itself where it is no other one's replicate.
  private(set) var firsts: [Int] = []
  /// Cumulative, `[n]`.
  private(set) var budgets: [Int] = []
  /// `[n]`.
  private(set) var trials: [TrialID] = []
  /// Nil without measurements.
  private(set) var leastBudget: Int?
  private(set) var largestBudget: Int?
  /// `Evidence.mark` of the n measurements.
  private var mark: Int?

  init(space: SearchSpace) { self.space = space }

  var count: Int { costs.count }
  var dimension: Int { space.dimension }
  var hasSeveralBudgets: Bool { leastBudget != largestBudget }

  /// Point `i`, `[d]`.
  func point(_ i: Int) -> ArraySlice<Double> { points[i * dimension..<(i + 1) * dimension] }

  /// Whether this is a table of the first `count` of these measurements in this space.
  func isBeginning(of evidence: Evidence, in space: SearchSpace) -> Bool {
    count <= evidence.completed.count && mark == evidence.mark(of: count) && self.space == space
  }

  /// The table of `evidence`, from `kept` where that is a beginning of it. O(d) for each new measurement.
  /// - Throws: what `SearchSpace.validate(_:)` throws for a configuration from another space.
  static func advanced(
    _ kept: consuming ObservationTable?, to evidence: Evidence, in space: SearchSpace
  ) throws(SearchError) -> ObservationTable {
    var kept = kept
    let isBeginning = kept?.isBeginning(of: evidence, in: space) ?? false
    // Taken, not copied, so that its arrays have one owner and grow in place.
    var table = (isBeginning ? kept.take() : nil) ?? ObservationTable(space: space)
    for row in table.count..<evidence.completed.count { try table.append(row, of: evidence) }
    table.mark = evidence.mark(of: table.count)
    return table
  }

  private mutating func append(_ row: Int, of evidence: Evidence) throws(SearchError) {
    let measurement = evidence.completed[row]
    points += try space.row(of: measurement.configuration)
    costs.append(measurement.cost)
    means.append(measurement.cost)
    meanViolations.append(measurement.violation)
    meanExcesses.append(measurement.excesses)
    readings.append(1)
    squares.append(0)
    firsts.append(row)
    budgets.append(measurement.budget)
    trials.append(measurement.trial)
    leastBudget = min(measurement.budget, leastBudget ?? .max)
    largestBudget = max(measurement.budget, largestBudget ?? .min)
    guard let estimate = evidence.estimate(ofRow: row), estimate.rows.count > 1 else { return }
    firsts[row] = estimate.rows[0]
    for row in estimate.rows.prefix(while: { $0 < count }) {
      (means[row], meanViolations[row]) = (estimate.mean.costs[0], estimate.mean.violation)
      meanExcesses[row] = estimate.mean.excesses
      (readings[row], squares[row]) = (estimate.rows.count, estimate.squares[0])
    }
  }

  /// Rows of this table with another cost each, as a table of their own; each row counts by its cost alone.
  func table(of rows: [Int], costs: [Double]) -> ObservationTable {
    var table = ObservationTable(space: space)
    for (row, cost) in zip(rows, costs) {
      table.points += point(row)
      table.costs.append(cost)
      table.means.append(cost)
      table.meanViolations.append(meanViolations[row])
      table.meanExcesses.append(meanExcesses[row])
      table.readings.append(1)
      table.squares.append(0)
      table.firsts.append(table.firsts.count)
      table.budgets.append(budgets[row])
      table.trials.append(trials[row])
      table.leastBudget = min(budgets[row], table.leastBudget ?? .max)
      table.largestBudget = max(budgets[row], table.largestBudget ?? .min)
    }
    return table
  }
}

extension SearchSpace {
  /// The point of `configuration` as `point(of:)` gives it, but NaN for inactive parameters, `[dimension]`.
  func row(of configuration: Configuration) throws(SearchError) -> [Double] {
    var point = try point(of: configuration)
    guard configuration.values.count < dimension else { return point }
    for (j, parameter) in parameters.enumerated() where configuration[parameter.name] == nil {
      point[j] = .nan
    }
    return point
  }
}
