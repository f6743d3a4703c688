import RealModule

/// How wide the kernels at observed numbers are, as parts of the unit interval.
enum BandwidthRule {
  /// All alike, by Scott's rule: the standard deviation times n^(-1/5), but between 0.05 and 1. For the good
  /// set: it narrows as the good ones gather, and never to a needle.
  case scott
  /// Each as wide as the larger of the distances to the next centre on its left and its right, but between 1
  /// / min(100, n + 2) and 1, as Optuna 5.0 has it. For the bad set: what lies among bad ones is bad, and
  /// what lies beside one bad one is not.
  case neighbours

  /// - Parameter centers: `[n]`.
  /// - Returns: `[n]`.
  func bandwidths(of centers: [Double]) -> [Double] {
    switch self {
    case .scott: Self.scott(centers)
    case .neighbours: Self.neighbours(centers)
    }
  }

  private static func scott(_ centers: [Double]) -> [Double] {
    let n = Double(centers.count)
    let mean = centers.reduce(0, +) / max(n, 1)
    let squares = centers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = Double.sqrt(squares / max(n - 1, 1))
    let bandwidth = min(max(deviation * Double.pow(max(n, 1), -0.2), 0.05), 1)
    return Array(repeating: bandwidth, count: centers.count)
  }

  private static func neighbours(_ centers: [Double]) -> [Double] {
    guard centers.count > 1 else { return centers.map { max($0, 1 - $0) } }
    // Places and centres together, because the sort is what a proposal waits for.
    let sorted = centers.enumerated().map { (place: $0.offset, center: $0.element) }
      .sorted { $0.center < $1.center }
    let least = 1 / min(100, Double(centers.count + 2))
    var bandwidths = Array(repeating: 1.0, count: centers.count)
    for (i, entry) in sorted.enumerated() {
      let left = i > 0 ? entry.center - sorted[i - 1].center : 0
      let right = i + 1 < sorted.count ? sorted[i + 1].center - entry.center : 0
      bandwidths[entry.place] = min(max(left, right, least), 1)
    }
    return bandwidths
  }
}
