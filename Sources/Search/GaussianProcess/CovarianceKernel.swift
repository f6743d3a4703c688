/// The prior covariance of a Gaussian process: Matern 5/2 with a length scale for each feature (Rasmussen and
/// Williams, "Gaussian Processes for Machine Learning", 2006, equation 4.17, with automatic relevance
/// determination), and where there is one, a trend's.
///
/// Two values of a categorical feature are 0 or 1 apart (Hamming), divided by its length scale: a Euclidean
/// distance between one-hot vectors, so that the covariance stays positive definite.
package struct CovarianceKernel: Equatable {
  /// 1 / ℓⱼ², `[dimension]`.
  package var inverseSquares: [Double]
  /// σ_f², the variance of the function beside the trend.
  package var variance: Double
  package var trend: QuadraticTrend?

  package init(inverseSquares: [Double], variance: Double, trend: QuadraticTrend? = nil) {
    self.inverseSquares = inverseSquares
    self.variance = variance
    self.trend = trend
  }

  /// k(x, x)
  func variance(at point: UnsafePointer<Double>) -> Double { variance + (trend?.variance(at: point) ?? 0) }
}
