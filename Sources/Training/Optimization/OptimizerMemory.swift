public import Tensors

/// By what an optimizer's step is computed.
public enum OptimizerEngine: Sendable {
  /// The fused loops, over the memory of the CPU.
  case loops(FusedLoops)
  /// The operators of libtorch, on any device.
  case tensors(Device)

  /// The fastest for parameters on `device`.
  public static func suited(to device: Device) -> Self {
    device == .cpu ? .loops(.fastest) : .tensors(device)
  }
}

/// Where an optimizer keeps what it remembers.
enum OptimizerMemory {
  case host([String: AlignedBlock<Float>], FusedLoops)
  case tensors(TensorEngine)

  init(_ names: [String], layout: ParameterLayout, engine: OptimizerEngine) throws(TrainingError) {
    switch engine {
    case .loops(let loops):
      var blocks: [String: AlignedBlock<Float>] = [:]
      for name in names {
        blocks[name] = try AlignedBlock(elements: layout.elements, for: "the optimizer's \(name)")
      }
      self = .host(blocks, loops)
    case .tensors(let device):
      self = try library { () throws(TensorError) in
        .tensors(try TensorEngine(memory: names, layout: layout, device: device))
      }
    }
  }

  var names: Set<String> {
    switch self {
    case .host(let blocks, _): Set(blocks.keys)
    case .tensors(let engine): Set(engine.blocks.keys)
    }
  }

  /// Where the block of this name is kept.
  func place(of name: String) -> StatePlace? {
    switch self {
    case .host(let blocks, _): blocks[name].map { .host($0.values) }
    case .tensors(let engine): engine.blocks[name].map { .device($0) }
    }
  }

  /// A copy of every block.
  func copied() throws(TrainingError) -> [String: [Float]] {
    switch self {
    case .host(let blocks, _):
      return blocks.mapValues { Array($0.values) }
    case .tensors(let engine):
      return try library { () throws(TensorError) in
        var copies: [String: [Float]] = [:]
        for (name, block) in engine.blocks { copies[name] = try block.scalars() }
        return copies
      }
    }
  }

  /// Overwrites each of the given blocks, which exist and have the layout's length.
  func overwrite(_ values: [String: [Float]]) throws(TrainingError) {
    switch self {
    case .host(let blocks, _):
      for (name, values) in values { _ = blocks[name]!.values.update(from: values) }
    case .tensors(let engine):
      try library { () throws(TensorError) in
        for (name, values) in values { try engine.blocks[name]!.copyInPlace(from: values) }
      }
    }
  }
}
