import Tensors

// Matrices `[rows, columns]` by their rows.
extension Tensor {
  /// The Euclidean norm of each row, `[rows, 1]`.
  func rowNorms() throws(TensorError) -> Tensor {
    try squared().sum(along: 1, keeping: true).squareRoot()
  }

  /// Shortens each row to its limit, and leaves one that is no longer as it is, to the last bit.
  ///
  /// - Parameter limits: above 0, `[rows, 1]` or `[1]`.
  func shortenRowsInPlace(to limits: Tensor) throws(TensorError) {
    try multiplyInPlace(by: limits.divided(by: limits.maximum(rowNorms())))
  }
}
