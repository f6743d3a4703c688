internal import CTorch

// Elementwise operators broadcast: missing leading dimensions and extents of 1 are repeated.

extension Tensor {
  public func adding(_ other: Tensor) throws(TensorError) -> Tensor {
    try made("adding", [self, other], ctorch_binary(CTORCH_ADD, handle, other.handle))
  }

  public func subtracting(_ other: Tensor) throws(TensorError) -> Tensor {
    try made("subtracting", [self, other], ctorch_binary(CTORCH_SUBTRACT, handle, other.handle))
  }

  public func multiplied(by other: Tensor) throws(TensorError) -> Tensor {
    try made("multiplied", [self, other], ctorch_binary(CTORCH_MULTIPLY, handle, other.handle))
  }

  public func divided(by other: Tensor) throws(TensorError) -> Tensor {
    try made("divided", [self, other], ctorch_binary(CTORCH_DIVIDE, handle, other.handle))
  }

  public func adding(_ value: Double) throws(TensorError) -> Tensor {
    try made("adding", [self], ctorch_binary_scalar(CTORCH_ADD, handle, value))
  }

  public func multiplied(by factor: Double) throws(TensorError) -> Tensor {
    try made("multiplied", [self], ctorch_binary_scalar(CTORCH_MULTIPLY, handle, factor))
  }

  /// The matrix product of the last two dimensions: `[..., n, k]` and `[..., k, m]` give `[..., n, m]`.
  public func matmul(_ other: Tensor) throws(TensorError) -> Tensor {
    MultiplyAdds.add(count * (other.shape.last ?? 1))
    return try made("matmul", [self, other], ctorch_binary(CTORCH_MATMUL, handle, other.handle))
  }

  /// Where the elements are equal, as `bool`.
  public func equal(to other: Tensor) throws(TensorError) -> Tensor {
    try made("equal", [self, other], ctorch_binary(CTORCH_EQUAL, handle, other.handle))
  }

  /// The larger of two elements.
  public func maximum(_ other: Tensor) throws(TensorError) -> Tensor {
    try made("maximum", [self, other], ctorch_binary(CTORCH_MAXIMUM, handle, other.handle))
  }
}

extension Tensor {
  public func negated() throws(TensorError) -> Tensor {
    try made("negated", [self], ctorch_unary(CTORCH_NEGATE, handle))
  }

  public func exp() throws(TensorError) -> Tensor {
    try made("exp", [self], ctorch_unary(CTORCH_EXP, handle))
  }

  public func log() throws(TensorError) -> Tensor {
    try made("log", [self], ctorch_unary(CTORCH_LOG, handle))
  }

  public func squareRoot() throws(TensorError) -> Tensor {
    try made("squareRoot", [self], ctorch_unary(CTORCH_SQRT, handle))
  }

  public func squared() throws(TensorError) -> Tensor {
    try made("squared", [self], ctorch_unary(CTORCH_SQUARE, handle))
  }

  public func absolute() throws(TensorError) -> Tensor {
    try made("absolute", [self], ctorch_unary(CTORCH_ABSOLUTE, handle))
  }

  /// max(0, x).
  public func relu() throws(TensorError) -> Tensor {
    try made("relu", [self], ctorch_unary(CTORCH_RELU, handle))
  }

  /// The tanh approximation of x Φ(x) (Hendrycks and Gimpel, arXiv:1606.08415, §2).
  public func gelu() throws(TensorError) -> Tensor {
    try made("gelu", [self], ctorch_unary(CTORCH_GELU_TANH, handle))
  }

  public func tanh() throws(TensorError) -> Tensor {
    try made("tanh", [self], ctorch_unary(CTORCH_TANH, handle))
  }

  public func sigmoid() throws(TensorError) -> Tensor {
    try made("sigmoid", [self], ctorch_unary(CTORCH_SIGMOID, handle))
  }

  /// x sigmoid(x).
  public func silu() throws(TensorError) -> Tensor {
    try made("silu", [self], ctorch_unary(CTORCH_SILU, handle))
  }

  /// x above 0, a hundredth of it below (Maas, Hannun and Ng, ICML 2013 workshop on deep learning for audio).
  public func leakyRelu() throws(TensorError) -> Tensor {
    try made("leakyRelu", [self], ctorch_unary(CTORCH_LEAKY_RELU, handle))
  }

  /// x above 0, exp(x) - 1 below (Clevert, Unterthiner and Hochreiter, ICLR 2016, equation 15, with α = 1).
  public func elu() throws(TensorError) -> Tensor {
    try made("elu", [self], ctorch_unary(CTORCH_ELU, handle))
  }

  /// x tanh(ln(1 + exp(x))) (Misra, BMVC 2020, equation 1).
  public func mish() throws(TensorError) -> Tensor {
    try made("mish", [self], ctorch_unary(CTORCH_MISH, handle))
  }

  /// Where the elements are neither infinite nor NaN, as `bool`.
  public func isFinite() throws(TensorError) -> Tensor {
    try made("isFinite", [self], ctorch_unary(CTORCH_IS_FINITE, handle))
  }

  /// −1, 0 or 1.
  public func sign() throws(TensorError) -> Tensor {
    try made("sign", [self], ctorch_unary(CTORCH_SIGN, handle))
  }
}

extension Tensor {
  /// The sum of all elements, a scalar; of `bool`, their count, as an integer.
  public func sum() throws(TensorError) -> Tensor {
    try made("sum", [self], ctorch_sum(handle))
  }

  /// The mean of all elements, a scalar.
  public func mean() throws(TensorError) -> Tensor {
    try made("mean", [self], ctorch_mean(handle))
  }

  /// The sum along a dimension, which disappears, or stays with extent 1.
  public func sum(along dimension: Int, keeping keep: Bool = false) throws(TensorError) -> Tensor {
    try made("sum", [self], ctorch_sum_along(handle, dimension, keep))
  }

  /// The mean along a dimension, which disappears, or stays with extent 1.
  public func mean(along dimension: Int, keeping keep: Bool = false) throws(TensorError) -> Tensor {
    try made("mean", [self], ctorch_mean_along(handle, dimension, keep))
  }

  /// The index of the largest element along a dimension, which disappears; 64-bit integers.
  public func argmax(along dimension: Int) throws(TensorError) -> Tensor {
    try made("argmax", [self], ctorch_argmax(handle, dimension))
  }

  /// The Euclidean norm of all elements, a scalar.
  public func norm() throws(TensorError) -> Tensor {
    try made("norm", [self], ctorch_norm(handle))
  }

  /// The Euclidean norm of each tensor, `[tensors.count]`: one kernel on a GPU, however many tensors.
  public static func norms(_ tensors: [Tensor]) throws(TensorError) -> Tensor {
    let handles = tensors.map(\.handle)
    defer { withExtendedLifetime(tensors) {} }
    return try made("norms", tensors, ctorch_norms(handles, handles.count))
  }
}
