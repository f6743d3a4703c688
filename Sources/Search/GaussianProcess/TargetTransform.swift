import RealModule

/// Costs turned into targets that a Gaussian process can explain: mean 0, variance 1, no bad outliers.
///
/// The half-rank warping of Song et al., "The Vizier Gaussian process bandit algorithm" (2024, arXiv
/// 2408.11527): costs up to the median keep their distances; those above it keep only their order, and
/// are put where a normal distribution with the good half's spread would have them. So a diverged run with a
/// cost of 10⁶ flattens nothing, and what is searched for, the good end, is left as it is.
package enum TargetTransform {
  /// The targets of finite `costs`, in their order; all 0 if the costs are equal.
  package static func targets(of costs: [Double]) -> [Double] { standardized(halfRanked(costs)) }

  package static func halfRanked(_ costs: [Double]) -> [Double] {
    let n = costs.count
    guard n > 2 else { return costs }
    let order = costs.indices.sorted { costs[$0] < costs[$1] }
    let sorted = order.map { costs[$0] }
    let median = n % 2 == 1 ? sorted[n / 2] : sorted[n / 2 - 1] / 2 + sorted[n / 2] / 2
    let good = sorted.prefix { $0 <= median }
    let spread = (good.reduce(0) { $0 + ($1 - median) * ($1 - median) } / Double(good.count)).squareRoot()
    // Without a spread below the median there is no scale to warp to; and overflow is no scale either.
    guard spread > 0, spread.isFinite else { return ranked(sorted: sorted, order: order) }
    var warped = costs
    var rank = good.count
    while rank < n {
      // Equal costs share the middle of their ranks.
      let end = rank + sorted[rank...].prefix { $0 == sorted[rank] }.count
      let probability = (Double(rank + end) / 2) / Double(n)
      let target =
        median + spread * NormalDistribution.quantile(min(max(probability, 0.5), 1 - 0.25 / Double(n)))
      for k in rank..<end { warped[order[k]] = target }
      rank = end
    }
    return warped
  }

  /// Ranks alone, equal costs sharing one.
  private static func ranked(sorted: [Double], order: [Int]) -> [Double] {
    var ranks = sorted
    var start = 0
    while start < sorted.count {
      let end = start + sorted[start...].prefix { $0 == sorted[start] }.count
      for k in start..<end { ranks[order[k]] = Double(start + end) / 2 }
      start = end
    }
    return ranks
  }

  /// Mean 0 and variance 1, the shape kept; all 0 if the values are equal.
  package static func standardized(_ values: [Double]) -> [Double] {
    let n = Double(values.count)
    let mean = values.reduce(0) { $0 + $1 / n }
    let deviation = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) / n }.squareRoot()
    guard deviation > 0, deviation.isFinite else { return values.map { _ in 0 } }
    return values.map { ($0 - mean) / deviation }
  }
}
