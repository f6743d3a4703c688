import Tensors

// What only one rank of a group has: its part of the optimizer's memory, and the parameters that it has
// moved.
extension TrainerPeers {
  /// Brings the parameters that each rank has moved to all of them. Collective.
  ///
  /// - Returns: what failed on this rank alone; nil when nothing did.
  func share(_ parameters: Tensor, _ shards: OptimizerShards) throws(TrainingError) -> TrainingError? {
    var failure: TrainingError?
    func note(_ body: () throws(TrainingError) -> Void) {
      do throws(TrainingError) { try body() } catch { failure = failure ?? error }
    }
    let whole = StatePlace(parameters)
    for (owner, shard) in shards.shards.enumerated() where !shard.elements.isEmpty {
      switch whole {
      case .host(let values):
        let part = UnsafeMutableBufferPointer(rebasing: values[shard.elements])
        try broadcast(UnsafeMutableRawBufferPointer(part), from: owner)
      case .device:
        let part = UnsafeMutableRawBufferPointer(exchanged(shard.elements))
        if owner == rank { note { () throws(TrainingError) in try whole.part(shard.elements).copy(to: part) } }
        // By all, whatever failed on one.
        try broadcast(part, from: owner)
        if owner != rank { note { () throws(TrainingError) in try whole.part(shard.elements).overwrite(from: part) } }
      }
    }
    return failure
  }
}

extension Trainer {
  /// Brings every rank's part of the optimizer's memory to the root's snapshot. Collective.
  func gatherShards(of parts: [StatePart], into snapshot: Snapshot?) throws(TrainingError) {
    for part in parts {
      guard let pieces = part.pieces else { continue }
      let own = try peers.together { () throws(TrainingError) -> StateMemory? in
        peers.isRoot ? nil : try part.place.copied()
      }
      for rank in 1..<peers.ranks where !pieces[rank].isEmpty {
        if let own, rank == peers.rank {
          try peers.send(own, to: 0)
        } else if let block = snapshot?.blocks[part.name] {
          try peers.receive(block.memory, StatePart.bytes(of: pieces[rank]), from: rank)
        }
      }
    }
  }

  /// Sends every rank its part of a block of the root's. Collective.
  ///
  /// - Parameters:
  ///   - memory: the root's; nil elsewhere.
  ///   - landing: where it arrives on other ranks; at least as long as their parts.
  /// - Returns: what failed on this rank alone; nil when nothing did.
  func scatter(
    _ part: StatePart, _ pieces: [Range<Int>], _ memory: StateMemory?, landing: StateMemory?
  ) throws(TrainingError) -> TrainingError? {
    for rank in 1..<peers.ranks where !pieces[rank].isEmpty {
      if let memory {
        try peers.send(memory, StatePart.bytes(of: pieces[rank]), to: rank)
      } else if let landing, rank == peers.rank {
        try peers.receive(landing, 0..<part.place.byteCount, from: 0)
      }
    }
    guard let arrival = memory ?? landing, !pieces[peers.rank].isEmpty else { return nil }
    let bytes = memory == nil ? 0..<part.place.byteCount : StatePart.bytes(of: pieces[peers.rank])
    do throws(TrainingError) {
      try part.place.overwrite(from: UnsafeMutableRawBufferPointer(rebasing: arrival.writable[bytes]))
    } catch { return error }
    return nil
  }
}

/// A block of a trainer's state.
struct StatePart {
  var name: String
  /// Of the whole block.
  var layout: [Snapshot.Entry]
  /// What this rank has of it.
  var place: StatePlace
  /// The elements of the whole block that each rank has; nil where all have all of it.
  var pieces: [Range<Int>]?

  /// Of the whole block.
  var byteCount: Int { pieces?.last.map { Self.bytes(of: $0).upperBound } ?? place.byteCount }

  static func bytes(of elements: Range<Int>) -> Range<Int> {
    let stride = MemoryLayout<Float>.stride
    return elements.lowerBound * stride..<elements.upperBound * stride
  }

  /// The whole block for the root's snapshot, of which what this rank has is written.
  func rootCopy() throws(TrainingError) -> StateMemory {
    guard let pieces else { return try place.copied() }
    let memory = try StateMemory(byteCount: byteCount, for: "a copy of the trial's state")
    try place.copy(to: UnsafeMutableRawBufferPointer(rebasing: memory.writable[Self.bytes(of: pieces[0])]))
    return memory
  }
}
