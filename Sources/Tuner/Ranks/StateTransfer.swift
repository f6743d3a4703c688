import Foundation
import MPI
import Search
import Training

/// A snapshot on its way from one root to another: a header as JSON, then the bytes of the blocks and of the
/// opaque parts, in the order of their names. No file is involved.
struct StateHeader: Codable, Equatable {
  /// A piece of memory that follows.
  struct Part: Codable, Equatable {
    var name: String
    /// Nil of opaque bytes.
    var layout: [Snapshot.Entry]?
    var byteCount: Int
    /// Whether another process of the sender's host can open it: then one of the receiver's can, too.
    var isShared = false
  }

  /// The number of the attempt for which the state was asked. An answer that comes after it stopped waiting
  /// is told by it.
  var ticket: Int
  /// Nil when the sender does not hold the state.
  var progress: Training.Progress?
  var scalars: [String: Snapshot.Scalar]
  var parts: [Part]

  init(ticket: Int, of snapshot: Snapshot?) {
    self.ticket = ticket
    progress = snapshot?.progress
    scalars = snapshot?.scalars ?? [:]
    let blocks = (snapshot?.blocks ?? [:]).sorted { $0.key < $1.key }.map {
      Part(
        name: $0.key, layout: $0.value.layout, byteCount: $0.value.memory.byteCount,
        isShared: $0.value.memory.isShared)
    }
    let opaque = (snapshot?.opaque ?? [:]).sorted { $0.key < $1.key }.map {
      Part(name: $0.key, layout: nil, byteCount: $0.value.byteCount)
    }
    parts = blocks + opaque
  }
}

extension Mailbox {
  /// Bytes of a message: MPI counts them in 31 bits, and a state for which there is no memory is taken in
  /// piece by piece.
  static let longestPiece = 1 << 26

  /// Starts to send a state; `progress` moves it on. The snapshot's memory is kept until it is sent.
  func startSending(
    _ snapshot: Snapshot?, ticket: Int, to rank: Rank, longestPiece: Int = Mailbox.longestPiece
  ) throws(TunerError) {
    let header = StateHeader(ticket: ticket, of: snapshot)
    try send(header, to: rank, Channel.stateHeader)
    for part in header.parts {
      let memory = part.layout == nil ? snapshot?.opaque[part.name] : snapshot?.blocks[part.name]?.memory
      guard let memory else { continue }
      for piece in Self.pieces(of: part.byteCount, longestPiece) {
        let bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[piece]).bindMemory(to: UInt8.self)
        try system("sending a state to \(place(of: rank))") { () throws(MPIError) in
          keep(try communicator.startSend(bytes, to: rank, tag: Channel.stateBlock(ticket)), of: memory)
        }
      }
    }
  }

  /// Takes the next state that `rank` has sent, if its header has come.
  ///
  /// - Parameters:
  ///   - deadline: for the blocks, which come right behind the header.
  ///   - make: makes the state's memory.
  ///   - meanwhile: called while waiting.
  /// - Returns: the ticket, and the state unless the sender has none, there is no memory for it, or the sender was
  ///   lost on the way: what still comes of it then is received and forgotten.
  func receiveState(
    from rank: Rank? = nil, deadline: Deadline, longestPiece: Int = Mailbox.longestPiece,
    making make: MakeStateMemory = StateMemory.init(byteCount:isShared:for:),
    meanwhile: () throws(TunerError) -> Void
  ) throws(TunerError) -> (ticket: Int, snapshot: Snapshot?)? {
    guard let (header, source) = try receive(StateHeader.self, from: rank, Channel.stateHeader) else {
      return nil
    }
    guard header.progress != nil else { return (header.ticket, nil) }
    let arrival = try StateArrival(header, from: source, in: self, longestPiece, making: make)
    var backOff = BackOff()
    do throws(TunerError) {
      while try !arrival.isComplete() {
        if deadline.hasPassed {
          abandon(arrival)
          return (header.ticket, nil)
        }
        try meanwhile()
        backOff.pause()
      }
    } catch {
      abandon(arrival)
      throw error
    }
    return (header.ticket, arrival.snapshot)
  }

  private func abandon(_ arrival: StateArrival) {
    arrival.hold()
    late.append(arrival)
  }

  /// Frees the memory of states that came too late, once all of them has come.
  func forgetArrivedStates() throws(TunerError) {
    var rest: [StateArrival] = []
    for arrival in late {
      if try arrival.isComplete() { arrival.letGo() } else { rest.append(arrival) }
    }
    late = rest
  }

  static func pieces(of count: Int, _ longest: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: longest).map { $0..<min($0 + longest, count) }
  }
}

/// Makes so many bytes of memory, which other processes can open or not, with a word for errors of what for.
typealias MakeStateMemory = (Int, Bool, String) throws(TrainingError) -> StateMemory

/// A state that is being received: all of its pieces are awaited from the start. One for which there is no
/// memory is taken piece by piece, and forgotten: it would stay with its sender otherwise.
final class StateArrival {
  private let header: StateHeader
  private let source: Rank
  private let mailbox: Mailbox
  private var memories: [StateMemory] = []
  private var requests: [Receiving] = []
  /// Where every piece comes to of a state without memory, and the lengths of those to come, the last one
  /// first.
  private var scratch: StateMemory?
  private var forgotten: [Int] = []

  init(
    _ header: StateHeader, from rank: Rank, in mailbox: Mailbox, _ longestPiece: Int,
    making make: MakeStateMemory
  ) throws(TunerError) {
    self.header = header
    self.mailbox = mailbox
    source = rank
    let place = mailbox.place(of: rank)
    do throws(TrainingError) {
      for part in header.parts {
        memories.append(try make(part.byteCount, part.isShared, "a state from \(place)"))
      }
    } catch {
      memories = []
      let pieces = header.parts.flatMap { Mailbox.pieces(of: $0.byteCount, longestPiece) }
      forgotten = pieces.map(\.count).reversed()
      scratch = try Self.memory(forgotten.max() ?? 0, from: place, by: make)
    }
    do throws(TunerError) {
      for memory in memories {
        for piece in Mailbox.pieces(of: memory.byteCount, longestPiece) { try expect(memory.writable[piece]) }
      }
    } catch {
      // Its pieces may still come.
      hold()
      throw error
    }
  }

  private func expect(_ piece: Slice<UnsafeMutableRawBufferPointer>) throws(TunerError) {
    let bytes = UnsafeMutableRawBufferPointer(rebasing: piece).bindMemory(to: UInt8.self)
    let tag = Mailbox.Channel.stateBlock(header.ticket)
    requests.append(
      try system("receiving a state from \(mailbox.place(of: source))") { () throws(MPIError) in
        Receiving(try mailbox.communicator.startReceive(into: bytes, from: source, tag: tag))
      })
  }

  private static func memory(
    _ byteCount: Int, from place: String, by make: MakeStateMemory
  ) throws(TunerError) -> StateMemory {
    do throws(TrainingError) {
      return try make(byteCount, false, "a state from \(place)")
    } catch {
      throw TunerError(
        .system, subject: "receiving a state from \(place)", expected: "memory for it",
        found: error.description,
        remedy:
          "Start fewer ranks on a host, or ask for more memory; the same command goes on from the last save.")
    }
  }

  func isComplete() throws(TunerError) -> Bool {
    repeat {
      while let request = requests.last {
        let isDone = try system("receiving a state from \(mailbox.place(of: source))") {
          () throws(MPIError) in try request.isComplete()
        }
        guard isDone else { return false }
        requests.removeLast()
      }
      guard let scratch, let length = forgotten.popLast() else { return true }
      try expect(scratch.writable[..<length])
    } while true
  }

  /// Nobody waits any more, but MPI may still write: a receive that has begun cannot be taken back for
  /// certain. So the memory stays until `letGo`, or where the sender is lost until the process ends, whatever
  /// becomes of the mailbox.
  func hold() { _ = Unmanaged.passRetained(self) }

  /// Undoes `hold`, once it is complete.
  func letGo() { Unmanaged.passUnretained(self).release() }

  /// Once it is complete; nil when there was no memory for it.
  var snapshot: Snapshot? {
    guard scratch == nil else { return nil }
    var snapshot = Snapshot(
      progress: header.progress ?? Training.Progress(), scalars: header.scalars, blocks: [:])
    for (part, memory) in zip(header.parts, memories) {
      if let layout = part.layout {
        snapshot.blocks[part.name] = Snapshot.Block(layout: layout, memory: memory)
      } else {
        snapshot.opaque[part.name] = memory
      }
    }
    return snapshot
  }
}

/// A receive in a list: requests cannot be copied, references to them can.
private final class Receiving {
  private let request: Request

  init(_ request: consuming Request) { self.request = request }

  func isComplete() throws(MPIError) -> Bool { try request.test() }
}
