/// Measured configurations from the best to the worst, kept by a sampler from one proposal to the next and extended
/// by what is new. A configuration is its first row, and counts by the means over all its readings at a budget.
///
/// The less violated comes first, then the lower cost, then the earlier measurement. Like an
/// `ObservationTable` it follows from the space and the measurements alone.
struct RankedMeasurements: Sendable {
  private(set) var table: ObservationTable
  /// For each budget the configurations that were measured at it, as rows of the table, best first.
  private var rows: [Int: [Int]] = [:]
  /// The points of all measurements, as `key(_:)` makes them.
  private var points: Set<[Double]> = []

  private init(_ table: ObservationTable) { self.table = table }

  /// The ranks of `evidence`, from `kept` where that is a beginning of it. O(d + log n) comparisons for
  /// each new measurement.
  /// - Throws: what `SearchSpace.validate(_:)` throws for a configuration from another space.
  static func advanced(
    _ kept: consuming RankedMeasurements?, to evidence: Evidence, in space: SearchSpace
  ) throws(SearchError) -> RankedMeasurements {
    // Whatever is kept is taken out of where it was, so that it has one owner and grows in place.
    var kept = kept
    let isBeginning = kept?.table.isBeginning(of: evidence, in: space) ?? false
    var ranked = (isBeginning ? kept.take() : nil) ?? RankedMeasurements(ObservationTable(space: space))
    kept = nil
    let known = ranked.table.count
    var table: ObservationTable? = ranked.table
    ranked.table = ObservationTable(space: space)
    ranked.table = try ObservationTable.advanced(table.take(), to: evidence, in: space)
    // What was read again has another mean: out first, all of it, so that the rest is in order.
    var firsts: [Int] = []
    for row in known..<ranked.table.count {
      guard let first = evidence.estimate(ofRow: row)?.rows.first else { continue }
      if first == row {
        firsts.append(row)
      } else if first < known, ranked.remove(first) {
        firsts.append(first)
      }
    }
    for row in firsts { ranked.insert(row) }
    return ranked
  }

  /// The rows at a budget, best first.
  func best(at budget: Int) -> [Int] { rows[budget] ?? [] }

  /// Rows from the best to the worst.
  func sorted(_ rows: [Int]) -> [Int] { rows.sorted(by: isBetter) }

  /// Whether `row`, as the table has rows, was measured at any budget.
  func contains(_ row: [Double]) -> Bool { points.contains(Self.key(row)) }

  /// NaN is unequal to itself, so that it needs another number in a set.
  static func key(_ row: some Sequence<Double>) -> [Double] { row.map { $0.isNaN ? -1 : $0 } }

  /// False where it was out already.
  private mutating func remove(_ row: Int) -> Bool {
    guard let place = rows[table.budgets[row]]?.firstIndex(of: row) else { return false }
    rows[table.budgets[row]]?.remove(at: place)
    return true
  }

  private mutating func insert(_ row: Int) {
    var list = rows.removeValue(forKey: table.budgets[row]) ?? []
    var (low, high) = (0, list.count)
    while low < high {
      let middle = (low + high) / 2
      if isBetter(row, than: list[middle]) { high = middle } else { low = middle + 1 }
    }
    list.insert(row, at: low)
    rows[table.budgets[row]] = list
    points.insert(Self.key(table.point(row)))
  }

  private func isBetter(_ row: Int, than other: Int) -> Bool {
    let (violation, otherViolation) = (
      max(table.meanViolations[row], 0), max(table.meanViolations[other], 0)
    )
    if violation != otherViolation { return violation < otherViolation }
    // What it costs does not matter before it is feasible.
    if violation > 0 || table.means[row] == table.means[other] { return row < other }
    return table.means[row] < table.means[other]
  }
}
