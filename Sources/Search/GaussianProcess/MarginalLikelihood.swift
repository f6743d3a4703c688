import CKernels
import RealModule

/// How well hyperparameters explain the targets, as a function to minimize.
///
/// Notation: X the points, `[n, d]`; y the targets, `[n]`; K = σ_f² M(X, X) + diag(s²), s² = σ_n² but where it is known;
/// α = K⁻¹ y.
///     -ln p(y | X, θ) = ½ yᵀα + ½ ln det K + ½ n ln 2π      Rasmussen and Williams (2006), equation 2.30
///     its derivative  = ½ tr((K⁻¹ - ααᵀ) ∂K/∂θ)             equation 5.9
package struct MarginalLikelihood {
  let points: PointSet
  let targets: [Double]
  /// s² where it is known, `[n]`.
  private let noises: [Double?]
  private var factor: CholeskyFactor
  /// ∂k/∂(r²) by row, `[n, n]`, the lower triangle.
  private let slopes: AlignedStorage
  private let scratch: AlignedStorage

  /// - Parameter noises: the known variances of the targets' noise, `[n]`; nil where they are learned. Left out, all
  ///   are.
  package init(points: PointSet, targets: [Double], noises: [Double?] = []) {
    precondition(points.count == targets.count, "one target for each point")
    self.points = points
    self.targets = targets
    self.noises = noises.isEmpty ? targets.map { _ in nil } : noises
    factor = CholeskyFactor(capacity: points.count)
    slopes = AlignedStorage(capacity: points.count * points.count)
    scratch = AlignedStorage(capacity: 2 * points.count)
  }

  /// -ln p(y | X, θ), its gradient by θ; nil where K is not positive definite to rounding. O(n³).
  package mutating func negativeLog(
    at hyperparameters: GaussianProcessHyperparameters, gradient: inout [Double]
  ) -> Double? {
    guard let value = negativeLog(at: hyperparameters) else { return nil }
    let n = points.count
    let alpha = scratch.start
    factor.solve(transposed: true, alpha, columns: 1, stride: n)
    factor.invert()
    gradient = self.gradient(at: hyperparameters, alpha: alpha, weights: scratch.start + n)
    return value
  }

  /// -ln p(y | X, θ) alone; leaves L in `factor` and L⁻¹ y in `scratch`.
  mutating func negativeLog(at hyperparameters: GaussianProcessHyperparameters) -> Double? {
    let n = points.count
    guard factorize(hyperparameters) else { return nil }
    let whitened = scratch.start
    for i in 0..<n { whitened[i] = targets[i] }
    factor.solve(transposed: false, whitened, columns: 1, stride: n)
    var value = covariance_dot(whitened, whitened, n) / 2 + Double(n) / 2 * Double.log(2 * Double.pi)
    for i in 0..<n { value += Double.log(factor.diagonal(i)) }
    return value
  }

  private mutating func factorize(_ hyperparameters: GaussianProcessHyperparameters) -> Bool {
    let kernel = hyperparameters.kernel
    let noise = hyperparameters.noise
    let n = points.count
    factor.truncate(to: 0)
    return factor.append(rows: n) { [points, slopes, noises] i, row in
      points.covariances(
        with: points[i], count: i, kernel: kernel, covariance: row, slope: slopes.start + i * n)
      row[i] = kernel.variance(at: points[i]) + (noises[i] ?? noise)
    }
  }

  /// `factor` holds K⁻¹. `weights` is room for n numbers.
  private func gradient(
    at hyperparameters: GaussianProcessHyperparameters, alpha: UnsafePointer<Double>,
    weights: UnsafeMutablePointer<Double>
  ) -> [Double] {
    let n = points.count
    var sums = Array(repeating: 0.0, count: points.dimension)
    var (noiseTrace, knownTrace) = (0.0, 0.0)
    for i in 0..<n {
      let inverse = factor.row(i)
      covariance_likelihood_weights(inverse, alpha, alpha[i], slopes.start + i * n, i, weights)
      points.addWeightedSquares(of: weights, around: points[i], count: i, to: &sums)
      let weight = inverse[i] - alpha[i] * alpha[i]
      if let known = noises[i] { knownTrace += known * weight } else { noiseTrace += weight }
    }
    // Each pair was met once and stands for two; ∂(r²)/∂ ln ℓ = -2 d² / ℓ².
    let kernel = hyperparameters.kernel
    let byScales = zip(sums, kernel.inverseSquares).map { sum, inverse in -2 * sum * inverse }
    // tr(W K) = n - yᵀα, and the noise's share of K is diag(s²).
    noiseTrace *= hyperparameters.noise
    let fit = targets.withUnsafeBufferPointer { covariance_dot($0.baseAddress, alpha, n) }
    guard let trend = kernel.trend else {
      return byScales + [(Double(n) - fit - noiseTrace - knownTrace) / 2, noiseTrace / 2]
    }
    let trendTrace = weightedTrace(of: trend, alpha: alpha, covariances: weights)
    let rest = Double(n) - fit - noiseTrace - knownTrace - trendTrace
    return byScales + [rest / 2, noiseTrace / 2, trendTrace / 2]
  }

  /// tr((K⁻¹ - ααᵀ) T), T the trend's share of K; `factor` holds K⁻¹. `covariances` is room for n numbers.
  private func weightedTrace(
    of trend: QuadraticTrend, alpha: UnsafePointer<Double>, covariances: UnsafeMutablePointer<Double>
  ) -> Double {
    var trace = 0.0
    for i in 0..<points.count {
      covariances.update(repeating: 0, count: i)
      points.add(trend, with: points[i], count: i, to: covariances)
      let inverse = factor.row(i)
      // Each pair was met once and stands for two.
      trace +=
        2 * (covariance_dot(inverse, covariances, i) - alpha[i] * covariance_dot(alpha, covariances, i))
      trace += (inverse[i] - alpha[i] * alpha[i]) * trend.variance(at: points[i])
    }
    return trace
  }
}

extension GaussianProcessHyperparameters {
  /// The most probable hyperparameters given data and prior: the best of a search from each of `starts`.
  package static func fitted(
    to points: PointSet, _ targets: [Double], noises: [Double?] = [], prior: HyperparameterPrior,
    from starts: [[Double]], evaluations: Int = 40
  ) -> GaussianProcessHyperparameters {
    var likelihood = MarginalLikelihood(points: points, targets: targets, noises: noises)
    var best = (value: Double.infinity, theta: starts[0])
    for start in starts {
      var search = BoundedLBFGS(
        from: start, lower: prior.lower, upper: prior.upper, evaluations: evaluations, tolerance: 1e-3)
      while !search.isFinished {
        var gradient = Array(repeating: 0.0, count: start.count)
        let theta = search.point
        guard
          let fit = likelihood.negativeLog(
            at: GaussianProcessHyperparameters(vector: theta, frame: prior.frame), gradient: &gradient)
        else {
          search.tell(.infinity, gradient: gradient)
          continue
        }
        let penalty = prior.penalty(theta, addingGradientTo: &gradient)
        search.tell(fit + penalty, gradient: gradient)
      }
      if search.bestValue < best.value { best = (search.bestValue, search.bestPoint) }
    }
    return GaussianProcessHyperparameters(vector: best.theta, frame: prior.frame)
  }
}
