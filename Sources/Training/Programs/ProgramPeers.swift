internal import Foundation
internal import MPI

// What the ranks of a group share of a program's state.
extension TrainerPeers {
  /// What the root tells the others of a snapshot before its bytes come.
  struct Header {
    var progress = Progress()
    /// Whether every rank has a part of its own.
    var isOwn = false
    /// Of the one state that all ranks restore; 0 for none.
    var byteCount = 0
    /// On the root.
    var memory: StateMemory?
  }

  private struct Words: Codable {
    var progress = Progress()
    var isOwn = false
    var byteCount = 0
  }

  /// What all ranks must know of a snapshot. Collective.
  ///
  /// - Parameter check: asked on the root.
  /// - Throws: on every rank what the root throws.
  func header(
    of snapshot: Snapshot?, _ check: (Snapshot) throws(TrainingError) -> Void
  ) throws(TrainingError) -> Header {
    var header = Header()
    try together { () throws(TrainingError) in
      guard isRoot else { return }
      guard let snapshot else {
        throw .invalid(
          subject: "snapshot", expected: "a snapshot on the group's root", found: "none",
          remedy: "Pass it on the root.")
      }
      try check(snapshot)
      header.progress = snapshot.progress
      header.isOwn = snapshot.blocks[Snapshot.blockName(0)] != nil
      if !header.isOwn, !snapshot.blocks.isEmpty {
        let memory = try StateFile.memory(of: snapshot)
        (header.memory, header.byteCount) = (memory, memory.byteCount)
      }
    }
    let words = try shared(
      Words(progress: header.progress, isOwn: header.isOwn, byteCount: header.byteCount))
    (header.progress, header.isOwn, header.byteCount) = (words.progress, words.isOwn, words.byteCount)
    return header
  }

  /// The root's value, on every rank. Collective.
  func shared<Value: Codable>(_ value: Value) throws(TrainingError) -> Value {
    do {
      let encoder = JSONEncoder()
      encoder.nonConformingFloatEncodingStrategy = .convertToString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      let decoder = JSONDecoder()
      decoder.nonConformingFloatDecodingStrategy = .convertFromString(
        positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
      return try decoder.decode(Value.self, from: Data(broadcast(Array(encoder.encode(value)))))
    } catch let error as TrainingError {
      throw error
    } catch {
      throw .library("\(error)")
    }
  }

  /// What the root's program reported, on every rank. Collective.
  ///
  /// - Throws: as `ProgramConfiguration.measured`, on every rank.
  func measurement(
    of metrics: [String: Double], _ configuration: ProgramConfiguration, at budget: Int
  ) throws(TrainingError) -> Measurement {
    let found = try together { () throws(TrainingError) in
      isRoot ? try configuration.measured(metrics, at: budget) : [:]
    }
    return Measurement(budget: budget, metrics: try shared(found))
  }

  /// The root's memory, on every rank. Collective.
  ///
  /// - Parameter isOpen: whether the rank's program is to be able to open it.
  func shared(
    _ memory: StateMemory?, of byteCount: Int, isOpen: Bool = true
  ) throws(TrainingError) -> StateMemory {
    let arrival = try together { () throws(TrainingError) -> StateMemory in
      if let memory { return memory }
      return try StateMemory(byteCount: byteCount, isShared: isOpen, for: "a state for a program")
    }
    try broadcast(arrival.writable)
    return arrival
  }
}

// States of which every rank has a part.
extension TrainerPeers {
  /// Each rank's memory, on the root by rank. Collective.
  ///
  /// - Returns: none on the others.
  func gather(_ memory: StateMemory?) throws(TrainingError) -> [StateMemory] {
    let mine = memory?.byteCount ?? 0
    let counts = try sum((0..<ranks).map { $0 == rank ? Double(mine) : 0 }).map { Int($0) }
    let arrivals = try together { () throws(TrainingError) -> [StateMemory] in
      guard isRoot else { return [] }
      var arrivals = memory.map { [$0] } ?? []
      for count in counts.dropFirst() {
        arrivals.append(try StateMemory(sharing: count, for: "a rank's state"))
      }
      return arrivals
    }
    if !isRoot, let memory { try send(memory, to: 0) }
    for (other, arrival) in arrivals.enumerated().dropFirst() { try receive(arrival, from: other) }
    try agree(nil)
    return arrivals
  }

  /// The root's memory for each rank, on that rank. Collective.
  ///
  /// - Parameter part: asked on the root, for every rank.
  func scatter(_ part: (Int) throws(TrainingError) -> StateMemory) throws(TrainingError) -> StateMemory {
    let parts = try together { () throws(TrainingError) -> [StateMemory] in
      var parts: [StateMemory] = []
      if isRoot { for rank in 0..<ranks { parts.append(try part(rank)) } }
      return parts
    }
    let counts = try shared(parts.map(\.byteCount))
    let own = try together { () throws(TrainingError) -> StateMemory in
      if let own = parts.first { return own }
      return try StateMemory(sharing: counts[rank], for: "this rank's state")
    }
    for (other, part) in parts.enumerated().dropFirst() { try send(part, to: other) }
    if !isRoot { try receive(own, from: 0) }
    try agree(nil)
    return own
  }
}

// Such states: those of which every rank has a part: the block of rank 3 is `rank_3`.
extension Snapshot {
  static func blockName(_ rank: Int) -> String { "rank_\(rank)" }

  /// Adds a rank's part.
  mutating func add(_ part: Snapshot, of rank: Int) {
    blocks[Self.blockName(rank)] = part.blocks[StateFile.block]
    for (name, scalar) in part.scalars { scalars["\(Self.blockName(rank)).\(name)"] = scalar }
  }

  /// A rank's part, as a state of its own.
  func part(of rank: Int) -> Snapshot {
    var part = Snapshot(progress: progress, blocks: [:])
    part.blocks[StateFile.block] = blocks[Self.blockName(rank)]
    let prefix = "\(Self.blockName(rank))."
    for (name, scalar) in scalars where name.hasPrefix(prefix) {
      part.scalars[String(name.dropFirst(prefix.count))] = scalar
    }
    return part
  }
}
