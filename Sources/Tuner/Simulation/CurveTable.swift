public import Search

/// Learning curves that were measured once, to search in again and again: a row for each configuration and
/// budget.
///
/// Columns, in any order: one for each parameter of the space; `budget`, whole and at least 1; the
/// objective's metric; and, where durations are known, `seconds` from the beginning of the trial. An inactive
/// parameter is an empty text or NaN, and so is the metric of a trial that failed there.
///
/// Or a table that this program wrote, `trials.csv` or `jobs.csv`: its columns are `to_budget`, `metric.NAME` and
/// `parameter.NAME`, jobs that are still at work count for nothing, and of two equal ones the first counts.
public struct CurveTable: Sendable {
  /// One configuration's measurements.
  struct Curve: Equatable, Sendable {
    /// Ascending.
    var budgets: [Int] = []
    /// Lower is better; not finite where the trial failed.
    var costs: [Double] = []
    /// Since the beginning of the trial; empty where unknown.
    var seconds: [Double] = []
  }

  private let space: SearchSpace
  private let curves: [Curve]
  /// In the unit cube, `[curves, parameters]` by row; NaN where a parameter is inactive.
  private let points: [Double]
  private let isChoice: [Bool]

  /// How many configurations there are.
  public var count: Int { curves.count }

  /// - Throws: `TunerError` that names the column, or the row, and what is wrong with it.
  public init(_ columns: TableColumns, space: SearchSpace, objective: Objective) throws(TunerError) {
    self.space = space
    isChoice = space.parameters.map(\.domain.isCategorical)
    var rows = try Self.rows(columns, space, objective)
    guard !rows.isEmpty else {
      throw columns.error(expected: "at least one row", found: "none", remedy: "Write a measurement a row.")
    }
    // By budget within each configuration, configurations in the order of their first rows.
    var places: [Configuration: Int] = [:]
    for row in rows where places[row.configuration] == nil { places[row.configuration] = places.count }
    rows.sort { ($0.budget, $0.number) < ($1.budget, $1.number) }
    var curves = Array(repeating: Curve(), count: places.count)
    var points = Array(repeating: [Double](), count: places.count)
    for row in rows {
      let place = places[row.configuration]!
      guard curves[place].budgets.last != row.budget else {
        if columns.isOwn { continue }
        throw columns.error(
          row: row.number, expected: "one row for each configuration and budget",
          found: "a second one at \(row.budget)", remedy: "Keep one of them, or their mean.")
      }
      curves[place].budgets.append(row.budget)
      curves[place].costs.append(row.cost)
      if let seconds = row.seconds { curves[place].seconds.append(seconds) }
      points[place] = space.unitCoordinates(of: row.configuration)
    }
    self.curves = curves
    self.points = points.flatMap { $0 }
  }

  /// The curve of the nearest configuration: by squared distance in the unit cube, where two different
  /// choices, and a parameter that only one of both has, are 1 apart. O(configurations · parameters).
  func curve(nearest configuration: Configuration) -> Curve {
    let target = space.unitCoordinates(of: configuration)
    var nearest = 0
    var least = Double.infinity
    for index in curves.indices {
      let distance = distance(from: target, to: index)
      if distance < least { (nearest, least) = (index, distance) }
    }
    return curves[nearest]
  }

  private func distance(from target: [Double], to index: Int) -> Double {
    var sum = 0.0
    for j in target.indices {
      let (first, second) = (target[j], points[index * target.count + j])
      if first.isNaN || second.isNaN {
        sum += first.isNaN && second.isNaN ? 0 : 1
      } else if isChoice[j] {
        sum += first == second ? 0 : 1
      } else {
        sum += (first - second) * (first - second)
      }
    }
    return sum
  }
}

extension CurveTable.Curve {
  /// The cost at the largest measured budget that is not beyond `budget`; at the first one, if all are.
  func cost(at budget: Int) -> Double {
    costs[budgets.lastIndex { $0 <= budget } ?? 0]
  }

  /// Seconds between two budgets, linear between measurements and beyond the last; nil where none were
  /// recorded.
  func seconds(from start: Int, to end: Int) -> Double? {
    guard !seconds.isEmpty else { return nil }
    return max(0, elapsed(at: end) - elapsed(at: start))
  }

  private func elapsed(at budget: Int) -> Double {
    let next = budgets.firstIndex { $0 >= budget } ?? budgets.count - 1
    let (startBudget, start) = next == 0 ? (0, 0) : (budgets[next - 1], seconds[next - 1])
    let rate = (seconds[next] - start) / Double(budgets[next] - startBudget)
    return start + rate * Double(budget - startBudget)
  }
}

// Rows.
extension CurveTable {
  private struct Row {
    var number: Int
    var configuration: Configuration
    var budget: Int
    var cost: Double
    var seconds: Double?
  }

  private static func rows(
    _ columns: TableColumns, _ space: SearchSpace, _ objective: Objective
  ) throws(TunerError) -> [Row] {
    let budgets = try columns.column(columns.isOwn ? "to_budget" : "budget")
    let scores = try columns.column(columns.isOwn ? "metric.\(objective.metric)" : objective.metric)
    let outcomes = columns.isOwn ? try columns.column("outcome") : nil
    let seconds = columns.names.contains("seconds") ? try columns.column("seconds") : nil
    var parameters: [(parameter: Parameter, column: TableColumns.Column)] = []
    for parameter in space.parameters {
      let name = columns.isOwn ? "parameter.\(parameter.name)" : parameter.name
      parameters.append((parameter, try columns.column(name)))
    }
    var rows: [Row] = []
    rows.reserveCapacity(columns.rowCount)
    for number in 0..<columns.rowCount where outcomes?.text(number) != "unfinished" {
      guard let budget = budgets.number(number).flatMap({ Int(exactly: $0) }), budget >= 1 else {
        throw columns.error(
          row: number, expected: "a whole budget of at least 1", found: budgets.text(number),
          remedy: "Count budgets in whole units.")
      }
      let failed = outcomes?.text(number) == "failed"
      let cost =
        failed || scores.isEmpty(number) ? Double.nan : scores.number(number).map(objective.cost(of:))
      guard let cost else {
        throw columns.error(
          row: number, expected: "a number for \(objective.metric), or nothing where the trial failed",
          found: scores.text(number), remedy: "Write the metric of the objective.")
      }
      let time = seconds?.number(number)
      if let seconds, time.map({ $0 >= 0 && $0.isFinite }) != true {
        throw columns.error(
          row: number, expected: "seconds of at least 0", found: seconds.text(number),
          remedy: "Write the seconds from the trial's beginning, or leave the column out.")
      }
      rows.append(
        Row(
          number: number, configuration: try configuration(number, parameters, columns, space),
          budget: budget,
          cost: cost, seconds: time))
    }
    return rows
  }

  private static func configuration(
    _ number: Int, _ parameters: [(parameter: Parameter, column: TableColumns.Column)],
    _ columns: TableColumns,
    _ space: SearchSpace
  ) throws(TunerError) -> Configuration {
    var configuration = Configuration()
    for (parameter, column) in parameters where !column.isEmpty(number) {
      let asNumber = column.number(number).map(ParameterValue.number)
      // What reads as a number may be a choice that is a text.
      let asText = ParameterValue.text(column.text(number))
      configuration[parameter.name] = parameter.domain.contains(asText) ? asText : asNumber ?? asText
    }
    do throws(SearchError) {
      try space.validate(configuration)
    } catch {
      throw columns.error(
        row: number, expected: "\(error.subject) to be \(error.expected)", found: error.found,
        remedy: error.remedy)
    }
    return configuration
  }
}

extension SearchSpace {
  /// The unit coordinates of a valid configuration, NaN where a parameter is inactive.
  fileprivate func unitCoordinates(of configuration: Configuration) -> [Double] {
    parameters.map { parameter in
      configuration[parameter.name].flatMap { parameter.domain.unit(of: $0) } ?? .nan
    }
  }
}
