extension Evidence {
  /// What was measured at one budget.
  struct Level: Sendable {
    /// Places among the evidence's measurements, in the order of reports.
    private(set) var rows: [Int] = []
    private(set) var trials: Set<TrialID> = []
    /// Of each configuration that was measured, in the order of their first measurements.
    private(set) var estimates: [Estimate] = []
    private var places: [Configuration: Int] = [:]

    /// The row is the next of the evidence's.
    /// - Returns: the place of its configuration's estimate.
    mutating func append(_ measurement: Completed, at row: Int) -> Int {
      rows.append(row)
      trials.insert(measurement.trial)
      let place = Self.settled(&places[measurement.configuration, default: -1], else: estimates.count)
      if place < estimates.count {
        estimates[place].append(measurement.costVector, at: row)
      } else {
        estimates.append(Estimate(measurement.costVector, at: row))
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
    /// The sum of the squares of the first cost's deviations from the mean.
    private var squares = 0.0

    init(_ reading: CostVector, at row: Int) {
      rows = [row]
      mean = reading
    }

    /// The standard error of the first cost's mean, by the spread of the readings; nil for one of them.
    var error: Double? {
      let count = Double(rows.count)
      return rows.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil
    }

    /// Takes one more reading, in Welford's way ("Note on a method for calculating corrected sums of squares and
    /// products", Technometrics 4(3), 1962). Of vectors that do not match, such as another study's, the first counts.
    mutating func append(_ reading: CostVector, at row: Int) {
      rows.append(row)
      guard reading.costs.count == mean.costs.count else { return }
      let count = Double(rows.count)
      func moved(_ mean: Double, _ value: Double) -> Double { mean + (value / count - mean / count) }
      let before = mean.costs[0]
      for j in mean.costs.indices { mean.costs[j] = moved(mean.costs[j], reading.costs[j]) }
      squares += (reading.costs[0] - before) * (reading.costs[0] - mean.costs[0])
      mean.violation = moved(mean.violation, reading.violation)
      guard reading.excesses.count == mean.excesses.count else { return }
      for j in mean.excesses.indices { mean.excesses[j] = moved(mean.excesses[j], reading.excesses[j]) }
    }
  }

  /// What the readings of measurement `row`'s configuration at its budget say together.
  func estimate(ofRow row: Int) -> Estimate? { levels[completed[row].budget]?.estimates[estimatePlaces[row]] }
}
