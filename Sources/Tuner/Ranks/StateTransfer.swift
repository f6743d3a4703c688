import Foundation
import MPI
import Search
import Training

/// A snapshot on its way from one root to another: a header as JSON, then the blocks as raw floats, in the
/// order of their names. No file is involved.
struct StateHeader: Codable, Equatable {
  struct Block: Codable, Equatable {
    var name: String
    var layout: [Snapshot.Entry]
    var count: Int
  }

  /// The number of the job for which the state was asked. An answer that comes after its job stopped waiting
  /// is told by it.
  var ticket: Int
  /// Nil when the sender does not hold the state.
  var progress: Training.Progress?
  var blocks: [Block]

  init(ticket: Int, of snapshot: Snapshot?) {
    self.ticket = ticket
    progress = snapshot?.progress
    blocks = (snapshot?.blocks ?? [:]).sorted { $0.key < $1.key }.map {
      Block(name: $0.key, layout: $0.value.layout, count: $0.value.values.count)
    }
  }
}

extension Mailbox {
  /// Elements of a message: MPI counts below 2³¹ bytes are safe in every library.
  static let longestPiece = 1 << 28

  /// Starts to send a state; `progress` moves it on. The snapshot's arrays are kept until they are sent.
  func startSending(
    _ snapshot: Snapshot?, ticket: Int, to rank: Rank, longestPiece: Int = Mailbox.longestPiece
  ) throws(TunerError) {
    let header = StateHeader(ticket: ticket, of: snapshot)
    try send(header, to: rank, Channel.stateHeader)
    for block in header.blocks {
      guard let values = snapshot?.blocks[block.name]?.values else { continue }
      for piece in Self.pieces(of: block.count, longestPiece) {
        try system("sending a state to \(place(of: rank))") { () throws(MPIError) in
          keep(try communicator.startSend(values, piece, to: rank, tag: Channel.stateBlock))
        }
      }
    }
  }

  /// Takes the next state that `rank` has sent, if its header has come.
  ///
  /// - Parameters:
  ///   - deadline: for the blocks, which come right behind the header.
  ///   - meanwhile: called while waiting.
  /// - Returns: the ticket, and the state unless the sender has none.
  func receiveState(
    from rank: Rank? = nil, deadline: Deadline, longestPiece: Int = Mailbox.longestPiece,
    meanwhile: () throws(TunerError) -> Void
  ) throws(TunerError) -> (ticket: Int, snapshot: Snapshot?)? {
    guard let (header, source) = try receive(StateHeader.self, from: rank, Channel.stateHeader) else {
      return nil
    }
    guard let progress = header.progress else { return (header.ticket, nil) }
    var snapshot = Snapshot(progress: progress, blocks: [:])
    for block in header.blocks {
      let values = try receiveBlock(
        of: block.count, from: source, deadline: deadline, longestPiece, meanwhile: meanwhile)
      snapshot.blocks[block.name] = Snapshot.Block(layout: block.layout, values: values)
    }
    return (header.ticket, snapshot)
  }

  private func receiveBlock(
    of count: Int, from rank: Rank, deadline: Deadline, _ longestPiece: Int,
    meanwhile: () throws(TunerError) -> Void
  ) throws(TunerError) -> [Float] {
    let there = HostMemory.available()
    guard count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride).partialValue <= there.bytes else {
      throw TunerError(
        .system, subject: "receiving a state from \(place(of: rank))",
        expected: "memory for \(count) numbers of 4 bytes", found: "\(there)",
        remedy:
          "Start fewer ranks on a host, or ask for more memory; the same command goes on from the last save.")
    }
    var failure: TunerError?
    let values = [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(TunerError) {
        for piece in Self.pieces(of: count, longestPiece) {
          let part = UnsafeMutableBufferPointer(rebasing: buffer[piece])
          try receivePiece(into: part, from: rank, deadline: deadline, meanwhile: meanwhile)
        }
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return values
  }

  private func receivePiece(
    into part: UnsafeMutableBufferPointer<Float>, from rank: Rank, deadline: Deadline,
    meanwhile: () throws(TunerError) -> Void
  ) throws(TunerError) {
    let receiving = try system("receiving a state from \(place(of: rank))") { () throws(MPIError) in
      Receiving(try communicator.startReceive(into: part, from: rank, tag: Channel.stateBlock))
    }
    var backOff = BackOff()
    while try !system("receiving a state", { () throws(MPIError) in try receiving.isComplete() }) {
      if deadline.hasPassed {
        throw TunerError(
          .system, subject: "receiving a state from \(place(of: rank))",
          expected: "its blocks within \(Int(deadline.seconds)) s", found: "\(part.count) floats missing",
          remedy: "Look at that host; the same command goes on from the last save.")
      }
      try meanwhile()
      backOff.pause()
    }
  }

  static func pieces(of count: Int, _ longest: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: longest).map { $0..<min($0 + longest, count) }
  }
}

/// A receive that is looked at between other things.
private final class Receiving {
  private let request: Request

  init(_ request: consuming Request) { self.request = request }

  func isComplete() throws(MPIError) -> Bool { try request.test() }
}
