import MPI
import RankTesting
import Testing

@Suite(.serialized) struct CollectiveRankTests {
  @Test func `a broadcast carries the root's elements to every rank`() throws {
    try withRanks { ranks in
      for root in ranks.ranks {
        var values: [Float] = ranks.rank == root ? [1, 2, Float(root.rawValue)] : [0, 0, 0]
        try ranks.broadcast(&values, from: root)
        #expect(values == [1, 2, Float(root.rawValue)])
      }
    }
  }

  @Test func `bytes of any number are broadcast`() throws {
    try withRanks { ranks in
      for count in [0, 1, 100_000] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let received = try ranks.broadcastBytes(ranks.isRoot ? bytes : nil)
        #expect(received == bytes)
      }
    }
  }

  @Test func `gathering keeps the order of ranks`() throws {
    try withRanks { ranks in
      let mine = [Int64(ranks.rank.rawValue), 7]
      let expected = (0..<ranks.size).map { [Int64($0), 7] }
      let everywhere = try ranks.allGather(mine)
      #expect(everywhere == expected)
    }
  }

  @Test func `every rank knows every host`() throws {
    try withRanks { ranks in
      let (hosts, size) = (ranks.hosts, ranks.size)
      #expect(hosts.count == size)
      #expect(hosts.allSatisfy { !$0.isEmpty })
    }
  }
}
