import CKernels
import Randomness

/// A density over a unit cube: a mixture of products of one-dimensional kernels.
///
/// Notation: k kernels, the last of them the prior; d coordinates.
///
/// - Continuous coordinate: a Gaussian truncated to [0, 1] (Bergstra, Bardenet, Bengio and Kégl, "Algorithms
///   for hyper-parameter optimization", NIPS 2011, section 4).
/// - Ordered cells: the mass of that Gaussian in the cell.
/// - Choices: the observed one has more mass than the others, which share the rest evenly, as in Aitchison
///   and Aitken's kernel ("Multivariate binary discrimination by the kernel method", Biometrika 63, 1976).
/// - Prior: a Gaussian in the middle as wide as the cube, and equal masses for choices.
///
/// One kernel is a product over all coordinates, so that what was good together stays together (Falkner,
/// Klein and Hutter, "BOHB", ICML 2018).
struct ParzenEstimator {
  /// `[k]`, of sum 1.
  let weights: [Double]
  /// What each kernel's log density has of it everywhere, its log weight included, `[k]`.
  private let constants: [Double]
  private let columns: [KernelColumn]

  /// - Parameters:
  ///   - coordinates: `[d]`.
  ///   - points: `[k - 1, d]` by row.
  ///   - weights: `[k]`, the prior's last; of any positive sum.
  init(_ coordinates: [CellCoordinate], points: [Double], weights: [Double], rule: BandwidthRule) {
    let d = coordinates.count
    precondition(points.count == (weights.count - 1) * d, "a row for every kernel but the prior")
    let sum = weights.reduce(0, +)
    let shares = weights.map { $0 / sum }
    let columns = coordinates.indices.map { j in
      KernelColumn(
        coordinates[j], centers: (0..<weights.count - 1).map { points[$0 * d + j] }, rule: rule)
    }
    var constants = [Double](unsafeUninitializedCapacity: shares.count) {
      parzen_logs(shares, shares.count, $0.baseAddress)
      $1 = shares.count
    }
    for column in columns { column.addConstants(to: &constants) }
    (self.weights, self.constants, self.columns) = (shares, constants, columns)
  }

  var count: Int { weights.count }

  /// So many points are looked at together: their terms stay in a core's cache.
  private static let block = 32

  /// The log density at each of `points`, `[m, d]` by row; O(m k d).
  func logDensities(at points: [Double]) -> [Double] {
    let (k, d) = (count, columns.count)
    return stride(from: 0, to: points.count / d, by: Self.block).flatMap { start in
      let rows = start..<min(start + Self.block, points.count / d)
      return withUnsafeTemporaryAllocation(of: Double.self, capacity: rows.count * k) { terms in
        guard let terms = terms.baseAddress else { return [] as [Double] }
        for m in rows.indices { (terms + (m - start) * k).initialize(from: constants, count: k) }
        for (j, column) in columns.enumerated() {
          column.add(at: rows.map { points[$0 * d + j] }, to: terms, k)
        }
        return rows.map { parzen_log_sum_exp(terms + ($0 - start) * k, k) }
      }
    }
  }

  /// A point drawn from the mixture, `[d]`.
  func draw(using random: inout CounterGenerator) -> [Double] {
    var left = random.nextUniform()
    // Rounding may leave a little of the sum; it belongs to the prior.
    let kernel = weights.firstIndex { weight in
      left -= weight
      return left < 0
    }
    return columns.map { $0.draw(from: kernel ?? count - 1, using: &random) }
  }
}
