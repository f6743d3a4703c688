internal import CTorch

// Views and rearrangements. A negative dimension counts from the last.

extension Tensor {
  /// The same elements in another shape; one extent may be -1, what is left. A view where the memory allows
  /// it.
  public func reshaped(_ shape: [Int]) throws(TensorError) -> Tensor {
    try made("reshaped", [self], ctorch_reshape(handle, shape, shape.count))
  }

  /// A view that repeats extents of 1; -1 keeps an extent.
  public func expanded(_ shape: [Int]) throws(TensorError) -> Tensor {
    try made("expanded", [self], ctorch_expand(handle, shape, shape.count))
  }

  /// Joins the dimensions `first` to `last` into one.
  public func flattened(from first: Int = 0, through last: Int = -1) throws(TensorError) -> Tensor {
    try made("flattened", [self], ctorch_flatten(handle, first, last))
  }

  /// A view with two dimensions swapped.
  public func transposed(_ first: Int, _ second: Int) throws(TensorError) -> Tensor {
    try made("transposed", [self], ctorch_transpose(handle, first, second))
  }

  /// A view whose dimension i is this one's `dimensions[i]`.
  public func permuted(_ dimensions: [Int]) throws(TensorError) -> Tensor {
    try made("permuted", [self], ctorch_permute(handle, dimensions, dimensions.count))
  }

  /// A view of `range` along a dimension.
  public func narrowed(_ range: Range<Int>, along dimension: Int) throws(TensorError) -> Tensor {
    try made("narrowed", [self], ctorch_narrow(handle, dimension, range.lowerBound, range.count))
  }

  /// A view of every `step`-th index along a dimension, from 0.
  public func strided(by step: Int, along dimension: Int) throws(TensorError) -> Tensor {
    try made("strided", [self], ctorch_slice(handle, dimension, 0, .max, step))
  }

  /// A view of one index along a dimension, which disappears from the shape.
  public func selected(_ index: Int, along dimension: Int) throws(TensorError) -> Tensor {
    try made("selected", [self], ctorch_select(handle, dimension, index))
  }

  /// Zeros around: `padding` gives before and after, of the last dimension first.
  public func padded(_ padding: [Int]) throws(TensorError) -> Tensor {
    try made("padded", [self], ctorch_pad(handle, padding, padding.count))
  }

  /// Tensors one after the other along a dimension.
  public static func concatenated(_ tensors: [Tensor], along dimension: Int) throws(TensorError) -> Tensor {
    let handles = tensors.map(\.handle)
    defer { withExtendedLifetime(tensors) {} }
    return try made("concatenated", tensors, ctorch_concatenate(handles, handles.count, dimension))
  }

  /// `count` views of equal length along a dimension; the last may be shorter. Backward joins their gradients
  /// in one pass.
  public func split(into count: Int, along dimension: Int) throws(TensorError) -> [Tensor] {
    var handles = [OpaquePointer?](repeating: nil, count: max(0, count))
    try checked("split", ctorch_split(handle, count, dimension, &handles), [self])
    return handles.compactMap { $0.map { Tensor($0) } }
  }

  /// The given indices along a dimension. `indices`: `[n]`, integers.
  public func gathered(_ indices: Tensor, along dimension: Int) throws(TensorError) -> Tensor {
    try made("gathered", [self, indices], ctorch_index_select(handle, dimension, indices.handle))
  }

  /// Itself, or a copy in row-major order.
  public func contiguous() throws(TensorError) -> Tensor {
    try made("contiguous", [self], ctorch_contiguous(handle))
  }

  /// The same `[batch, channels, height, width]`, with a pixel's channels adjacent in memory: what
  /// convolutions on the CPU and on tensor cores are fastest with.
  public func channelsLast() throws(TensorError) -> Tensor {
    try made("channelsLast", [self], ctorch_channels_last(handle))
  }

  /// The elements converted; itself when they have that type already.
  public func to(_ type: ScalarType) throws(TensorError) -> Tensor {
    try made("to", [self], ctorch_to_type(handle, type.raw))
  }

  /// The elements on another device; itself when they are there already.
  public func to(_ device: Device) throws(TensorError) -> Tensor {
    try made("to", [self], ctorch_to_device(handle, device.raw))
  }

  /// A CPU tensor's copy on a device, queued behind the device's work: nothing waits, and the tensor may be overwritten
  /// at once. Itself where the device is the CPU.
  public func uploaded(to device: Device) throws(TensorError) -> Tensor {
    try made("uploaded", [self], ctorch_upload(handle, device.raw))
  }

  /// A copy with memory of its own.
  public func copied() throws(TensorError) -> Tensor {
    try made("copied", [self], ctorch_clone(handle))
  }
}
