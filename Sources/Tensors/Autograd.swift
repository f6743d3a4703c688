internal import CTorch

extension Tensor {
  /// Whether operators on this tensor are recorded for a backward pass.
  public var requiresGradient: Bool { ctorch_requires_gradient(handle) }

  /// Makes this tensor a leaf whose gradient `backward` computes; `false` undoes it.
  public func requireGradient(_ required: Bool = true) throws(TensorError) {
    try checked("requireGradient", ctorch_set_requires_gradient(handle, required), [self])
  }

  /// The same memory, outside the graph.
  public func detached() throws(TensorError) -> Tensor {
    try made("detached", [self], ctorch_detach(handle))
  }

  /// The gradients of this scalar with respect to all leaves that require one, and frees the graph. They are
  /// added to the leaves' `gradient`, or go to the leaves' sinks (`GradientSinks`).
  public func backward() throws(TensorError) {
    try checked("backward", ctorch_backward(handle), [self])
  }

  /// The gradient of this leaf; nil before the first backward pass, and for a leaf that has a sink.
  public func gradient() throws(TensorError) -> Tensor? {
    let handle = ctorch_gradient(handle)
    if let handle { return Tensor(handle) }
    if ctorch_last_error().pointee != 0 { throw TensorError.last("gradient", [self]) }
    return nil
  }

  /// Sets the gradient to which the next backward pass adds; nil forgets it.
  public func setGradient(_ gradient: Tensor?) throws(TensorError) {
    try checked("setGradient", ctorch_set_gradient(handle, gradient?.handle), [self, gradient])
  }
}

/// Runs `body` without recording on this thread: for evaluation, and for changes to leaves.
public func withoutGradients<Result: ~Copyable, Failure: Error>(
  _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  let before = ctorch_set_recording(false)
  defer { _ = ctorch_set_recording(before) }
  return try body()
}

/// Where backward puts the gradients of a model's leaves: into tensors of the caller's choice, such as views
/// of one flat buffer, telling when each is complete.
///
/// A linear layer's backward pass writes there directly; other gradients are copied once. A leaf that takes
/// part in several operations of a graph, as tied weights do, gets the sum of their gradients.
public final class GradientSinks {
  private let handle: OpaquePointer
  private var whenComplete: ((Int) -> Void)?

  public init() throws(TensorError) {
    guard let handle = ctorch_sinks_create() else { throw TensorError.last("GradientSinks", []) }
    self.handle = handle
  }

  deinit {
    // The leaves may live on; they no longer have anyone to tell.
    ctorch_sinks_set_callback(handle, nil, nil)
    ctorch_sinks_release(handle)
  }

  /// Whether the next backward pass adds to what the destinations hold, as for the second micro-batch of a
  /// step, instead of overwriting it.
  public var isAccumulating = false {
    didSet { ctorch_sinks_set_accumulating(handle, isAccumulating) }
  }

  /// From now on, backward puts the gradient of `leaf` into `destination`, which has the same shape, and then
  /// reports `number`.
  public func attach(_ leaf: Tensor, to destination: Tensor, number: Int) throws(TensorError) {
    try checked(
      "attach", ctorch_sinks_attach(handle, leaf.handle, destination.handle, number), [leaf, destination])
  }

  /// Calls `body` with a leaf's number each time its gradient is complete, in the order of the backward pass,
  /// which waits for it, until it is replaced. It runs on the thread that runs the backward pass: the
  /// caller's own for CPU tensors; for a GPU's a thread of libtorch's, when the work may still be queued on
  /// the device.
  public func onComplete(_ body: ((Int) -> Void)?) {
    whenComplete = body
    guard body != nil else { return ctorch_sinks_set_callback(handle, nil, nil) }
    let context = Unmanaged.passUnretained(self).toOpaque()
    ctorch_sinks_set_callback(
      handle,
      { context, leaf in
        guard let context else { return }
        Unmanaged<GradientSinks>.fromOpaque(context).takeUnretainedValue().whenComplete?(leaf)
      }, context)
  }
}
