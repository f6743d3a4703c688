import RealModule

/// How sure the means over replicates are, as what a Gaussian process is told of their noise: the squares of their
/// standard errors, where a point has several readings.
///
/// Few readings say little of their own spread, and two that happen to agree would count as certain. So each variance is
/// moderated, as if `priorReadings` more deviations had the usual one: s̃², which a scaled inverse χ² prior leads to
/// (Smyth, "Linear models and empirical Bayes methods for assessing differential expression in microarray experiments",
/// Statistical Applications in Genetics and Molecular Biology 3(1), 2004, section 3). The usual one is the median of all,
/// which a few wild configurations do not move.
struct ReplicateNoise {
  /// How many deviations the usual variance counts as.
  private static let priorReadings = 4.0
  /// Of the targets' variance, which is 1: the least noise that is learned.
  private static let least = 1e-6

  /// The variance of one reading that is usual; nil where nothing was read twice.
  private let usual: Double?

  /// - Parameters:
  ///   - readings: how many readings each point has, `[n]`.
  ///   - squares: the sums of the squares of their deviations from the mean, `[n]`.
  init(readings: [Int], squares: [Double]) {
    let variances = zip(readings, squares).filter { $0.0 > 1 && $0.1.isFinite }.map { count, squares in
      let freedom = Double(count - 1)
      // A variance of few readings lies below the true one more often than above: by its median, after Wilson and
      // Hilferty, "The distribution of chi-square", PNAS 17, 1931.
      let median = 1 - 2 / (9 * freedom)
      return squares / freedom / (median * median * median)
    }
    usual = variances.isEmpty ? nil : variances.sorted()[variances.count / 2]
  }

  /// The variance of the mean of a point's readings; nil for one reading.
  func variance(readings: Int, squares: Double) -> Double? {
    guard let usual, readings > 1, squares.isFinite else { return nil }
    let freedom = Double(readings - 1)
    return (Self.priorReadings * usual + squares) / (Self.priorReadings + freedom) / Double(readings)
  }

  /// The same of the mean's target, at the slope that the scale has there.
  func targetVariance(of mean: Double, readings: Int, squares: Double, by scale: TargetScale) -> Double? {
    variance(readings: readings, squares: squares).map { variance in
      let error = variance.squareRoot()
      let half = (scale.target(of: mean + error) - scale.target(of: mean - error)) / 2
      return max(half * half, Self.least)
    }
  }
}

extension ReplicateNoise {
  /// Of rows of a table.
  init(_ rows: some Sequence<Int>, of table: ObservationTable) {
    self.init(readings: rows.map { table.readings[$0] }, squares: rows.map { table.squares[$0] })
  }

  /// Of a row's mean.
  func targetVariance(ofRow row: Int, of table: ObservationTable, by scale: TargetScale) -> Double? {
    targetVariance(
      of: table.means[row], readings: table.readings[row], squares: table.squares[row], by: scale)
  }
}
