import MPI

/// The ranks that train together, as one of them sees them. Its end frees the communicators.
final class TrainerPeers {
  let rank: Int
  let ranks: Int
  private let group: Communicator?
  private let exchange: GradientExchange?
  private let memory: ExchangeMemory?
  /// Whether the exchange of this step has begun.
  private var isOpen = false
  /// What failed on this rank alone, when the others were already on their way to the next exchange: they
  /// hear of it there.
  private(set) var failure: TrainingError?

  /// One rank alone, without MPI.
  init() {
    (rank, ranks, hosts) = (0, 1, [])
    group = nil
    (exchange, memory) = (nil, nil)
  }

  /// Ranks that exchange no gradients, because a program of their own does. Collective over `group`, of which it
  /// makes a duplicate.
  init(_ group: borrowing Communicator) throws(TrainingError) {
    rank = group.rank.rawValue
    (ranks, hosts) = (group.size, group.hosts)
    (exchange, memory) = (nil, nil)
    guard group.size > 1 else {
      self.group = nil
      return
    }
    do throws(MPIError) {
      self.group = try group.duplicate(named: "\(group.name), programs")
    } catch {
      throw TrainingError(error)
    }
  }

  /// The hosts of all ranks.
  let hosts: [String]

  /// Collective over `group`, of which it makes duplicates, so that its messages meet no others.
  init(_ group: borrowing Communicator, _ store: ParameterStore) throws(TrainingError) {
    rank = group.rank.rawValue
    (ranks, hosts) = (group.size, group.hosts)
    if group.size > 1 {
      let exchange = try GradientExchange(on: group, layout: store.layout, patience: group.patience)
      let memory = try group.together { () throws(TrainingError) in try ExchangeMemory(store) }
      if memory.isImmediate { store.sinks.onComplete(exchange.complete) }
      self.exchange = exchange
      self.memory = memory
      do throws(MPIError) {
        self.group = try group.duplicate(named: "\(group.name), training")
      } catch {
        throw TrainingError(error)
      }
    } else {
      self.group = nil
      (exchange, memory) = (nil, nil)
    }
  }

  var isRoot: Bool { rank == 0 }

  /// Sums over the ranks, the same bits on each. Collective.
  func sum(_ values: [Double]) throws(TrainingError) -> [Double] {
    var sums = values
    do throws(MPIError) { try group?.allReduce(&sums, .sum) } catch { throw TrainingError(error) }
    return sums
  }

  /// The values of all ranks, one rank's after the other's, the same on each. Collective; below 2³¹ in all.
  func joined(_ values: [Double]) throws(TrainingError) -> [Double] {
    guard ranks > 1 else { return values }
    var counts = [Double](repeating: 0, count: ranks)
    counts[rank] = Double(values.count)
    counts = try sum(counts)
    let start = Int(counts[..<rank].reduce(0, +))
    // Each place is one rank's, and 0 on all others: their sum is the value itself.
    var all = [Double](repeating: 0, count: Int(counts.reduce(0, +)))
    all.replaceSubrange(start..<start + values.count, with: values)
    return try sum(all)
  }

  /// The root's few bytes, on every rank. Collective.
  func broadcast(_ bytes: [UInt8]) throws(TrainingError) -> [UInt8] {
    do throws(MPIError) {
      return try group?.broadcastBytes(rank == 0 ? bytes : nil) ?? bytes
    } catch {
      throw TrainingError(error)
    }
  }

  /// Copies a rank's bytes over every rank's, which are as many. Collective.
  func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer, from root: Int = 0, longestPiece: Int = TrainerPeers.longestPiece
  ) throws(TrainingError) {
    guard ranks > 1 else { return }
    var start = 0
    while start < bytes.count {
      let end = min(start + longestPiece, bytes.count)
      let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<end])
      do throws(MPIError) {
        try group?.broadcast(piece.bindMemory(to: UInt8.self), from: Rank(root))
      } catch {
        throw TrainingError(error)
      }
      start = end
    }
  }

  /// Overwrites a block on every rank with the root's bytes. Collective.
  ///
  /// - Parameters:
  ///   - bytes: the root's; nil elsewhere.
  ///   - landing: where they arrive that go on to a device, if they are not the root's.
  /// - Returns: what failed on this rank alone, once the bytes had come; nil when nothing did.
  func broadcast(
    _ bytes: UnsafeMutableRawBufferPointer?, to place: StatePlace, landing: StateMemory?
  ) throws(TrainingError) -> TrainingError? {
    let arrival: UnsafeMutableRawBufferPointer
    if let bytes {
      arrival = bytes
    } else if case .host(let values) = place {
      arrival = UnsafeMutableRawBufferPointer(values)
    } else if let landing {
      arrival = UnsafeMutableRawBufferPointer(rebasing: landing.writable[..<place.byteCount])
    } else {
      preconditionFailure("a block of \(place.byteCount) bytes has no place to arrive at")
    }
    try broadcast(arrival)
    do throws(TrainingError) { try place.overwrite(from: arrival) } catch { return error }
    return nil
  }

  /// Sends memory, or some bytes of it, to another rank, which receives as much.
  func send(
    _ memory: StateMemory, _ bytes: Range<Int>? = nil, to other: Int
  ) throws(TrainingError) {
    try eachPiece(of: memory, bytes) { piece, group throws(MPIError) in
      let bytes = UnsafeBufferPointer(piece.bindMemory(to: UInt8.self))
      let request = try group.startSend(bytes, to: Rank(other), tag: Self.memoryTag)
      _ = try request.wait(until: .seconds(group.patience))
    }
  }

  /// Receives as many bytes as the memory, or a part of it, holds.
  func receive(
    _ memory: StateMemory, _ bytes: Range<Int>? = nil, from other: Int
  ) throws(TrainingError) {
    try eachPiece(of: memory, bytes) { piece, group throws(MPIError) in
      try group.receive(into: piece.bindMemory(to: UInt8.self), from: Rank(other), tag: Self.memoryTag)
    }
  }

  private static let memoryTag = Tag(1)

  /// What MPI may still read or write after a failed wait is kept for ever.
  private func eachPiece(
    of memory: StateMemory, _ bytes: Range<Int>?,
    _ body: (UnsafeMutableRawBufferPointer, borrowing Communicator) throws(MPIError) -> Void
  ) throws(TrainingError) {
    guard ranks > 1 else { return }
    let bytes = bytes ?? 0..<memory.byteCount
    for start in stride(from: bytes.lowerBound, to: bytes.upperBound, by: Self.longestPiece) {
      let end = min(start + Self.longestPiece, bytes.upperBound)
      do throws(MPIError) {
        try body(UnsafeMutableRawBufferPointer(rebasing: memory.writable[start..<end]), group!)
      } catch {
        _ = Unmanaged.passRetained(memory)
        throw TrainingError(error)
      }
    }
  }

  /// Bytes of a message: MPI counts them in 31 bits.
  static let longestPiece = 1 << 30
}

// What fails on one rank alone.
extension TrainerPeers {
  /// Goes on only if all ranks can. Collective.
  ///
  /// - Throws: on every rank the error of the first that failed.
  func agree(_ failure: TrainingError?) throws(TrainingError) {
    do throws(TrainingError) {
      try group?.agree(failure)
      if let failure { throw failure }
    } catch {
      // All have heard of it: whoever goes on from an earlier state begins anew.
      self.failure = nil
      throw error
    }
  }

  /// Does something that may fail on some ranks alone, and goes on only if all could. Collective.
  func together<Result>(_ body: () throws(TrainingError) -> Result) throws(TrainingError) -> Result {
    if let result = try group?.together(body) { return result }
    return try body()
  }

  /// Keeps an error until the next exchange, where the others wait; a rank alone throws it at once.
  func keep(_ error: TrainingError) throws(TrainingError) {
    if ranks == 1 { throw error }
    failure = failure ?? error
  }

}

// The gradients of a step.
extension TrainerPeers {
  /// From now on, a gradient's exchange starts when backward has completed it. Before the last backward pass
  /// of a step.
  func openExchange() {
    if let memory, memory.isImmediate { open(memory) }
  }

  /// Sums the gradients, and what the ranks report of the step, over the ranks. Collective.
  ///
  /// - Parameter own: what failed on this rank, which takes part all the same.
  /// - Throws: on every rank the error of the first rank that failed.
  func exchange(
    _ mine: GradientExchange.Report, _ own: TrainingError?
  ) throws(TrainingError) -> GradientExchange.Report {
    var failure = failure ?? own
    guard let exchange, let memory else {
      if let failure { throw failure }
      return mine
    }
    do throws(TrainingError) { try memory.fetch() } catch { failure = failure ?? error }
    var mine = mine
    mine.isFailed = failure != nil
    if !isOpen { open(memory) }
    isOpen = false
    let report = try exchange.finish(mine)
    if report.isFailed { try agree(failure) }
    return report
  }

  /// Takes the exchanged gradients to where the optimizer finds them. Local.
  func takeExchanged() throws(TrainingError) { try memory?.store() }

  /// Host memory that is free between two exchanges, where gradients are on another device.
  func exchanged(_ elements: Range<Int>) -> UnsafeMutableBufferPointer<Float> {
    guard let memory else { preconditionFailure("a rank alone exchanges nothing") }
    return UnsafeMutableBufferPointer(rebasing: memory.values[elements])
  }

  private func open(_ memory: ExchangeMemory) {
    exchange?.begin(memory.values)
    isOpen = true
  }
}
