import Foundation
import MPI

// Snapshots: a few contiguous blocks, the same on any number of ranks and any device.
extension Trainer {
  /// Blocks `parameters`, `buffers`, and `optimizer.<name>` and `hook.<name>` for each block of the optimizer's and the
  /// hooks' memory; with early stopping `best.parameters` and `best.buffers`. In a cooldown, of the state before it.
  public func snapshot() throws(TrainingError) -> Snapshot? {
    let parts = savedParts
    let snapshot = try peers.together { () throws(TrainingError) -> Snapshot? in
      try probe?(.snapshot)
      guard peers.isRoot else { return nil }
      try Self.demand(of: parts.map(\.byteCount)).require()
      var blocks: [String: Snapshot.Block] = [:]
      for part in parts {
        blocks[part.name] = Snapshot.Block(layout: part.layout, memory: try part.rootCopy())
      }
      var progress = cooling?.before ?? progress
      if cooling == nil {
        (progress.optimizer, progress.hooks) = (optimizer.scalars, hooks.scalars)
      } else {
        (progress.trainingSeconds, progress.joules) = (self.progress.trainingSeconds, self.progress.joules)
      }
      return Snapshot(progress: progress.progress, scalars: progress.scalars, blocks: blocks)
    }
    try gatherShards(of: parts, into: snapshot)
    return snapshot
  }

  /// Every block goes from the root's snapshot straight to where each rank keeps it: no rank holds more than
  /// the snapshot and its own state.
  public mutating func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    cooling = nil
    let parts = stateParts
    let header = try RestoreHeader(exchangedWith: peers) { () throws(TrainingError) in
      try check(snapshot, against: parts)
    }
    let landing = try landing(for: parts)
    var failure: TrainingError?
    for part in parts {
      let memory = peers.isRoot ? snapshot?.blocks[part.name]?.memory : nil
      // Kept: the others wait for the next block.
      if let pieces = part.pieces {
        failure = try scatter(part, pieces, memory, landing: landing) ?? failure
      } else {
        failure = try peers.broadcast(memory?.writable, to: part.place, landing: landing) ?? failure
      }
    }
    do throws(TrainingError) {
      try probe?(.restored)
      try goOn(from: try TrainerProgress(header.progress, header.scalars))
    } catch { failure = failure ?? error }
    try peers.agree(failure)
  }

  mutating func goOn(from progress: TrainerProgress) throws(TrainingError) {
    try optimizer.goOn(from: progress.step, scalars: progress.optimizer)
    try hooks.goOn(from: progress.hooks)
    self.progress = progress
    forgetLooksOfOthers()
    // A batch of one fits anywhere: the place decides the size of a scheduled batch, and that where it goes on.
    try stream.setBatchSize(1)
    stream.seek(to: progress.samples)
    try bringInForce()
    self.progress.samples = stream.cursor.samples
  }

  /// The blocks of a snapshot and where they are kept, in an order that all ranks share.
  var stateParts: [StatePart] {
    let store = model.store
    return [
      StatePart(name: "parameters", layout: store.parameterEntries, place: StatePlace(store.parameters)),
      StatePart(name: "buffers", layout: store.bufferEntries, place: StatePlace(store.buffers)),
    ]
      + optimizer.memoryPlaces.map { block, entries, place in
        StatePart(
          name: "optimizer.\(block.name)",
          layout: shards == nil ? entries : block.places(in: store.layout).entries, place: place,
          pieces: shards?.pieces(of: block))
      }
      + hooks.memoryPlaces.map { block, entries, place in
        StatePart(name: "hook.\(block.name)", layout: entries, place: place)
      } + (bestWeights?.parts ?? [])
  }

  static func demand(of byteCounts: [Int]) -> MemoryDemand {
    MemoryDemand(bytes: .clampedSum(byteCounts), purpose: "a copy of the trial's state")
  }

  /// Where a block arrives that goes on to a device, or is a rank's own, on ranks that have no snapshot.
  private func landing(for parts: [StatePart]) throws(TrainingError) -> StateMemory? {
    let parts = model.store.device == .cpu ? parts.filter { $0.pieces != nil } : parts
    guard !parts.isEmpty else { return nil }
    return try peers.together { () throws(TrainingError) -> StateMemory? in
      if peers.isRoot { return nil }
      let demand = Self.demand(of: [parts.map(\.place.byteCount).max() ?? 0])
      return try StateMemory(byteCount: demand.bytes, for: demand.purpose)
    }
  }

  private func check(
    _ snapshot: Snapshot?, against parts: [StatePart]
  ) throws(TrainingError) -> Snapshot {
    guard let snapshot else {
      throw .invalid(
        subject: "snapshot", expected: "a snapshot on the group's root", found: "none",
        remedy: "Pass it on the root.")
    }
    guard Set(snapshot.blocks.keys) == Set(parts.map(\.name)) else {
      throw .invalid(
        subject: "snapshot", expected: "the blocks \(parts.map(\.name).sorted().joined(separator: ", "))",
        found: snapshot.blocks.keys.sorted().joined(separator: ", "),
        remedy: "Restore a snapshot of the same model and optimizer.")
    }
    for part in parts {
      guard let block = snapshot.blocks[part.name] else { continue }
      guard block.layout == part.layout else {
        throw .invalid(
          subject: "snapshot block \(part.name)", expected: describe(part.layout),
          found: describe(block.layout), remedy: "Restore a snapshot of the same model.")
      }
      guard block.memory.byteCount == part.byteCount else {
        throw .invalid(
          subject: "snapshot block \(part.name)", expected: "\(part.byteCount) bytes",
          found: "\(block.memory.byteCount)", remedy: "Restore a snapshot of the same model.")
      }
    }
    _ = try TrainerProgress(snapshot.progress, snapshot.scalars)
    return snapshot
  }

  private func describe(_ layout: [Snapshot.Entry]) -> String {
    if layout.isEmpty { return "no tensors" }
    return layout.map { entry in
      "\(entry.name) \(entry.shape)" + (entry.element == .float32 ? "" : " of \(entry.element.rawValue)")
    }.joined(separator: ", ")
  }
}

/// What the root tells the others about a snapshot before its blocks. They must learn of a failure before
/// they wait for blocks that never come.
private struct RestoreHeader: Codable {
  var progress = Progress()
  var scalars: [String: Snapshot.Scalar] = [:]
  var failure: TrainingError?

  /// - Parameter check: the snapshot, if it can be restored; asked on the root alone.
  /// - Throws: on every rank what the root's check throws.
  init(
    exchangedWith peers: TrainerPeers, _ check: () throws(TrainingError) -> Snapshot
  ) throws(TrainingError) {
    var mine = Self()
    if peers.isRoot {
      do throws(TrainingError) {
        let snapshot = try check()
        (mine.progress, mine.scalars) = (snapshot.progress, snapshot.scalars)
      } catch { mine.failure = error }
    }
    do {
      let bytes = try peers.broadcast(Array(JSONEncoder().encode(mine)))
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
    if let failure { throw failure }
  }

  private init() {}
}
