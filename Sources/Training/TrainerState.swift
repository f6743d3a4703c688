import Foundation
import Tensors

// Snapshots: a few contiguous blocks, the same on any number of ranks and any device.
extension Trainer {
  /// Blocks `parameters`, `buffers`, and `optimizer.<name>` for each block of the optimizer's memory.
  public func snapshot() throws(TrainingError) -> Snapshot? {
    guard peers.isRoot else { return nil }
    let store = model.store
    try snapshotDemand.require()
    let (parameters, buffers) = try library { () throws(TensorError) in
      (try store.parameters.scalars(Float.self), try store.buffers.scalars(Float.self))
    }
    var blocks = [
      "parameters": Snapshot.Block(layout: store.parameterEntries, values: parameters),
      "buffers": Snapshot.Block(layout: store.bufferEntries, values: buffers),
    ]
    for (name, values) in try optimizer.state().blocks {
      blocks["optimizer.\(name)"] = Snapshot.Block(layout: store.parameterEntries, values: values)
    }
    return Snapshot(progress: progress, blocks: blocks)
  }

  public mutating func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    var failure: TrainingError?
    if peers.isRoot {
      do throws(TrainingError) { try check(snapshot) } catch { failure = error }
    }
    // The others must learn of a failure before they wait for blocks that never come.
    let header = try RestoreHeader(exchangedWith: peers, progress: snapshot?.progress, failure: failure)
    try peers.together { () throws(TrainingError) in
      if !peers.isRoot { try snapshotDemand.require() }
    }
    var blocks: [String: [Float]] = [:]
    for (name, count) in blockSizes {
      var values = peers.isRoot ? snapshot?.blocks[name]?.values ?? [] : [Float](repeating: 0, count: count)
      try peers.broadcast(&values)
      blocks[name] = values
    }
    try load(&blocks, progress: header.progress)
  }

  /// The names and sizes of a snapshot's blocks, in an order that all ranks share.
  private var blockSizes: [(name: String, count: Int)] {
    let elements = model.store.layout.elements
    return [("parameters", elements), ("buffers", model.store.buffers.count)]
      + optimizer.memoryNames.map { ("optimizer.\($0)", elements) }
  }

  /// The memory of a snapshot's blocks.
  private var snapshotDemand: MemoryDemand {
    let elements = Int.clampedSum(blockSizes.map(\.count))
    return MemoryDemand(
      bytes: .clampedProduct([elements, MemoryLayout<Float>.stride]), purpose: "a copy of the trial's state")
  }

  /// Takes over blocks that have been checked.
  private mutating func load(_ blocks: inout [String: [Float]], progress: Progress) throws(TrainingError) {
    let parameters = blocks.removeValue(forKey: "parameters") ?? []
    let buffers = blocks.removeValue(forKey: "buffers") ?? []
    let store = model.store
    try library { () throws(TensorError) in
      try store.parameters.copyInPlace(from: parameters)
      if !buffers.isEmpty { try store.buffers.copyInPlace(from: buffers) }
    }
    let names = optimizer.memoryNames
    let memory = names.map { ($0, blocks["optimizer.\($0)"] ?? []) }
    try optimizer.restore(
      OptimizerState(step: progress.step, blocks: Dictionary(uniqueKeysWithValues: memory)))
    stream.seek(to: progress.samples)
    self.progress = progress
    self.progress.samples = stream.cursor.samples
    try updateTransform()
  }

  private func check(_ snapshot: Snapshot?) throws(TrainingError) {
    guard let snapshot else {
      throw .invalid(
        subject: "snapshot", expected: "a snapshot on the group's root", found: "none",
        remedy: "Pass it on the root.")
    }
    let expected = blockSizes
    guard Set(snapshot.blocks.keys) == Set(expected.map(\.name)) else {
      throw .invalid(
        subject: "snapshot", expected: "the blocks \(expected.map(\.name).sorted().joined(separator: ", "))",
        found: snapshot.blocks.keys.sorted().joined(separator: ", "),
        remedy: "Restore a snapshot of the same model and optimizer.")
    }
    for (name, count) in expected {
      guard let block = snapshot.blocks[name] else { continue }
      let layout = name == "buffers" ? model.store.bufferEntries : model.store.parameterEntries
      guard block.layout == layout else {
        throw .invalid(
          subject: "snapshot block \(name)", expected: describe(layout), found: describe(block.layout),
          remedy: "Restore a snapshot of the same model.")
      }
      guard block.values.count == count else {
        throw .invalid(
          subject: "snapshot block \(name)", expected: "\(count) elements", found: "\(block.values.count)",
          remedy: "Restore a snapshot of the same model.")
      }
    }
  }

  private func describe(_ layout: [Snapshot.Entry]) -> String {
    layout.isEmpty ? "no tensors" : layout.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
  }
}

/// What the root tells the others about a snapshot before its blocks.
private struct RestoreHeader: Codable {
  var progress = Progress()
  var failure: TrainingError?

  init(exchangedWith peers: TrainerPeers, progress: Progress?, failure: TrainingError?) throws(TrainingError)
  {
    do {
      var mine = Self()
      mine.progress = progress ?? Progress()
      mine.failure = failure
      let bytes = try peers.broadcast(Array(JSONEncoder().encode(mine)))
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
    if let failure = self.failure { throw failure }
  }

  private init() {}
}
