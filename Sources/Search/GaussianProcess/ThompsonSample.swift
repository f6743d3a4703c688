import CKernels
package import Randomness
import RealModule

extension GaussianProcess {
  /// The candidate that is least in one function drawn from the posterior at all of them (Thompson 1933). With
  /// `limits`, of the candidates that break them least in functions drawn of those (Eriksson and Poloczek, "Scalable
  /// constrained Bayesian optimization", AISTATS 2021, section 3).
  /// - Parameter candidates: features, all different, at least one.
  func thompsonChoice(
    among candidates: [[Double]], keeping limits: LimitProcesses?, using random: inout CounterGenerator
  ) -> Int {
    let draws = thompsonDraw(at: candidates, using: &random)
    let broken = limits?.drawnViolations(at: candidates, using: &random) ?? draws.map { _ in 0 }
    return draws.indices.min { (broken[$0], draws[$0]) < (broken[$1], draws[$1]) } ?? 0
  }

  /// One function drawn from the posterior, at all candidates, `[m]`.
  ///
  /// Notation: C the candidates, `[m, d]` by row; μ and Σ their joint posterior; Σ = S Sᵀ; the draw is μ + S
  /// ε with ε standard normal. O(m n² + m² n + m³).
  /// - Parameter candidates: features, all different, at least one.
  package func thompsonDraw(
    at candidates: [[Double]], using random: inout CounterGenerator
  ) -> [Double] {
    let (n, m) = (points.count, candidates.count)
    let stride = (n + 7) / 8 * 8
    let whitened = AlignedStorage(capacity: stride * m)
    let slopes = AlignedStorage(capacity: max(n, m))
    var means: [Double] = []
    for (c, candidate) in candidates.enumerated() {
      let column = whitened.start + c * stride
      points.covariances(with: candidate, count: n, kernel: kernel, covariance: column, slope: slopes.start)
      means.append(alpha.withUnsafeBufferPointer { covariance_dot(column, $0.baseAddress, n) })
    }
    factor.solve(transposed: false, whitened.start, columns: m, stride: stride)
    var all = PointSet(categorical: points.categorical.map { $0 == 1 }, capacity: m)
    for candidate in candidates { all.append(candidate) }
    var joint = CholeskyFactor(capacity: m)
    // A jitter far below the posterior's own variances; candidates that all but coincide need it.
    for jitter in [1e-8, 1e-6, 1e-4] {
      let isFactored = joint.append(rows: m) { [kernel] r, row in
        all.covariances(with: candidates[r], count: r, kernel: kernel, covariance: row, slope: slopes.start)
        row[r] = kernel.variance(at: candidates[r]) * (1 + jitter)
        for c in 0...r {
          row[c] -= covariance_dot(whitened.start + r * stride, whitened.start + c * stride, n)
        }
      }
      if isFactored { break }
    }
    let normals = (0..<m).map { _ in random.nextNormal() }
    guard joint.count == m else { return means }
    return means.indices.map { c in
      means[c] + normals.withUnsafeBufferPointer { covariance_dot(joint.row(c), $0.baseAddress, c + 1) }
    }
  }
}
