internal import CTorch

// Elements in and out of host memory.

extension Tensor {
  /// All elements in row-major order, wherever they lie.
  ///
  /// - Throws: when `Scalar` isn't the tensor's type.
  public func scalars<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) throws(TensorError) -> [Scalar]
  {
    try require(Scalar.self, "scalars")
    var scalars = [Scalar](repeating: .zero, count: count)
    try copy(to: &scalars)
    return scalars
  }

  /// All elements in row-major order, into an array of `count`, without a new allocation.
  public func copy<Scalar: TensorScalar>(to scalars: inout [Scalar]) throws(TensorError) {
    try require(Scalar.self, "copy(to:)")
    let code = scalars.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { ctorch_copy_to_host(handle, $0, bytes.count) } ?? 0
    }
    try checked("copy(to:)", code, [self])
  }

  /// Overwrites all elements, in row-major order.
  public func copyInPlace<Scalar: TensorScalar>(from scalars: borrowing Span<Scalar>) throws(TensorError) {
    try require(Scalar.self, "copyInPlace(from:)")
    let code = scalars.withUnsafeBytes { bytes in
      bytes.baseAddress.map { ctorch_copy_from_host_in_place(handle, $0, bytes.count) } ?? 0
    }
    try checked("copyInPlace(from:)", code, [self])
  }

  /// Overwrites all elements, in row-major order.
  public func copyInPlace<Scalar: TensorScalar>(from scalars: [Scalar]) throws(TensorError) {
    try copyInPlace(from: scalars.span)
  }

  /// The only element, of any type, as a `Double`. Waits for the device.
  public func item() throws(TensorError) -> Double {
    var value = 0.0
    try checked("item", ctorch_item(handle, &value), [self])
    return value
  }

  /// The tensor's own memory: valid while the tensor or a view of it lives. For a contiguous CPU tensor of
  /// this type, which a caller without one must ensure: a violation is a programming error and traps.
  ///
  /// Writing bypasses autograd: never while a graph that needs the old elements waits for its backward pass.
  public func elements<Scalar: TensorScalar>(_ type: Scalar.Type = Scalar.self) -> UnsafeMutableBufferPointer<
    Scalar
  > {
    precondition(
      device == .cpu && isContiguous && scalarType == Scalar.scalarType,
      "the elements of a tensor (\(self)) were asked for as contiguous \(Scalar.scalarType) on cpu")
    return UnsafeMutableBufferPointer(
      start: ctorch_data(handle)?.assumingMemoryBound(to: Scalar.self), count: count)
  }

  private func require<Scalar: TensorScalar>(_: Scalar.Type, _ operation: String) throws(TensorError) {
    guard scalarType == Scalar.scalarType else {
      throw TensorError(
        operation: operation, shapes: [shape],
        message:
          "expected \(Scalar.scalarType) elements, found \(scalarType.map(\.rawValue) ?? "another type")",
        remedy: "Convert with `to(.\(Scalar.scalarType))`.")
    }
  }
}
