import CLAPACK

/// A = B diag(values) Bᵀ of a symmetric matrix, by LAPACK's `dsyevd`.
struct SymmetricEigendecomposition: Sendable {
  let order: Int
  /// Ascending, `[n]`.
  let values: [Double]
  /// Orthonormal: vector k is `vectors[k n ..< (k + 1) n]`.
  let vectors: [Double]

  /// Of the unit matrix, without LAPACK.
  init(ofIdentity order: Int) {
    self.order = order
    values = Array(repeating: 1, count: order)
    vectors = (0..<order * order).map { $0 % (order + 1) == 0 ? 1 : 0 }
  }

  /// - Parameter matrix: `[n, n]`, symmetric and finite.
  init(_ matrix: [Double], order: Int) {
    precondition(matrix.count == order * order, "a square matrix")
    self.order = order
    var (vectors, values) = (matrix, Array(repeating: 0.0, count: order))
    var n = Int32(order)
    var workCount = Int32(1 + 6 * order + 2 * order * order)
    var integerCount = Int32(3 + 5 * order)
    var work = Array(repeating: 0.0, count: Int(workCount))
    var integers = Array(repeating: Int32(0), count: Int(integerCount))
    var information: Int32 = 0
    let threads = clapack_use_threads(1)
    defer { _ = clapack_use_threads(threads) }
    if order > 0 {
      var leading = n
      clapack_dsyevd(
        "V", "U", &n, &vectors, &leading, &values, &work, &workCount, &integers, &integerCount, &information)
    }
    precondition(information == 0, "a finite symmetric matrix has an eigendecomposition")
    self.values = values
    self.vectors = vectors
  }

  /// B diag(f(values)) Bᵀ x; O(n²).
  func applying(_ function: (Double) -> Double, to x: [Double]) -> [Double] {
    var result = Array(repeating: 0.0, count: order)
    for k in 0..<order {
      var product = 0.0
      for j in 0..<order { product += vectors[k * order + j] * x[j] }
      product *= function(values[k])
      for j in 0..<order { result[j] += vectors[k * order + j] * product }
    }
    return result
  }
}
