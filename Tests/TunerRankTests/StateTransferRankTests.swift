import Foundation
import MPI
import RankTesting
import Testing
import Training

@testable import Tuner

/// A state on its way between two ranks.
@Suite(.serialized) struct StateTransferRankTests {
  /// Arrays of two types, opaque bytes and a NaN; the first float says which state it is.
  private static func state(_ number: Float) throws -> Snapshot {
    let memory = try StateMemory(byteCount: 4 * 3000 + 8 * 10, for: "a test")
    memory.writable.bindMemory(to: Float.self).initialize(repeating: number)
    return Snapshot(
      progress: Progress(step: 3, budget: 1), scalars: ["best": .number(.nan), "name": .text("x")],
      blocks: [
        "parameters": .init(
          layout: [
            .init(name: "w", shape: [30, 100], offset: 0),
            .init(name: "n", shape: [10], offset: 1500, element: .int64),
          ], memory: memory),
        "buffers": .init(layout: [], values: []),
      ], opaque: ["blob": StateMemory(copying: [UInt8](repeating: 7, count: 4097))])
  }

  /// The last rank receives what the first one sends; both in one process where there is one rank.
  private static func transfer(
    on ranks: borrowing Communicator,
    _ body: (_ mailbox: Mailbox, _ sends: Bool, _ receives: Bool, _ last: Rank) throws -> Void
  ) throws {
    let mailbox = Mailbox(try ranks.duplicate(named: "a mailbox"))
    let last = Rank(ranks.size - 1)
    try body(mailbox, ranks.isRoot, ranks.rank == last, last)
    let deadline = Deadline.seconds(20)
    while !mailbox.isEverythingSent, !deadline.hasPassed { try mailbox.progress() }
    #expect(mailbox.isEverythingSent)
    #expect(mailbox.late.isEmpty)
    try ranks.barrier()
  }

  private static func received(
    by mailbox: Mailbox, longestPiece: Int, within seconds: Double = 20,
    making make: MakeStateMemory = StateMemory.init(byteCount:isShared:for:)
  ) throws -> (ticket: Int, snapshot: Snapshot?)? {
    let deadline = Deadline.seconds(20)
    while !deadline.hasPassed {
      try mailbox.progress()
      let found = try mailbox.receiveState(
        deadline: .seconds(seconds), longestPiece: longestPiece, making: make
      ) { () throws(TunerError) in try mailbox.progress() }
      if let found { return found }
    }
    return nil
  }

  @Test(arguments: [1000, 1 << 30]) func `a state arrives as it was sent, in pieces and whole`(
    longestPiece: Int
  ) throws {
    try withRanks { ranks in
      try Self.transfer(on: ranks) { mailbox, sends, receives, last in
        if sends {
          try mailbox.startSending(Self.state(1), ticket: 5, to: last, longestPiece: longestPiece)
          try mailbox.startSending(nil, ticket: 6, to: last, longestPiece: longestPiece)
        }
        guard receives else { return }
        let found = try #require(try Self.received(by: mailbox, longestPiece: longestPiece))
        #expect(found.ticket == 5)
        #expect(try found.snapshot == Self.state(1))
        let none = try #require(try Self.received(by: mailbox, longestPiece: longestPiece))
        #expect(none.ticket == 6)
        #expect(none.snapshot == nil)
      }
    }
  }

  /// It would stay with its sender, and be taken for the next one.
  @Test func `a state for which there is no memory is taken in and forgotten`() throws {
    try withRanks { ranks in
      try Self.transfer(on: ranks) { mailbox, sends, receives, last in
        if sends {
          try mailbox.startSending(Self.state(1), ticket: 1, to: last, longestPiece: 1000)
          try mailbox.startSending(Self.state(2), ticket: 2, to: last, longestPiece: 1000)
        }
        guard receives else { return }
        // Room for a piece.
        let lost = try Self.received(by: mailbox, longestPiece: 1000) {
          count, _, purpose throws(TrainingError) in
          guard count <= 1000 else {
            throw .memory(subject: purpose, expected: "\(count) bytes", found: "1000", remedy: "None.")
          }
          return try StateMemory(byteCount: count, for: purpose)
        }
        #expect(try #require(lost).ticket == 1)
        #expect(try #require(lost).snapshot == nil)
        let next = try #require(try Self.received(by: mailbox, longestPiece: 1000))
        #expect(next.ticket == 2)
        #expect(try next.snapshot == Self.state(2))
      }
    }
  }

  /// Its memory must live on, and its pieces must not be taken for those of the next state.
  @Test func `a state that comes too late is received and forgotten`() throws {
    try withRanks { ranks in
      try Self.transfer(on: ranks) { mailbox, sends, receives, last in
        let piece = 1000
        let state = try Self.state(1)
        if sends {
          // The header alone: the blocks stay behind until the receiver has given up.
          try mailbox.send(StateHeader(ticket: 1, of: state), to: last, Mailbox.Channel.stateHeader)
        }
        if receives {
          let found = try #require(try Self.received(by: mailbox, longestPiece: piece, within: 0.05))
          #expect(found.ticket == 1)
          #expect(found.snapshot == nil)
          #expect(mailbox.late.count == 1)
          try mailbox.send(1, to: .root, Tag(90))
        }
        if sends {
          let deadline = Deadline.seconds(20)
          while try mailbox.receive(Int.self, Tag(90)) == nil, !deadline.hasPassed { try mailbox.progress() }
          let parts = [
            state.blocks["buffers"]?.memory, state.blocks["parameters"]?.memory, state.opaque["blob"],
          ]
          for memory in parts.compactMap({ $0 }) {
            for range in Mailbox.pieces(of: memory.byteCount, piece) {
              let bytes = UnsafeRawBufferPointer(rebasing: memory.bytes[range]).bindMemory(to: UInt8.self)
              mailbox.keep(
                try mailbox.communicator.startSend(bytes, to: last, tag: Mailbox.Channel.stateBlock(1)),
                of: memory)
            }
          }
          try mailbox.startSending(Self.state(2), ticket: 2, to: last, longestPiece: piece)
        }
        guard receives else { return }
        let next = try #require(try Self.received(by: mailbox, longestPiece: piece))
        #expect(next.ticket == 2)
        #expect(try next.snapshot == Self.state(2))
        try mailbox.progress()
      }
    }
  }
}
