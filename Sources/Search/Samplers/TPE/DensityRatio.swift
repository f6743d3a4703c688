/// What one group of parameters has shown: a density of its good points and one of its bad ones.
///
/// Notation: l and g as in Bergstra et al. (2011, equation 2), where the expected improvement grows with l /
/// g (section 4.1).
struct DensityRatio {
  let good: ParzenEstimator
  let bad: ParzenEstimator

  /// - Parameters: - good: parts of rows, `[k, d]` by row, best first; at least one. The best weighs most,
  ///   falling by equal steps. - bad: parts of rows, and how many each stands for.
  init(_ coordinates: [CellCoordinate], good: [Double], bad: [Double], weights: [Double]) {
    let count = good.count / coordinates.count
    let ranks = (0..<count).map { Double(count - $0) }
    let mean = ranks.reduce(0, +) / Double(count)
    // The prior weighs as much as one observation.
    self.good = ParzenEstimator(
      coordinates, points: good, weights: ranks.map { $0 / mean } + [1],
      rule: .scott(numbers: coordinates.count(where: \.isNumeric)))
    self.bad = ParzenEstimator(
      coordinates, points: bad, weights: weights + [1], rule: .neighbours)
  }

  /// ln l - ln g at each of `points`, `[m, d]` by row.
  func logRatios(at points: [Double]) -> [Double] {
    zip(good.logDensities(at: points), bad.logDensities(at: points)).map { $0 - $1 }
  }
}
