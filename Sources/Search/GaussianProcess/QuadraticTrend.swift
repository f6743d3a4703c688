/// A quadratic function that a Gaussian process may follow everywhere, its coefficients random and far from
/// sure: as a covariance, the polynomial kernel of degree 2 (Rasmussen and Williams, "Gaussian Processes for
/// Machine Learning", 2006, table 4.1; a trend as a covariance, section 2.7).
///
///     k(x, x') = v (1 + ∑ⱼ wⱼ (xⱼ - cⱼ) (x'ⱼ - cⱼ))²
///
/// Length scales along the coordinates can't tell a valley that runs across them, and forget everything a few
/// of them away; the coefficients of a quadratic form can, from as many points as there are coordinates on,
/// and reach over the whole space.
package struct QuadraticTrend: Equatable, Codable, Sendable {
  /// Where the form's coordinates begin, and in which units it measures them.
  package struct Frame: Equatable, Codable, Sendable {
    /// c, `[d]`.
    package let center: [Double]
    /// w, `[d]`: 0 for a categorical feature, which has no square.
    package let weights: [Double]

    /// At `center`, in units of `reaches` times √d, so that the form is of order 1 as far out as they are.
    package init(center: [Double], reaches: [Double], categorical: [Bool]) {
      self.center = center
      weights = center.indices.map { j in
        categorical[j] ? 0 : 1 / (reaches[j] * reaches[j] * Double(center.count))
      }
    }

    /// 1 + ∑ⱼ wⱼ (xⱼ - cⱼ)²
    func form(at point: UnsafePointer<Double>) -> Double {
      var form = 1.0
      for j in center.indices { form += weights[j] * (point[j] - center[j]) * (point[j] - center[j]) }
      return form
    }
  }

  package let frame: Frame
  /// v, the variance of the trend at the frame's center.
  package let variance: Double

  package init(frame: Frame, variance: Double) {
    self.frame = frame
    self.variance = variance
  }

  /// k(x, x)
  func variance(at point: UnsafePointer<Double>) -> Double {
    let form = frame.form(at: point)
    return variance * form * form
  }

  /// Adds b ∂k(x, x)/∂xⱼ to gradient[j].
  func addGradient(
    ofVarianceTimes b: Double, at point: UnsafePointer<Double>, to gradient: UnsafeMutablePointer<Double>
  ) {
    let slope = 4 * b * variance * frame.form(at: point)
    for j in frame.center.indices { gradient[j] += slope * frame.weights[j] * (point[j] - frame.center[j]) }
  }
}
