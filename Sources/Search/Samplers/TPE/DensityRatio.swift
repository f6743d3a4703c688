import RealModule

/// What one group of parameters has shown: a density of its good points and one of its bad ones.
///
/// Notation: l and g as in Bergstra et al. (2011, equation 2), where the expected improvement grows with l /
/// g (section 4.1).
struct DensityRatio {
  let good: ParzenEstimator
  let bad: ParzenEstimator

  /// - Parameters:
  ///   - good: parts of rows, best first; at least one. The best weighs most, falling by equal steps.
  ///   - bad: parts of rows, each with how many it stands for.
  init(_ coordinates: [CellCoordinate], good: [[Double]], bad: [(part: [Double], weight: Double)]) {
    let ranks = good.indices.map { Double(good.count - $0) }
    let mean = ranks.reduce(0, +) / Double(good.count)
    // The prior weighs as much as one observation.
    self.good = ParzenEstimator(
      coordinates, points: good.flatMap { $0 }, weights: ranks.map { $0 / mean } + [1], rule: .scott)
    self.bad = ParzenEstimator(
      coordinates, points: bad.flatMap(\.part), weights: bad.map(\.weight) + [1], rule: .neighbours)
  }

  /// ln l - ln g at each of `points`, `[m, d]` by row.
  func logRatios(at points: [Double]) -> [Double] {
    zip(good.logDensities(at: points), bad.logDensities(at: points)).map { $0 - $1 }
  }
}
