import CKernels

/// A growing list of points of d features, stored by coordinate for the covariance kernel.
///
/// A numeric feature lies in [0, 1]; of a categorical one only equality matters.
package struct PointSet {
  package let dimension: Int
  /// 1 where the feature is categorical, `[dimension]`.
  let categorical: [UInt8]
  package private(set) var count = 0
  private var stride: Int
  /// Coordinate j of point i is at j · stride + i.
  private var values: [Double]

  package init(categorical: [Bool], capacity: Int = 0) {
    dimension = categorical.count
    self.categorical = categorical.map { $0 ? 1 : 0 }
    stride = capacity
    values = Array(repeating: 0, count: capacity * dimension)
  }

  package mutating func append(_ point: [Double]) {
    if count == stride { reserve(max(32, stride * 2)) }
    for j in 0..<dimension { values[j * stride + count] = point[j] }
    count += 1
  }

  mutating func truncate(to count: Int) { self.count = count }

  /// Point `i`, `[dimension]`.
  package subscript(i: Int) -> [Double] { (0..<dimension).map { values[$0 * stride + i] } }

  func contains(_ point: [Double]) -> Bool {
    (0..<count).contains { i in (0..<dimension).allSatisfy { values[$0 * stride + i] == point[$0] } }
  }

  func subset(_ indices: [Int]) -> PointSet {
    var chosen = PointSet(categorical: categorical.map { $0 == 1 }, capacity: indices.count)
    for i in indices { chosen.append(self[i]) }
    return chosen
  }

  private mutating func reserve(_ capacity: Int) {
    var grown = Array(repeating: 0.0, count: capacity * dimension)
    for j in 0..<dimension {
      for i in 0..<count { grown[j * capacity + i] = values[j * stride + i] }
    }
    values = grown
    stride = capacity
  }
}

extension PointSet {
  /// Covariances of `query` with the first `count` points, and the slopes of their Matern part by the squared
  /// distance.
  func covariances(
    with query: UnsafePointer<Double>, count: Int, kernel: CovarianceKernel,
    covariance: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) {
    covariance_matern52(
      values, stride, count, dimension, categorical, kernel.inverseSquares, kernel.variance, query,
      covariance, slope)
    if let trend = kernel.trend { add(trend, with: query, count: count, to: covariance) }
  }

  /// Adds the trend's covariances of `query` with the first `count` points.
  func add(
    _ trend: QuadraticTrend, with query: UnsafePointer<Double>, count: Int,
    to covariance: UnsafeMutablePointer<Double>
  ) {
    covariance_add_quadratic(
      values, stride, count, dimension, trend.frame.weights, trend.frame.center, trend.variance, query,
      covariance)
  }

  /// Adds ∂/∂qⱼ ∑ᵢ bᵢ k(q, xᵢ) over all points to gradient[j], k the trend's covariance.
  func addGradient(
    of b: UnsafePointer<Double>, _ trend: QuadraticTrend, at query: UnsafePointer<Double>,
    to gradient: UnsafeMutablePointer<Double>
  ) {
    covariance_add_quadratic_gradient(
      values, stride, count, dimension, trend.frame.weights, trend.frame.center, trend.variance, b, query,
      gradient)
  }

  /// Adds ∑ᵢ aᵢ (xᵢⱼ - qⱼ)² over the first `count` points to sums[j].
  func addWeightedSquares(
    of a: UnsafePointer<Double>, around query: [Double], count: Int, to sums: inout [Double]
  ) {
    covariance_add_weighted_squares(values, stride, count, dimension, categorical, a, query, &sums)
  }

  /// Adds ∑ᵢ aᵢ 2 (qⱼ - xᵢⱼ) / ℓⱼ² over all points to gradient[j], where feature j is not categorical.
  func addInputGradient(
    of a: UnsafePointer<Double>, at query: UnsafePointer<Double>, kernel: CovarianceKernel,
    to gradient: UnsafeMutablePointer<Double>
  ) {
    covariance_add_input_gradient(
      values, stride, count, dimension, categorical, kernel.inverseSquares, a, query, gradient)
  }
}
