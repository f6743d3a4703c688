import Tensors

/// Where a running trainer keeps a block of its state, 32-bit floats in one piece.
enum StatePlace {
  /// Valid as long as the trainer's parts live.
  case host(UnsafeMutableBufferPointer<Float>)
  case device(Tensor)

  /// A flat tensor's memory.
  init(_ tensor: Tensor) {
    self = tensor.device == .cpu ? .host(tensor.elements()) : .device(tensor)
  }

  var count: Int {
    switch self {
    case .host(let values): values.count
    case .device(let tensor): tensor.count
    }
  }

  /// A part of it.
  func part(_ elements: Range<Int>) throws(TrainingError) -> StatePlace {
    switch self {
    case .host(let values): .host(UnsafeMutableBufferPointer(rebasing: values[elements]))
    case .device(let tensor):
      .device(try library { () throws(TensorError) in try tensor.narrowed(elements, along: 0) })
    }
  }

  var byteCount: Int { .clampedProduct([count, MemoryLayout<Float>.stride]) }

  /// A copy, for a snapshot.
  func copied() throws(TrainingError) -> StateMemory {
    let memory = try StateMemory(byteCount: byteCount, for: "a copy of the trial's state")
    try copy(to: memory.writable)
    return memory
  }

  /// Copies all elements to `bytes`, which has room for as many. Waits for the device.
  func copy(to bytes: UnsafeMutableRawBufferPointer) throws(TrainingError) {
    switch self {
    case .host(let values): bytes.copyMemory(from: UnsafeRawBufferPointer(values))
    case .device(let tensor): try Self.copy(from: tensor, to: bytes)
    }
  }

  /// Overwrites all elements; nothing is done where `bytes` are these elements themselves.
  func overwrite(from bytes: UnsafeMutableRawBufferPointer) throws(TrainingError) {
    switch self {
    case .host(let values):
      guard UnsafeMutableRawPointer(values.baseAddress) != bytes.baseAddress else { return }
      UnsafeMutableRawBufferPointer(values).copyMemory(from: UnsafeRawBufferPointer(bytes))
    case .device(let tensor):
      guard tensor.count > 0 else { return }
      try library { () throws(TensorError) in
        try tensor.copyInPlace(from: Tensor(over: bytes.bindMemory(to: Float.self), shape: [tensor.count]))
      }
    }
  }

  private static func copy(
    from tensor: Tensor, to bytes: UnsafeMutableRawBufferPointer
  ) throws(TrainingError) {
    guard tensor.count > 0 else { return }
    try library { () throws(TensorError) in
      try Tensor(over: bytes.bindMemory(to: Float.self), shape: [tensor.count]).copyInPlace(from: tensor)
    }
  }
}
