internal import CTrainee
internal import Foundation

// A plug-in's state: named arrays in one block, or in a block for each rank.

extension PluginTrainee {
  private static let block = "state"

  private var isStateOwn: Bool { library.table.state == Int32(TUNER_STATE_OWN.rawValue) }
  private var hasState: Bool { library.table.state != Int32(TUNER_STATE_NONE.rawValue) }

  // MARK: Taking it

  public func snapshot() throws(TrainingError) -> Snapshot? {
    guard hasState else { return peers.isRoot ? Snapshot(progress: progress, blocks: [:]) : nil }
    let mine = try peers.together { () throws(TrainingError) -> Snapshot.Block in
      let layout = Self.laidOut(try describedArrays())
      guard peers.isRoot || isStateOwn else {
        return Snapshot.Block(layout: layout, memory: try Self.nothing())
      }
      return Snapshot.Block(layout: layout, memory: try Self.memory(for: layout))
    }
    try peers.together { () throws(TrainingError) in
      let isMine = peers.isRoot || isStateOwn
      try library.call(to: "give its state") { text, size in
        Self.withArrays(mine.layout, isMine ? mine.memory : nil) {
          library.table.get_state(trial, $0, $1, text, size)
        }
      }
    }
    guard isStateOwn else {
      return peers.isRoot ? Snapshot(progress: progress, blocks: [Self.block: mine]) : nil
    }
    return try gathered(mine)
  }

  private func gathered(_ mine: Snapshot.Block) throws(TrainingError) -> Snapshot? {
    let layouts = try peers.gather(
      peers.together { () throws(TrainingError) in try Self.encoded(mine.layout) })
    let memories = try peers.gather(mine.memory)
    return try peers.together { () throws(TrainingError) -> Snapshot? in
      guard peers.isRoot else { return nil }
      var snapshot = Snapshot(progress: progress, blocks: [:])
      for rank in 0..<peers.ranks {
        snapshot.blocks[Snapshot.blockName(rank)] = Snapshot.Block(
          layout: try Self.decoded(layouts[rank]), memory: memories[rank])
      }
      return snapshot
    }
  }

  // MARK: Giving it back

  /// What the root tells the others of a snapshot.
  private struct Header: Codable {
    var progress = Progress()
    var layout: [Snapshot.Entry] = []
    var byteCount = 0
    var hasState = false
  }

  public func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    let header = try peers.shared(
      peers.together { () throws(TrainingError) -> Header in
        guard peers.isRoot else { return Header() }
        guard let snapshot else {
          throw Self.refused("a snapshot on the group's root", "none", "Pass it on the root.")
        }
        try check(snapshot)
        let block = snapshot.blocks[Self.block]
        return Header(
          progress: snapshot.progress, layout: block?.layout ?? [], byteCount: block?.memory.byteCount ?? 0,
          hasState: !snapshot.blocks.isEmpty)
      })
    // What is no state is the beginning of a trial, which is as it was made.
    guard header.hasState else {
      progress = Progress()
      return
    }
    let block = try isStateOwn ? ownPart(of: snapshot) : same(snapshot, header.layout, header.byteCount)
    try peers.together { () throws(TrainingError) in
      if library.table.state_varies == 0 { try requireShapes(of: block.layout) }
      try library.call(to: "take a state") { text, size in
        Self.withArrays(block.layout, block.memory) { library.table.put_state(trial, $0, $1, text, size) }
      }
    }
    progress = header.progress
  }

  private func same(
    _ snapshot: Snapshot?, _ layout: [Snapshot.Entry], _ byteCount: Int
  ) throws(TrainingError) -> Snapshot.Block {
    let memory = try peers.together { () throws(TrainingError) -> StateMemory in
      if let memory = snapshot?.blocks[Self.block]?.memory { return memory }
      return try StateMemory(byteCount: byteCount, for: "a plug-in's state")
    }
    try peers.broadcast(memory.writable)
    return Snapshot.Block(layout: layout, memory: memory)
  }

  private func ownPart(of snapshot: Snapshot?) throws(TrainingError) -> Snapshot.Block {
    let layout = try peers.scatter { rank throws(TrainingError) in
      try Self.encoded(snapshot?.blocks[Snapshot.blockName(rank)]?.layout ?? [])
    }
    let memory = try peers.scatter { rank throws(TrainingError) in
      if let memory = snapshot?.blocks[Snapshot.blockName(rank)]?.memory { return memory }
      return try Self.nothing()
    }
    return try peers.together { () throws(TrainingError) in
      Snapshot.Block(layout: try Self.decoded(layout), memory: memory)
    }
  }

  /// Whether a snapshot can be this plug-in's.
  private func check(_ snapshot: Snapshot) throws(TrainingError) {
    let blocks = snapshot.blocks.keys.sorted()
    let isOwn = !blocks.isEmpty && blocks == (0..<blocks.count).map(Snapshot.blockName).sorted()
    if isOwn, isStateOwn, blocks.count != peers.ranks {
      throw Self.refused(
        "the parts of \(peers.ranks) ranks, which each have their own", "those of \(blocks.count)",
        "Go on with as many ranks for a trial as before.")
    }
    let expected =
      isStateOwn ? (0..<peers.ranks).map(Snapshot.blockName).sorted() : hasState ? [Self.block] : []
    // Without a state there is only the beginning, or a plug-in that keeps none.
    if blocks == expected || blocks.isEmpty && (!hasState || snapshot.progress.budget == 0) { return }
    throw Self.refused(
      expected.isEmpty ? "no state" : "\(expected.joined(separator: ", ")), of this plug-in",
      blocks.isEmpty ? "none" : blocks.joined(separator: ", "), "Restore a snapshot of the same plug-in.")
  }

  private func requireShapes(of layout: [Snapshot.Entry]) throws(TrainingError) {
    func words(_ entries: [Snapshot.Entry]) -> [String] {
      entries.map { "\($0.name) \($0.element.rawValue) \($0.shape)" }
    }
    let (own, found) = (words(try describedArrays()), words(layout))
    if own == found { return }
    let place = zip(own, found).prefix { $0 == $1 }.count
    throw Self.refused(
      own.indices.contains(place) ? own[place] : "\(own.count) arrays",
      found.indices.contains(place) ? found[place] : "\(found.count) arrays",
      "Restore a snapshot of the same plug-in with the same fixed values, or set table->state_varies.")
  }

  private static func encoded(_ layout: [Snapshot.Entry]) throws(TrainingError) -> StateMemory {
    guard let bytes = try? JSONEncoder().encode(layout) else {
      throw .library("a layout that JSON cannot have")
    }
    return StateMemory(copying: Array(bytes))
  }

  private static func decoded(_ memory: StateMemory) throws(TrainingError) -> [Snapshot.Entry] {
    guard let layout = try? JSONDecoder().decode([Snapshot.Entry].self, from: Data(memory.bytes)) else {
      throw .library("a layout of a rank's state that cannot be read")
    }
    return layout
  }

  private static func refused(_ expected: String, _ found: String, _ remedy: String) -> TrainingError {
    .invalid(subject: "the plug-in's state", expected: expected, found: found, remedy: remedy)
  }
}
