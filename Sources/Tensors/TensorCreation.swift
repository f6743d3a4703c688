internal import CTorch

extension Tensor {
  /// Zeros of the given shape.
  public static func zeros(
    _ shape: [Int], _ type: ScalarType = .float32, on device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try made("zeros", [], ctorch_zeros(shape, shape.count, type.raw, device.raw))
  }

  /// One value everywhere.
  public static func full(
    _ shape: [Int], _ value: Double, _ type: ScalarType = .float32, on device: Device = .cpu
  ) throws(TensorError) -> Tensor {
    try made("full", [], ctorch_full(shape, shape.count, value, type.raw, device.raw))
  }

  /// 0, 1 ... `count` - 1, shape `[count]`, 64-bit integers.
  public static func range(_ count: Int, on device: Device = .cpu) throws(TensorError) -> Tensor {
    try made("range", [], ctorch_arange(count, device.raw))
  }

  /// Zeros in host memory that a GPU reads and writes by itself, shape `[count]`. Needs a GPU.
  public static func pinnedZeros(_ count: Int) throws(TensorError) -> Tensor {
    try made("pinnedZeros", [], ctorch_pinned_zeros(count))
  }

  /// 0 where number `first` + i of a stream of 32-bit numbers is below `threshold`, else `kept`, for element i: the
  /// counter-based generator's own numbers, drawn on the device.
  ///
  /// - Parameters:
  ///   - seed: of Philox4x32-10, whose counter holds the block's number, `index` and `purpose`.
  ///   - threshold: in 2⁻³², the probability of a 0.
  public static func keepMask(
    _ shape: [Int], seed: UInt64, index: UInt32, purpose: UInt32, first: UInt64, threshold: UInt32,
    kept: Double,
    on device: Device
  ) throws(TensorError) -> Tensor {
    try made(
      "keepMask", [],
      ctorch_keep_mask(
        shape, shape.count, ctorch_stream(seed: seed, index: index, purpose: purpose), first, threshold, kept,
        device.raw))
  }

  /// A copy of `scalars`, in row-major order.
  public convenience init<Scalar: TensorScalar>(
    _ scalars: [Scalar], shape: [Int], on device: Device = .cpu
  ) throws(TensorError) {
    let span = scalars.span
    try self.init(copying: span, shape: shape, on: device)
  }

  /// The vector `[scalars.count]`.
  public convenience init<Scalar: TensorScalar>(_ scalars: [Scalar]) throws(TensorError) {
    try self.init(scalars, shape: [scalars.count])
  }

  /// A copy of host memory, in row-major order.
  public convenience init<Scalar: TensorScalar>(
    copying scalars: borrowing Span<Scalar>, shape: [Int], on device: Device = .cpu
  ) throws(TensorError) {
    try Tensor.require(scalars.count, toFill: shape, "init")
    let handle = scalars.withUnsafeBytes { bytes in
      // An empty span has no address; libtorch copies nothing then, but wants one.
      withUnsafePointer(to: 0 as UInt8) { nothing in
        ctorch_from_host(
          bytes.baseAddress ?? UnsafeRawPointer(nothing), shape, shape.count, Scalar.scalarType.raw,
          device.raw)
      }
    }
    guard let handle else { throw TensorError.last("init", []) }
    self.init(handle)
  }

  /// A contiguous copy of a tensor that lies in `storage` with these strides and this offset, in elements.
  ///
  /// - Parameter libtorchType: libtorch's number of its scalar type, also of those that `ScalarType` doesn't
  ///   list.
  /// - Throws: where the storage is too small.
  public convenience init(
    storage: ArraySlice<UInt8>, libtorchType: Int, shape: [Int], strides: [Int], offset: Int,
    on device: Device
  ) throws(TensorError) {
    guard shape.count == strides.count else {
      throw TensorError(
        operation: "init(storage:)", shapes: [shape],
        message: "\(strides.count) strides for \(shape.count) dimensions")
    }
    let handle = storage.withUnsafeBytes { bytes in
      ctorch_from_storage(
        bytes.baseAddress, bytes.count, Int32(libtorchType), shape, strides, shape.count, offset, device.raw)
    }
    guard let handle else { throw TensorError.last("init(storage:)", []) }
    self.init(handle)
  }

  /// A CPU tensor over `memory`, without a copy. `memory` must outlive the tensor and all its views.
  public convenience init<Scalar: TensorScalar>(
    over memory: UnsafeMutableBufferPointer<Scalar>, shape: [Int]
  ) throws(TensorError) {
    try Tensor.require(memory.count, toFill: shape, "init(over:)")
    guard let base = memory.baseAddress else {
      throw TensorError(
        operation: "init(over:)", shapes: [shape], message: "expected memory, found an empty buffer",
        remedy: "Make an empty tensor with `zeros`.")
    }
    let handle = ctorch_view_of_host(base, shape, shape.count, Scalar.scalarType.raw)
    guard let handle else { throw TensorError.last("init(over:)", []) }
    self.init(handle)
  }

  private static func require(_ count: Int, toFill shape: [Int], _ operation: String) throws(TensorError) {
    guard shape.allSatisfy({ $0 >= 0 }),
      shape.reduce(1, { $0.multipliedReportingOverflow(by: $1).partialValue }) == count
    else {
      throw TensorError(
        operation: operation, shapes: [shape],
        message: "expected as many elements as the shape has, found \(count)",
        remedy: "Choose a shape whose extents multiply to \(count).")
    }
  }
}
