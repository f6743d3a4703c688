internal import JSON
internal import Processes

// The state of a trial of a program in a dialogue.
extension DialogueTrainee {
  /// One block with all arrays, as the program wrote it; none where it keeps no state.
  public func snapshot() throws(TrainingError) -> Snapshot? {
    try begin()
    let kind = try peers.broadcast(Array(conversation.state.rawValue.utf8))
    switch Conversation.StateKind(rawValue: String(decoding: kind, as: UTF8.self)) {
    case .same?:
      let memory = try save(onRoot: true)
      return try peers.together { () throws(TrainingError) in
        try memory.map { memory throws(TrainingError) in try StateFile.snapshot(memory, progress) }
      }
    case .own?: return try ownParts()
    case .none?, nil: return peers.isRoot ? Snapshot(progress: progress, blocks: [:]) : nil
    }
  }

  /// Has the program write its state, on the root or on every rank. Collective.
  ///
  /// - Returns: what it wrote, on ranks that were asked.
  private func save(onRoot isRootAlone: Bool) throws(TrainingError) -> StateMemory? {
    let isAsked = conversation.script != nil && (peers.isRoot || !isRootAlone)
    let file = try peers.together { () throws(TrainingError) -> MemoryFile? in
      do throws(ProcessError) {
        return isAsked ? try MemoryFile(named: "tuner-mpi state") : nil
      } catch { throw .library(error.description) }
    }
    let message = file.map { DialogueMessage(do: "save", ["file": .text($0.path)]) }
    let answer = try ask(message, for: "saved")
    return try peers.together { () throws(TrainingError) -> StateMemory? in
      guard let file, let answer else { return nil }
      guard answer.integer("bytes") == file.byteCount, file.byteCount > 0 else {
        throw DialogueMessage.unexpected(
          "the file's \(file.byteCount) bytes in saved", answer.integer("bytes").map(String.init) ?? "none")
      }
      return try StateMemory.written(to: file)
    }
  }

  /// Each rank's own part, on the root. Collective.
  private func ownParts() throws(TrainingError) -> Snapshot? {
    let memory = try save(onRoot: false)
    let parts = try peers.gather(memory)
    return try peers.together { () throws(TrainingError) -> Snapshot? in
      guard peers.isRoot else { return nil }
      var snapshot = Snapshot(progress: progress, blocks: [:])
      for (rank, memory) in parts.enumerated() {
        let part = try StateFile.snapshot(memory, progress)
        snapshot.add(part, of: rank)
      }
      return snapshot
    }
  }

  public func restore(_ snapshot: Snapshot?) throws(TrainingError) {
    let header = try peers.header(of: snapshot) { snapshot throws(TrainingError) in
      try self.check(snapshot)
    }
    var memory: StateMemory?
    if header.isOwn {
      memory = try peers.scatter { rank throws(TrainingError) in
        try StateFile.memory(of: snapshot!.part(of: rank))
      }
    } else if header.byteCount > 0 {
      memory = try peers.shared(header.memory, of: header.byteCount)
    }
    // Without a state it begins again.
    progress = header.isOwn || header.byteCount > 0 ? header.progress : Progress()
    (isClone, hasTrained) = (true, false)
    try begin(from: memory)
  }

  private func check(_ snapshot: Snapshot) throws(TrainingError) {
    let blocks = snapshot.blocks.keys.sorted()
    let isOwn = !blocks.isEmpty && blocks == (0..<blocks.count).map(Snapshot.blockName).sorted()
    if isOwn, blocks.count != peers.ranks {
      throw .invalid(
        subject: "the program's state",
        expected: "the parts of \(peers.ranks) ranks, which each have their own",
        found: "those of \(blocks.count)", remedy: "Go on with as many ranks for a trial as before.")
    }
    if blocks.isEmpty, snapshot.progress.budget > 0, configuration.keepsState {
      throw .place(
        subject: "the script", expected: "a state to go on from",
        found: "none, because the program keeps none",
        remedy: "Name it by trial.state(...) in the script, or write trainee: {state: false}.")
    }
    if !isOwn, blocks != [StateFile.block], !blocks.isEmpty {
      throw .invalid(
        subject: "snapshot", expected: "the block \(StateFile.block), of a program",
        found: blocks.joined(separator: ", "), remedy: "Restore a snapshot of the same program.")
    }
  }
}
