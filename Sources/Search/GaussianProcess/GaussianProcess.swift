import CKernels
import RealModule

/// A Gaussian process with given hyperparameters, conditioned on points and on targets.
///
/// Notation: X the points, `[n, d]`; y the targets, `[n]`, with prior mean 0; K = k(X, X) + diag(s²) = L Lᵀ, s² the
/// variances of the targets' noise, σ_n² where they are not known; α = K⁻¹ y. Rasmussen and Williams (2006), algorithm
/// 2.1. Points are appended in O(n²) each; targets may change in O(n²) without a new factorization.
package struct GaussianProcess {
  package let hyperparameters: GaussianProcessHyperparameters
  let kernel: CovarianceKernel
  private(set) var points: PointSet
  /// s², `[n]`.
  private(set) var noises: [Double] = []
  private(set) var factor: CholeskyFactor
  /// α, `[n]`; empty before `condition`.
  package private(set) var alpha: [Double] = []
  /// The posterior means at the points, their noise smoothed away, `[n]`; empty before `condition`.
  private(set) var means: [Double] = []
  /// The least of them: the incumbent.
  package var incumbent: Double { means.min() ?? .infinity }

  /// Nil where K is not positive definite to rounding. O(n³).
  /// - Parameter noises: the known variances of the targets' noise, `[n]`; nil where they are learned. Left out, all
  ///   are.
  package init?(
    hyperparameters: GaussianProcessHyperparameters, points: PointSet, noises: [Double?] = []
  ) {
    self.hyperparameters = hyperparameters
    kernel = hyperparameters.kernel
    self.points = PointSet(categorical: points.categorical.map { $0 == 1 }, capacity: points.count)
    factor = CholeskyFactor(capacity: points.count)
    guard append((0..<points.count).map { points[$0] }, noises: noises) else { return nil }
  }

  /// Adds points; false, and nothing changed, where K would not be positive definite to rounding.
  package mutating func append(_ added: [[Double]], noises known: [Double?] = []) -> Bool {
    let old = points.count
    for point in added { points.append(point) }
    let learned = hyperparameters.noise
    noises += added.indices.map { $0 < known.count ? known[$0] ?? learned : learned }
    let slope = AlignedStorage(capacity: points.count)
    let appended = factor.append(rows: added.count) { [points, kernel, noises] r, row in
      points.covariances(
        with: added[r], count: old + r, kernel: kernel, covariance: row, slope: slope.start)
      row[old + r] = kernel.variance(at: added[r]) + noises[old + r]
    }
    if !appended {
      points.truncate(to: old)
      noises.removeLast(added.count)
    }
    return appended
  }

  /// Forgets the points from `count` on, and the targets.
  package mutating func truncate(to count: Int) {
    points.truncate(to: count)
    noises.removeLast(noises.count - count)
    factor.truncate(to: count)
    alpha = []
    means = []
  }

  /// Conditions on the targets of the first points; the rest are pending.
  ///
  /// A pending point is given the posterior mean at it, given the points before it (the kriging believer;
  /// Ginsbourger, Le Riche and Carraro, "Kriging is well-suited to parallelize optimization", 2010):
  /// the mean stays as it is, the variance near it shrinks. Among the whitened targets L⁻¹ y it is a 0.
  package mutating func condition(on targets: [Double]) {
    let n = points.count
    precondition(targets.count <= n, "more targets than points")
    let storage = AlignedStorage(capacity: n)
    let v = storage.start  // the whitened targets
    for i in 0..<n { v[i] = 0 }
    for i in targets.indices { v[i] = targets[i] }
    var known = factor
    known.truncate(to: targets.count)
    known.solve(transposed: false, v, columns: 1, stride: n)
    let believed = (targets.count..<n).map { covariance_dot(factor.row($0), v, $0) }
    factor.solve(transposed: true, v, columns: 1, stride: n)
    alpha = Array(UnsafeBufferPointer(start: v, count: n))
    // k(X, X) α = y - s² α: the posterior mean at the points themselves.
    means = zip(targets + believed, zip(noises, alpha)).map { $0 - $1.0 * $1.1 }
  }
}

/// The posterior of a Gaussian process at a batch of queries, and the derivatives of functions of it.
///
/// Notation: q a query, `[d]`; k = k(X, q), `[n]`; μ = kᵀα; σ² = k(q, q) - ‖L⁻¹k‖², without the noise;
/// β = K⁻¹k. A class, because its memory is used over and over.
package final class PosteriorBatch {
  private let process: GaussianProcess
  private let capacity: Int
  private let stride: Int
  private let covariances: AlignedStorage
  private let slopes: AlignedStorage
  private var queries: [Double] = []

  /// - Parameter capacity: how many queries a batch has at most.
  package init(of process: GaussianProcess, capacity: Int) {
    self.process = process
    self.capacity = capacity
    // A multiple of a cache line, so that every query's column begins at one.
    stride = (process.points.count + 7) / 8 * 8
    covariances = AlignedStorage(capacity: stride * capacity)
    slopes = AlignedStorage(capacity: stride * capacity)
  }

  private var dimension: Int { process.points.dimension }

  /// μ and σ² at `queries`, `[count, d]` by row. O(count · n²).
  package func evaluate(_ queries: [Double]) -> (means: [Double], variances: [Double]) {
    let count = queries.count / max(dimension, 1)
    precondition(count <= capacity, "more queries than the batch has room for")
    self.queries = queries
    let n = process.points.count
    var means: [Double] = []
    queries.withUnsafeBufferPointer { all in
      for c in 0..<count {
        let column = covariances.start + c * stride
        process.points.covariances(
          with: all.baseAddress! + c * dimension, count: n, kernel: process.kernel, covariance: column,
          slope: slopes.start + c * stride)
        means.append(process.alpha.withUnsafeBufferPointer { covariance_dot(column, $0.baseAddress, n) })
      }
    }
    process.factor.solve(transposed: false, covariances.start, columns: count, stride: stride)
    let variances = queries.withUnsafeBufferPointer { all in
      (0..<count).map { c in
        let column = covariances.start + c * stride
        let prior = process.kernel.variance(at: all.baseAddress! + c * dimension)
        // Rounding must not turn a point that was seen into one of no or negative variance.
        return max(prior - covariance_dot(column, column, n), 1e-10 * prior)
      }
    }
    return (means, variances)
  }

  /// μ at any number of queries, `[d]` each.
  func means(at queries: [[Double]]) -> [Double] {
    Swift.stride(from: 0, to: queries.count, by: capacity).flatMap { start in
      evaluate(Array(queries[start..<min(start + capacity, queries.count)].joined())).means
    }
  }

  /// The gradients by the queries of the last `evaluate`, `[count, d]` by row, of functions whose derivatives
  /// by μ and σ² are given for each query. Once for each evaluation. O(count · n²).
  package func gradients(byMeans: [Double], byVariances: [Double]) -> [Double] {
    let count = byMeans.count
    let n = process.points.count
    process.factor.solve(transposed: true, covariances.start, columns: count, stride: stride)
    var gradients = Array(repeating: 0.0, count: count * dimension)
    queries.withUnsafeBufferPointer { queries in
      gradients.withUnsafeMutableBufferPointer { all in
        for c in 0..<count {
          // ∂f/∂k = (∂f/∂μ) α - 2 (∂f/∂σ²) β, written over β.
          let byCovariances = covariances.start + c * stride
          covariance_combine(process.alpha, byMeans[c], byCovariances, -2 * byVariances[c], n, byCovariances)
          addGradient(
            of: byCovariances, slopes.start + c * stride, byVariance: byVariances[c],
            at: queries.baseAddress! + c * dimension, to: all.baseAddress! + c * dimension)
        }
      }
    }
    return gradients
  }

  /// Adds ∑ᵢ bᵢ ∂k(q, xᵢ)/∂q and what k(q, q) contributes, and leaves b times ∂k/∂(r²) in `b`.
  private func addGradient(
    of b: UnsafeMutablePointer<Double>, _ slopes: UnsafePointer<Double>, byVariance: Double,
    at query: UnsafePointer<Double>, to gradient: UnsafeMutablePointer<Double>
  ) {
    if let trend = process.kernel.trend {
      process.points.addGradient(of: b, trend, at: query, to: gradient)
      trend.addGradient(ofVarianceTimes: byVariance, at: query, to: gradient)
    }
    covariance_multiply(b, slopes, process.points.count)
    process.points.addInputGradient(of: b, at: query, kernel: process.kernel, to: gradient)
  }
}
