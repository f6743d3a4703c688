import RealModule

/// The measurements as a Gaussian process takes them: which of them, and each one's features.
///
/// As soon as a trial was measured at a smaller budget than the full one of the study, the budget is a feature
/// of its own, from 0 at budget 1 to 1 at the full budget, linear in the logarithm; so the model learns how
/// much a small budget says of the full one, and what is asked of it is always the full budget (a joint
/// Gaussian process over configurations and fidelities: Klein et al., "Fast Bayesian optimization of machine
/// learning hyperparameters on large datasets", AISTATS 2017).
struct SurrogateData {
  let space: FeatureSpace
  /// Nil where all measurements are at the full budget.
  let fullBudget: Int?
  private(set) var table: ObservationTable
  /// The rows that count. A learning curve counts at budgets twice as large each time: its points between say
  /// hardly more, and cost as much. Replicates are one row, the first of them, which counts by their mean.
  private(set) var rows: [Int] = []
  private var counted: Set<Int> = []
  /// The largest budget of each trial that counts.
  private var reached: [TrialID: Int] = [:]

  init(_ table: ObservationTable, given evidence: Evidence) {
    self.table = table
    space = FeatureSpace(table.space)
    fullBudget = Self.fullBudget(table, evidence)
    for row in 0..<table.count { include(row) }
  }

  /// Whether `extended(by:)` gives what `init` would.
  func isBeginning(of table: ObservationTable, given evidence: Evidence) -> Bool {
    self.table.count <= table.count && self.table.isBeginning(of: evidence, in: table.space)
      && fullBudget == Self.fullBudget(table, evidence)
  }

  /// Takes the rows of `table` that are new.
  /// - Returns: whether rows that counted before have other means now, because they were read again.
  @discardableResult
  mutating func extend(to table: ObservationTable) -> Bool {
    let new = self.table.count..<table.count
    self.table = table
    for row in new { include(row) }
    return new.contains { table.firsts[$0] < new.lowerBound }
  }

  private static func fullBudget(_ table: ObservationTable, _ evidence: Evidence) -> Int? {
    guard let least = table.leastBudget, let largest = table.largestBudget else { return nil }
    let full = max(largest, evidence.fullBudget ?? 0)
    return least < full ? full : nil
  }

  private mutating func include(_ row: Int) {
    let (trial, budget) = (table.trials[row], table.budgets[row])
    if let last = reached[trial], budget != last, budget < 2 * last, budget < fullBudget ?? 0 { return }
    reached[trial] = max(budget, reached[trial] ?? 0)
    // The first reading may have been left out, as of another trial's curve.
    let first = table.firsts[row]
    if counted.insert(first).inserted { rows.append(first) }
  }

  /// The rows whose costs can be compared: those at the largest budget that was measured.
  var comparableRows: [Int] {
    rows.filter { fullBudget == nil || table.budgets[$0] == table.largestBudget }
  }

  /// Of a feature, whether only equality matters, `[features]`.
  var categorical: [Bool] { space.categorical + (fullBudget == nil ? [] : [false]) }

  /// A trend over the whole cube; none where there are several budgets: a square of the budget would be
  /// trusted too far beyond the small budgets where most is measured.
  var trendFrame: QuadraticTrend.Frame? {
    guard fullBudget == nil else { return nil }
    let middle = Array(repeating: 0.5, count: categorical.count)
    return QuadraticTrend.Frame(center: middle, reaches: middle, categorical: categorical)
  }

  /// What follows the features of a configuration when the full budget is asked about.
  var trailing: [Double] { fullBudget == nil ? [] : [1] }

  func features(ofRow row: Int) -> [Double] {
    let features = space.features(ofRow: table.point(row))
    guard let fullBudget else { return features }
    return features + [Double.log(Double(max(table.budgets[row], 1))) / Double.log(Double(fullBudget))]
  }

  /// The features of a configuration without a budget.
  func plainFeatures(of configuration: Configuration) throws(SearchError) -> [Double] {
    space.features(ofRow: try table.space.row(of: configuration)[...])
  }

  func features(of configuration: Configuration) throws(SearchError) -> [Double] {
    try plainFeatures(of: configuration) + trailing
  }
}

extension FeatureSpace {
  /// Features of a row of an `ObservationTable`, where NaN stands for what is inactive.
  func features(ofRow row: ArraySlice<Double>) -> [Double] {
    zip(row, categorical).map { value, isCategorical in value.isNaN ? (isCategorical ? -1 : 0.5) : value }
  }

  /// The point of the cube of a row: the middle for what is inactive.
  func point(ofRow row: ArraySlice<Double>) -> [Double] { row.map { $0.isNaN ? 0.5 : $0 } }
}
