import MPI
import RankTesting
import Testing

@Suite(.serialized) struct PointToPointRankTests {
  /// Short ones that a library sends at once, long ones that it sends when the receiver is there.
  @Test(arguments: [0, 1, 1000, 300_000]) func `a message goes once round the ranks`(count: Int) throws {
    try withRanks { ranks in
      let (rank, size) = (ranks.rank.rawValue, ranks.size)
      let mine = (0..<count).map { Double($0 + rank) }
      let request = try ranks.startSend(mine, to: Rank((rank + 1) % size), tag: Tag(5))
      let previous = (rank + size - 1) % size
      let received = try ranks.receive(Double.self, from: Rank(previous), tag: Tag(5))
      try request.wait(until: .seconds(60))
      let expected = (0..<count).map { Double($0 + previous) }
      #expect(received == expected)
    }
  }

  @Test func `a probe tells source, tag and count and leaves the message`() throws {
    try withRanks { ranks in
      let tag = Tag(9)
      if !ranks.isRoot {
        let values = [Int32](repeating: 4, count: ranks.rank.rawValue)
        try ranks.startSend(values, to: .root, tag: tag).wait(until: .seconds(60))
      }
      guard ranks.isRoot else { return }
      let nothing = try ranks.probeNow(tag: Tag(10))
      #expect(nothing == nil)
      var seen: [Rank] = []
      for _ in 1..<max(ranks.size, 1) {
        let envelope = try ranks.probe(for: Int32.self, tag: tag)
        let again = try ranks.probe(for: Int32.self, from: envelope.source, tag: tag)
        #expect(again == envelope)
        #expect(envelope.tag == tag)
        #expect(envelope.count == envelope.source.rawValue)
        let values = try ranks.receive(Int32.self, from: envelope.source, tag: tag)
        #expect(values == [Int32](repeating: 4, count: envelope.source.rawValue))
        seen.append(envelope.source)
      }
      let others = Array(ranks.ranks.dropFirst())
      #expect(seen.sorted() == others)
    }
  }

  @Test func `messages with one tag keep their order`() throws {
    try withRanks { ranks in
      let (next, previous) = (
        (ranks.rank.rawValue + 1) % ranks.size, (ranks.rank.rawValue + ranks.size - 1) % ranks.size
      )
      var requests = 0
      for value in 0..<20 {
        let request = try ranks.startSend([Int64(value)], to: Rank(next), tag: Tag(1))
        try request.wait(until: .seconds(60))
        requests += 1
      }
      var values: [Int64] = []
      for _ in 0..<requests { values += try ranks.receive(Int64.self, from: Rank(previous), tag: Tag(1)) }
      #expect(values == (0..<20).map { Int64($0) })
    }
  }

  @Test func `a message that is too long for its buffer is a typed error`() throws {
    try withRanks { ranks in
      let (rank, size) = (ranks.rank.rawValue, ranks.size)
      let request = try ranks.startSend(
        [Float](repeating: 1, count: 8), to: Rank((rank + 1) % size), tag: Tag(2))
      let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 4)
      defer { buffer.deallocate() }
      do throws(MPIError) {
        _ = try ranks.receive(into: buffer, from: Rank((rank + size - 1) % size), tag: Tag(2))
        Issue.record("a message of 8 elements fitted into 4")
      } catch {
        guard case .failedCall(let call) = error else { throw error }
        #expect(call.function == "MPI_Irecv")
        #expect(call.message.contains("truncate"))
        #expect(call.rank == Rank(rank))
        #expect(call.communicator == "the test's ranks")
        #expect(
          call.remedy == "Sender and receiver disagree on the length of a message: report this as a defect.")
      }
      try request.wait(until: .seconds(60))
    }
  }

  @Test func `a rank that does not exist is a typed error`() throws {
    try withRanks { ranks in
      do throws(MPIError) {
        _ = try ranks.startSend([UInt8(1)], to: Rank(ranks.size), tag: Tag(0))
        Issue.record("a message was sent to nobody")
      } catch {
        guard case .failedCall(let call) = error else { throw error }
        #expect(call.function == "MPI_Isend")
      }
    }
  }
}
