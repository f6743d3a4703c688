internal import CTorch

/// A multi-dimensional array of one scalar type, on one device, that remembers how it was computed so that
/// gradients can flow back.
///
/// A class, because a tensor is shared: by its views, by the graph, by the layers of a model. Two tensors may
/// be views of the same memory; methods whose names end in `InPlace` change it for all of them. Not
/// `Sendable`: one thread at a time.
///
/// Every operator throws `TensorError` where shapes, types or devices don't fit; none traps.
public final class Tensor {
  let handle: OpaquePointer

  /// Takes over a handle.
  init(_ handle: OpaquePointer) {
    self.handle = handle
  }

  deinit {
    ctorch_release(handle)
  }
}

extension Tensor {
  /// The extents of the dimensions; `[]` for a scalar.
  public var shape: [Int] {
    let rank = ctorch_rank(handle)
    return Array(unsafeUninitializedCapacity: rank) { extents, count in
      guard let base = extents.baseAddress else { return }
      ctorch_shape(handle, base)
      count = rank
    }
  }

  /// The number of elements.
  public var count: Int { ctorch_element_count(handle) }

  public var device: Device { Device(raw: ctorch_device_of(handle)) }

  /// The type of the elements; nil for one that `ScalarType` doesn't list.
  public var scalarType: ScalarType? { ScalarType(raw: ctorch_scalar_type(handle)) }

  /// Whether the elements lie in row-major order without gaps.
  public var isContiguous: Bool { ctorch_is_contiguous(handle) }
}

extension Tensor: CustomStringConvertible {
  /// Type, shape and device: `float32 [2, 3] on cpu`.
  public var description: String {
    "\(scalarType.map(\.rawValue) ?? "another type") \(shape) on \(device)"
  }
}
