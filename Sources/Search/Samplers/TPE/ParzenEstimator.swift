import Randomness
import RealModule

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
  private let logWeights: [Double]
  private let columns: [KernelColumn]

  /// - Parameters:
  ///   - coordinates: `[d]`.
  ///   - points: `[k - 1, d]` by row.
  ///   - weights: `[k]`, the prior's last; of any positive sum.
  init(_ coordinates: [CellCoordinate], points: [Double], weights: [Double], rule: BandwidthRule) {
    let d = coordinates.count
    precondition(points.count == (weights.count - 1) * d, "a row for every kernel but the prior")
    let sum = weights.reduce(0, +)
    self.weights = weights.map { $0 / sum }
    logWeights = self.weights.map { Double.log($0) }
    columns = coordinates.indices.map { j in
      KernelColumn(
        coordinates[j], centers: (0..<weights.count - 1).map { points[$0 * d + j] }, rule: rule)
    }
  }

  var count: Int { weights.count }

  /// The log density at each of `points`, `[m, d]` by row; O(m k d).
  func logDensities(at points: [Double]) -> [Double] {
    let d = columns.count
    return (0..<points.count / d).map { m in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { terms in
        _ = terms.initialize(from: logWeights)
        for (j, column) in columns.enumerated() { column.add(at: points[m * d + j], to: terms) }
        return Self.logSumExp(terms)
      }
    }
  }

  private static func logSumExp(_ terms: UnsafeMutableBufferPointer<Double>) -> Double {
    var greatest = -Double.infinity
    for term in terms { greatest = max(greatest, term) }
    var sum = 0.0
    // What is e⁻⁴⁰ of the greatest is lost in rounding.
    for term in terms where term > greatest - 40 { sum += Double.exp(term - greatest) }
    return greatest + Double.log(sum)
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
