internal import CTorch

/// The values of a computation, by number.
public final class ValueFrame {
  let handle: OpaquePointer

  public init(count: Int) throws(TensorError) {
    guard let handle = ctorch_frame_create(count) else { throw TensorError.last("ValueFrame", []) }
    self.handle = handle
  }

  deinit { ctorch_frame_release(handle) }

  /// Forgets all values.
  public func clear() { ctorch_frame_clear(handle) }

  public func set(_ number: Int, to tensor: Tensor) throws(TensorError) {
    try checked("ValueFrame", ctorch_frame_set_tensor(handle, number, tensor.handle), [tensor])
  }

  public func set(_ number: Int, to scalar: ScalarValue) throws(TensorError) {
    let raw = scalar.raw
    try checked(
      "ValueFrame",
      ctorch_frame_set_scalar(
        handle, number, ctorch_scalar(kind: raw.kind, integer: raw.integer, number: raw.number)))
  }

  /// - Throws: where there is no tensor.
  public func tensor(_ number: Int) throws(TensorError) -> Tensor {
    try made("ValueFrame", [], ctorch_frame_tensor(handle, number))
  }

  /// - Throws: where there is no scalar.
  public func scalar(_ number: Int) throws(TensorError) -> ScalarValue {
    var raw = ctorch_scalar()
    try checked("ValueFrame", ctorch_frame_scalar(handle, number, &raw))
    switch raw.kind {
    case CTORCH_BOOLEAN: return .boolean(raw.integer != 0)
    case CTORCH_NUMBER: return .number(raw.number)
    default: return .integer(Int(raw.integer))
    }
  }
}
