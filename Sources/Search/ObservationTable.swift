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
  /// `[n]`; above 0 where constraints are violated.
  private(set) var violations: [Double] = []
  /// Cumulative, `[n]`.
  private(set) var budgets: [Int] = []
  /// `[n]`.
  private(set) var trials: [TrialID] = []
  /// Nil without measurements.
  private(set) var leastBudget: Int?
  private(set) var largestBudget: Int?
  /// `Observations.mark` of the n measurements.
  private var mark: Int?

  init(space: SearchSpace) { self.space = space }

  var count: Int { costs.count }
  var dimension: Int { space.dimension }

  /// Point `i`, `[d]`.
  func point(_ i: Int) -> ArraySlice<Double> { points[i * dimension..<(i + 1) * dimension] }

  /// Whether this is a table of the first `count` of these measurements in this space.
  func isBeginning(of observations: Observations, in space: SearchSpace) -> Bool {
    count <= observations.completed.count && mark == observations.mark(of: count) && self.space == space
  }

  /// The table of `observations`, from `kept` where that is a beginning of it. O(d) for each new measurement.
  /// - Throws: what `SearchSpace.validate(_:)` throws for a configuration from another space.
  static func advanced(
    _ kept: consuming ObservationTable?, to observations: Observations, in space: SearchSpace
  ) throws(SearchError) -> ObservationTable {
    var kept = kept
    let isBeginning = kept?.isBeginning(of: observations, in: space) ?? false
    // Taken, not copied, so that its arrays have one owner and grow in place.
    var table = (isBeginning ? kept.take() : nil) ?? ObservationTable(space: space)
    for measurement in observations.completed[table.count...] { try table.append(measurement) }
    table.mark = observations.mark(of: table.count)
    return table
  }

  private mutating func append(_ measurement: Observations.Completed) throws(SearchError) {
    points += try space.row(of: measurement.configuration)
    costs.append(measurement.cost)
    violations.append(measurement.violation)
    budgets.append(measurement.budget)
    trials.append(measurement.trial)
    leastBudget = min(measurement.budget, leastBudget ?? .max)
    largestBudget = max(measurement.budget, largestBudget ?? .min)
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
