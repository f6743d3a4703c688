internal import CTorch

/// A failed operator: which, on what shapes, what libtorch said, and what to do about it.
///
/// `matmul of [2, 3] and [4, 5]: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5). Make the last ...`
public struct TensorError: Error, Equatable, Sendable {
  /// The method's name.
  public var operation: String
  /// The shapes of the operator's tensors, in order.
  public var shapes: [[Int]]
  /// The first line of libtorch's message, or our own.
  public var message: String
  /// How to mend it, where that is known.
  public var remedy: String?
  public var cause: Cause

  /// Whose fault it is, as far as libtorch's words tell.
  public enum Cause: Equatable, Sendable {
    /// The operator's arguments, or anything else.
    case operation
    /// There is not enough memory, on the host or the device: a smaller model or batch may fit.
    case memory
    /// The device is absent, busy, lost or of no use to this libtorch: nothing that is computed can help.
    case device
    /// There is no libtorch here: what was expected, and what was found.
    case library(expected: String, found: String)
  }

  public init(
    operation: String, shapes: [[Int]], message: String, remedy: String? = nil, cause: Cause = .operation
  ) {
    self.operation = operation
    self.shapes = shapes
    self.message = message
    self.remedy = remedy
    self.cause = cause
  }
}

extension TensorError: CustomStringConvertible {
  public var description: String {
    let of = shapes.isEmpty ? "" : " of " + shapes.map { "\($0)" }.joined(separator: " and ")
    let end = message.hasSuffix(".") ? "" : "."
    return "\(operation)\(of): \(message)\(end)" + (remedy.map { " " + $0 } ?? "")
  }
}

extension TensorError {
  /// The error that the last C call on this thread left behind.
  static func last(_ operation: StaticString, _ tensors: [Tensor?]) -> TensorError {
    let whole = String(cString: ctorch_last_error())
    let line = String(whole.prefix { $0 != "\n" })
    return TensorError(
      operation: "\(operation)", shapes: tensors.compactMap { $0?.shape }, message: line,
      remedy: remedies.first { whole.contains($0.said) }?.remedy, cause: Cause(saying: whole))
  }

  /// What libtorch says, in part, and what a user can do about it.
  private static let remedies: [(said: String, remedy: String)] = [
    ("shapes cannot be multiplied", "Make the last extent of the first equal the other's matching extent."),
    ("must match the size of tensor", "Make the extents equal, or 1 where one is to be repeated."),
    ("is invalid for input of size", "Choose a shape with the same number of elements."),
    ("out of memory", "Use a smaller batch or model, or fewer ranks on a device."),
    ("can't allocate memory", "Use a smaller batch or model, or fewer ranks on a node."),
    ("index out of range", "Make every index at least 0 and below the number of rows."),
    ("is out of bounds", "Make every class at least 0 and below the number of classes."),
    ("on the same device", "Move both to one device with `to(_:)`."),
    ("does not require grad", "Call `requireGradient()` on a leaf before the forward pass."),
    (
      "grad can be implicitly created only for scalar outputs",
      "Reduce the loss to one number, as by `mean()`."
    ),
    ("without the CUDA backend", "Use the device cpu, or link a PyTorch built for GPUs (TORCH_HOME)."),
    ("not compiled with CUDA", "Use the device cpu, or link a PyTorch built for GPUs (TORCH_HOME)."),
    ("No CUDA GPUs are available", "Use the device cpu, or ask the scheduler for a GPU."),
  ]
}

extension TensorError.Cause {
  /// What libtorch, CUDA and HIP say where memory is short; and where a device is of no use. CUDA reports a
  /// lack of memory as a CUDA error too, so memory is asked for first.
  private static let wordsOfMemory = [
    "out of memory", "can't allocate memory", "Cannot allocate memory", "bad_alloc", "not enough memory",
    "ALLOC_FAILED",
  ]
  private static let wordsOfDevices = [
    "CUDA error", "HIP error", "CUDA driver", "CUDA-capable device", "No CUDA GPUs are available",
    "No HIP GPUs are available", "without the CUDA backend", "from the 'CUDA' backend",
    "not compiled with CUDA", "NVIDIA driver",
    "no kernel image is available", "unspecified launch failure", "ECC error",
  ]

  init(saying message: String) {
    self =
      if Self.wordsOfMemory.contains(where: { message.contains($0) }) {
        .memory
      } else if Self.wordsOfDevices.contains(where: { message.contains($0) }) { .device } else { .operation }
  }
}

/// The tensor that a C call made, or its error.
@inline(__always)
func made(
  _ operation: StaticString, _ tensors: @autoclosure () -> [Tensor?], _ handle: OpaquePointer?
) throws(TensorError) -> Tensor {
  guard let handle else { throw TensorError.last(operation, tensors()) }
  return Tensor(handle)
}

/// Throws the error of a C call that returned a value below 0.
@inline(__always)
func checked(
  _ operation: StaticString, _ code: Int32, _ tensors: @autoclosure () -> [Tensor?] = []
) throws(TensorError) {
  guard code >= 0 else { throw TensorError.last(operation, tensors()) }
}
