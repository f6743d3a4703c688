import CKernels
import RealModule

/// How wide the kernels at observed numbers are, as parts of the unit interval.
enum BandwidthRule {
  /// All alike, by Scott's rule: the standard deviation times n^(-1/(4 + d)), but between 0.05 and 1, for a density of
  /// d numbers at once (Scott, "Multivariate density estimation", 1992, equation 6.42; choices beside them leave the
  /// exponent as it is: Racine and Li, "Nonparametric estimation of regression functions with both categorical and
  /// continuous data", Journal of Econometrics 119, 2004). For the good set: it narrows as the good ones gather, and
  /// never to a needle.
  case scott(numbers: Int)
  /// Each as wide as the larger of the distances to the next centre on its left and its right, but between 1
  /// / min(100, n + 2) and 1, as Optuna 5.0 has it. For the bad set: what lies among bad ones is bad, and
  /// what lies beside one bad one is not.
  case neighbours

  /// - Parameter centers: `[n]`.
  /// - Returns: `[n]`.
  func bandwidths(of centers: [Double]) -> [Double] { bandwidths(of: centers, Self.order(of: centers)) }

  /// - Parameter order: of the centers, as `order(of:)` has it.
  func bandwidths(of centers: [Double], _ order: [UInt32]) -> [Double] {
    switch self {
    case .scott(let numbers): Self.scott(centers, numbers)
    case .neighbours: Self.neighbours(centers, order)
    }
  }

  /// The places of the centers by ascending center, equal ones as they were; O(n).
  static func order(of centers: [Double]) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: centers.count) { order, count in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: centers.count) { spare in
        parzen_order(centers, centers.count, order.baseAddress, spare.baseAddress)
      }
      count = centers.count
    }
  }

  private static func scott(_ centers: [Double], _ numbers: Int) -> [Double] {
    let n = Double(centers.count)
    let mean = centers.reduce(0, +) / max(n, 1)
    let squares = centers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let deviation = Double.sqrt(squares / max(n - 1, 1))
    let narrowing = Double.pow(max(n, 1), -1 / (4 + Double(numbers)))
    let bandwidth = min(max(deviation * narrowing, 0.05), 1)
    return Array(repeating: bandwidth, count: centers.count)
  }

  private static func neighbours(_ centers: [Double], _ order: [UInt32]) -> [Double] {
    guard centers.count > 1 else { return centers.map { max($0, 1 - $0) } }
    let least = 1 / min(100, Double(centers.count + 2))
    var bandwidths = Array(repeating: 1.0, count: centers.count)
    var left = 0.0
    for i in order.indices {
      let place = Int(order[i])
      let right = i + 1 < order.count ? centers[Int(order[i + 1])] - centers[place] : 0
      bandwidths[place] = min(max(left, right, least), 1)
      left = right
    }
    return bandwidths
  }
}
