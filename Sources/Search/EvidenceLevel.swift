extension Evidence {
  /// What was measured at one budget.
  struct Level: Sendable {
    /// Places among the evidence's measurements, in the order of reports.
    private(set) var rows: [Int] = []
    private(set) var trials: Set<TrialID> = []
    /// Of each configuration that was measured, in the order of their first measurements.
    private(set) var estimates: [Estimate] = []
    private let readingsAreFolds: Bool
    private var places: [Configuration: Int] = [:]

    init(readingsAreFolds: Bool) { self.readingsAreFolds = readingsAreFolds }

    /// The row is the next of the evidence's.
    /// - Returns: the place of its configuration's estimate.
    mutating func append(_ measurement: Completed, at row: Int) -> Int {
      rows.append(row)
      trials.insert(measurement.trial)
      let place = Self.settled(&places[measurement.configuration, default: -1], else: estimates.count)
      if place < estimates.count {
        estimates[place].append(measurement.costVector, at: row)
      } else {
        estimates.append(Estimate(measurement.costVector, at: row, isFold: readingsAreFolds))
      }
      return place
    }

    /// In place, so that a configuration is hashed once.
    private static func settled(_ place: inout Int, else next: Int) -> Int {
      if place < 0 { place = next }
      return place
    }

    func estimate(of configuration: Configuration) -> Estimate? {
      places[configuration].map { estimates[$0] }
    }
  }

  /// What all readings of one configuration at one budget say together. Its replicates, and the luckiest of them
  /// promises too much: samplers go by the mean.
  struct Estimate: Sendable {
    /// Places among the evidence's measurements, in the order of reports.
    private(set) var rows: [Int]
    /// The means of costs, violations and excesses.
    private(set) var mean: CostVector
    /// For each cost the sum of the squares of its deviations from the mean; NaN of folds, whose deviations are not
    /// the mean's error.
    private(set) var squares: [Double]

    init(_ reading: CostVector, at row: Int, isFold: Bool = false) {
      rows = [row]
      mean = reading
      squares = reading.costs.map { _ in isFold ? .nan : 0 }
    }

    /// The standard error of the first cost's mean, by the spread of the readings; nil for one of them, and of folds.
    var error: Double? {
      let count = Double(rows.count)
      return rows.count > 1 && !squares[0].isNaN ? (squares[0] / (count - 1) / count).squareRoot() : nil
    }

    /// Takes one more reading, in Welford's way ("Note on a method for calculating corrected sums of squares and
    /// products", Technometrics 4(3), 1962). Of vectors that do not match, such as another study's, the first counts.
    mutating func append(_ reading: CostVector, at row: Int) {
      rows.append(row)
      guard reading.costs.count == mean.costs.count else { return }
      let count = Double(rows.count)
      func moved(_ mean: Double, _ value: Double) -> Double { mean + (value / count - mean / count) }
      for j in mean.costs.indices {
        let before = mean.costs[j]
        mean.costs[j] = moved(before, reading.costs[j])
        squares[j] += (reading.costs[j] - before) * (reading.costs[j] - mean.costs[j])
      }
      mean.violation = moved(mean.violation, reading.violation)
      guard reading.excesses.count == mean.excesses.count else { return }
      for j in mean.excesses.indices { mean.excesses[j] = moved(mean.excesses[j], reading.excesses[j]) }
    }
  }

  /// What the readings of measurement `row`'s configuration at its budget say together.
  func estimate(ofRow row: Int) -> Estimate? { levels[completed[row].budget]?.estimates[estimatePlaces[row]] }

  /// How many readings those are.
  func readings(ofRow row: Int) -> Int { estimate(ofRow: row)?.rows.count ?? 0 }

  /// The rows among `rows` that are no other one's replicates: the first of each configuration at its budget.
  func firstReadings(among rows: [Int]) -> [Int] { rows.filter { estimate(ofRow: $0)?.rows.first == $0 } }
}
