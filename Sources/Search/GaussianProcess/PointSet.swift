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
  /// Covariances of `query` with the first `count` points, and their slopes by the squared distance.
  func covariances(
    with query: UnsafePointer<Double>, count: Int, kernel: MaternKernel,
    covariance: UnsafeMutablePointer<Double>, slope: UnsafeMutablePointer<Double>
  ) {
    covariance_matern52(
      values, stride, count, dimension, categorical, kernel.inverseSquares, kernel.variance, query,
      covariance, slope)
  }

  /// Adds ∑ᵢ aᵢ (xᵢⱼ - qⱼ)² over the first `count` points to sums[j].
  func addWeightedSquares(
    of a: UnsafePointer<Double>, around query: [Double], count: Int, to sums: inout [Double]
  ) {
    covariance_add_weighted_squares(values, stride, count, dimension, categorical, a, query, &sums)
  }

  /// ∑ᵢ aᵢ 2 (qⱼ - xᵢⱼ) / ℓⱼ² over all points, 0 for categorical features.
  func inputGradient(
    of a: UnsafePointer<Double>, at query: UnsafePointer<Double>, kernel: MaternKernel,
    into gradient: UnsafeMutablePointer<Double>
  ) {
    covariance_input_gradient(
      values, stride, count, dimension, categorical, kernel.inverseSquares, a, query, gradient)
  }
}

/// The Matern 5/2 covariance with a length scale for each feature (Rasmussen and Williams, "Gaussian
/// Processes for Machine Learning", 2006, equation 4.17, with automatic relevance determination).
///
/// Two values of a categorical feature are 0 or 1 apart (Hamming), divided by its length scale: a Euclidean
/// distance between one-hot vectors, so that the covariance stays positive definite.
package struct MaternKernel: Equatable {
  /// 1 / ℓⱼ², `[dimension]`.
  package var inverseSquares: [Double]
  /// σ_f², the variance of the function.
  package var variance: Double
}
