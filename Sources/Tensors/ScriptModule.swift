internal import CTorch

/// A module that somebody wrote in PyTorch and saved with `torch.jit.save`: its tensors by name, and what it
/// makes of one tensor. Not `Sendable`: one thread at a time.
///
/// A call turns off, for its thread, the executor that optimizes such modules: what it makes of one changes
/// from call to call, and equal runs would differ in their roundings.
public final class ScriptModule {
  private let handle: OpaquePointer

  /// Its parameters and buffers, in the module's order; one that parts of the module share comes once.
  public let parameters, buffers: [ModuleEntry]

  /// - Throws: where the file is missing, damaged, or no such module.
  public init(path: String, on device: Device = .cpu) throws(TensorError) {
    try TensorRuntime.load()
    guard let handle = ctorch_module_load(path, device.raw) else {
      throw TensorError.last("ScriptModule", [])
    }
    self.handle = handle
    do throws(TensorError) {
      parameters = try Self.entries(of: handle, buffers: false)
      buffers = try Self.entries(of: handle, buffers: true)
    } catch {
      ctorch_module_release(handle)
      throw error
    }
  }

  deinit { ctorch_module_release(handle) }

  private static func entries(of handle: OpaquePointer, buffers: Bool) throws(TensorError) -> [ModuleEntry] {
    var entries: [ModuleEntry] = []
    for index in 0..<ctorch_module_count(handle, buffers) {
      let tensor = try made("ScriptModule", [], ctorch_module_tensor(handle, buffers, index))
      entries.append(
        ModuleEntry(
          name: String(cString: ctorch_module_name(handle, buffers, index)), shape: tensor.shape,
          scalarType: tensor.scalarType, isTrained: tensor.requiresGradient, isBuffer: buffers, index: index))
    }
    return entries
  }

  /// The tensor that is there now.
  public subscript(entry: ModuleEntry) -> Tensor {
    get throws(TensorError) {
      try made("ScriptModule", [], ctorch_module_tensor(handle, entry.isBuffer, entry.index))
    }
  }

  /// Puts a tensor of the same shape and type there, for all parts of the module that share it.
  public func set(_ entry: ModuleEntry, to tensor: Tensor) throws(TensorError) {
    try checked("set", ctorch_module_set(handle, entry.isBuffer, entry.index, tensor.handle), [tensor])
  }

  /// What its `forward` makes of a tensor, recorded for `backward` like any operator.
  ///
  /// - Parameter isTraining: whether it is in train mode.
  public func callAsFunction(_ x: Tensor, isTraining: Bool) throws(TensorError) -> Tensor {
    try made("forward", [x], ctorch_module_forward(handle, x.handle, isTraining))
  }
}
