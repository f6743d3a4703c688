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

/// What an optimizer, or what acts beside it, remembers of the parameters, where the engine wants it.
final class OptimizerMemory {
  /// A block where it is kept.
  struct Kept {
    var block: MemoryBlock
    /// Where what belongs to each parameter lies in it.
    var entries: [Snapshot.Entry]
    /// Shape `[elements]`; over `host` on the CPU.
    var tensor: Tensor
    /// Nil on another device.
    var host: AlignedBlock<Float>?
  }

  /// By name.
  let blocks: [String: Kept]

  init(
    _ blocks: [MemoryBlock], layout: ParameterLayout, engine: OptimizerEngine
  ) throws(TrainingError) {
    var kept: [String: Kept] = [:]
    for block in blocks {
      let (entries, elements) = block.places(in: layout)
      switch engine {
      case .loops:
        let host = try AlignedBlock<Float>(elements: elements, for: "the optimizer's \(block.name)")
        let tensor = try library { () throws(TensorError) in
          // A view of nothing has no address to begin at.
          try elements > 0 ? Tensor(over: host.values, shape: [elements]) : Tensor.zeros([0])
        }
        kept[block.name] = Kept(block: block, entries: entries, tensor: tensor, host: host)
      case .tensors(let device):
        let tensor = try library { () throws(TensorError) in try Tensor.zeros([elements], on: device) }
        kept[block.name] = Kept(block: block, entries: entries, tensor: tensor)
      }
    }
    self.blocks = kept
  }

  /// What it holds of one parameter, of its shape; nil for nothing.
  func tensor(_ name: String, of parameter: String) throws(TensorError) -> Tensor? {
    guard let kept = blocks[name], let entry = kept.entries.first(where: { $0.name == parameter }) else {
      return nil
    }
    return try kept.tensor.narrowed(entry.offset..<entry.offset + entry.count, along: 0).reshaped(entry.shape)
  }

  /// Where a block is kept, and what of which parameter lies where in it.
  typealias Place = (block: MemoryBlock, entries: [Snapshot.Entry], place: StatePlace)

  /// Every block's, in the order of the names.
  var places: [Place] {
    blocks.sorted { $0.key < $1.key }.map { _, kept in
      (kept.block, kept.entries, kept.host.map { .host($0.values) } ?? .device(kept.tensor))
    }
  }

  /// A copy of every block.
  func copied() throws(TrainingError) -> [String: [Float]] {
    try library { () throws(TensorError) in
      var copies: [String: [Float]] = [:]
      for (name, kept) in blocks { copies[name] = try kept.tensor.scalars() }
      return copies
    }
  }

  /// Overwrites each of the given blocks, which exist and have the right length.
  func overwrite(_ values: [String: [Float]]) throws(TrainingError) {
    try library { () throws(TensorError) in
      for (name, values) in values {
        if let host = blocks[name]?.host {
          _ = host.values.update(from: values)
        } else {
          try blocks[name]?.tensor.copyInPlace(from: values)
        }
      }
    }
  }
}
