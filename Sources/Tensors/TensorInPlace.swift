internal import CTorch

// Operators that change the tensor's own memory, and so all its views: what optimizers on a GPU are made of.
// Leaves that require a gradient are changed only inside `withoutGradients`.

extension Tensor {
  /// self ← value
  public func fillInPlace(_ value: Double) throws(TensorError) {
    try checked("fillInPlace", ctorch_fill_in_place(handle, value), [self])
  }

  /// self ← other, from any type or device.
  public func copyInPlace(from other: Tensor) throws(TensorError) {
    try checked("copyInPlace", ctorch_copy_in_place(handle, other.handle), [self, other])
  }

  /// self ← self + scale · other
  public func addInPlace(_ other: Tensor, scale: Double = 1) throws(TensorError) {
    try checked("addInPlace", ctorch_add_in_place(handle, other.handle, scale), [self, other])
  }

  /// self ← self + value
  public func addInPlace(_ value: Double) throws(TensorError) {
    try checked("addInPlace", ctorch_add_scalar_in_place(handle, value), [self])
  }

  /// self ← self · other
  public func multiplyInPlace(by other: Tensor) throws(TensorError) {
    try checked("multiplyInPlace", ctorch_multiply_in_place(handle, other.handle), [self, other])
  }

  /// self ← factor · self
  public func multiplyInPlace(by factor: Double) throws(TensorError) {
    try checked("multiplyInPlace", ctorch_scale_in_place(handle, factor), [self])
  }

  /// self ← self + scale · a · b
  public func addProductInPlace(_ a: Tensor, _ b: Tensor, scale: Double = 1) throws(TensorError) {
    try checked(
      "addProductInPlace", ctorch_add_product_in_place(handle, a.handle, b.handle, scale), [self, a, b])
  }

  /// self ← self + scale · a / b
  public func addQuotientInPlace(_ a: Tensor, _ b: Tensor, scale: Double = 1) throws(TensorError) {
    try checked(
      "addQuotientInPlace", ctorch_add_quotient_in_place(handle, a.handle, b.handle, scale), [self, a, b])
  }

  /// self ← self + weight · (other − self)
  public func interpolateInPlace(to other: Tensor, weight: Double) throws(TensorError) {
    try checked(
      "interpolateInPlace", ctorch_interpolate_in_place(handle, other.handle, weight), [self, other])
  }

  /// self ← √self
  public func squareRootInPlace() throws(TensorError) {
    try checked("squareRootInPlace", ctorch_sqrt_in_place(handle), [self])
  }

  /// self ← max(0, self). Gradients still flow, unless another operator's backward needs the old elements.
  public func reluInPlace() throws(TensorError) {
    try checked("reluInPlace", ctorch_relu_in_place(handle), [self])
  }

  /// self ← the nearest to self of what lies between -magnitude and magnitude; NaN stays.
  public func clampInPlace(magnitude: Double) throws(TensorError) {
    try checked("clampInPlace", ctorch_clamp_in_place(handle, -magnitude, magnitude), [self])
  }
}
