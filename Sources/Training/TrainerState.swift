import Foundation

// Snapshots: a few contiguous blocks, the same on any number of ranks.
extension Trainer {
  /// Blocks `parameters`, `buffers`, and `optimizer.<name>` for each block of the optimizer's memory.
  public func snapshot() throws(TrainingError) -> Snapshot? {
    guard peers.isRoot else { return nil }
    try memory.fetchBuffers()
    let store = model.store
    var blocks = [
      "parameters": Snapshot.Block(layout: store.parameterEntries, values: Array(memory.parameters)),
      "buffers": Snapshot.Block(layout: store.bufferEntries, values: Array(memory.buffers)),
    ]
    for name in optimizer.memoryNames {
      guard let values = optimizer.memoryBlock(name) else { continue }
      blocks["optimizer.\(name)"] = Snapshot.Block(layout: store.parameterEntries, values: Array(values))
    }
    return Snapshot(progress: progress, blocks: blocks)
  }

  public mutating func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    var failure: TrainingError?
    if peers.isRoot {
      do throws(TrainingError) { try load(snapshot) } catch { failure = error }
    }
    // The others must learn of a failure before they wait for blocks that never come.
    let header = try RestoreHeader(exchangedWith: peers, progress: snapshot?.progress, failure: failure)
    progress = header.progress
    for (_, values) in destinations { try peers.broadcast(values) }
    try memory.storeParameters()
    try memory.storeBuffers()
    optimizer.setStep(progress.step)
    stream.seek(to: progress.samples)
    progress.samples = stream.cursor.samples
    try updateTransform()
  }

  /// Where the blocks of a snapshot go, in an order that all ranks share.
  private var destinations: [(name: String, values: UnsafeMutableBufferPointer<Float>)] {
    [("parameters", memory.parameters), ("buffers", memory.buffers)]
      + optimizer.memoryNames.compactMap { name in
        optimizer.memoryBlock(name).map { ("optimizer.\(name)", $0) }
      }
  }

  /// Copies the snapshot's blocks into place, on the root.
  private func load(_ snapshot: Snapshot?) throws(TrainingError) {
    guard let snapshot else {
      throw .invalid(
        subject: "snapshot", expected: "a snapshot on the group's root", found: "none",
        remedy: "Pass it on the root.")
    }
    let expected = destinations.map(\.name)
    guard Set(snapshot.blocks.keys) == Set(expected) else {
      throw .invalid(
        subject: "snapshot", expected: "the blocks \(expected.sorted().joined(separator: ", "))",
        found: snapshot.blocks.keys.sorted().joined(separator: ", "),
        remedy: "Restore a snapshot of the same model and optimizer.")
    }
    for (name, values) in destinations {
      guard let block = snapshot.blocks[name] else { continue }
      let layout = name == "buffers" ? model.store.bufferEntries : model.store.parameterEntries
      guard block.layout == layout, block.values.count == values.count else {
        throw .invalid(
          subject: "snapshot block \(name)", expected: describe(layout), found: describe(block.layout),
          remedy: "Restore a snapshot of the same model.")
      }
      _ = values.update(from: block.values)
    }
  }

  private func describe(_ layout: [Snapshot.Entry]) -> String {
    layout.isEmpty ? "no tensors" : layout.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
  }
}

/// What the root tells the others about a snapshot before its blocks.
private struct RestoreHeader: Codable {
  var progress = Progress()
  var failure: String?

  init(exchangedWith peers: TrainerPeers, progress: Progress?, failure: TrainingError?) throws(TrainingError)
  {
    do {
      var mine = Self()
      mine.progress = progress ?? Progress()
      mine.failure = failure?.description
      let bytes = try peers.broadcast(Array(JSONEncoder().encode(mine)))
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
    if let failure { throw failure }
    if let message = self.failure { throw .library(message) }
  }

  private init() {}
}
