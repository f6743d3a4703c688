import MPI
import RankTesting
import Testing

@Suite(.serialized) struct GroupRankTests {
  @Test func `groups are made by their members alone, side by side`() throws {
    try withRanks { ranks in
      // Pairs of ranks; the last one alone when there is an odd number.
      let first = ranks.rank.rawValue / 2 * 2
      let members = ranks.ranks.filter { $0.rawValue / 2 * 2 == first }
      let group = try ranks.makeGroup(of: members, tag: Tag(first), named: "pair \(first)")
      let (size, rank, name) = (group.size, group.rank, group.name)
      #expect(size == members.count)
      #expect(rank == Rank(ranks.rank.rawValue - first))
      #expect(name == "pair \(first)")
      let sum = try group.allReduce(Int64(ranks.rank.rawValue), .sum)
      #expect(sum == Int64(members.reduce(0) { $0 + $1.rawValue }))
    }
  }

  @Test func `ranks outside a group need not call`() throws {
    try withRanks { ranks in
      guard ranks.isRoot else { return }
      let alone = try ranks.makeGroup(of: [.root], tag: Tag(0), named: "root alone")
      let size = alone.size
      #expect(size == 1)
    }
  }

  @Test func `a group keeps the given order`() throws {
    try withRanks { ranks in
      let backwards = Array(ranks.ranks.reversed())
      let group = try ranks.makeGroup(of: backwards, tag: Tag(3), named: "backwards")
      let (rank, expected) = (group.rank.rawValue, ranks.size - 1 - ranks.rank.rawValue)
      #expect(rank == expected)
    }
  }

  @Test func `a group without its caller is refused with a remedy`() throws {
    try withRanks { ranks in
      let size = ranks.size
      do throws(MPIError) {
        _ = try ranks.makeGroup(of: [Rank(size)], tag: Tag(0), named: "nobody")
        Issue.record("a group of strangers was made")
      } catch {
        #expect(
          error
            == .invalid(
              function: "MPI_Comm_create_group",
              expected: "distinct ranks below \(size), \(ranks.rank) among them", found: "[\(size)]",
              remedy: "Call it on the members of the group alone."))
      }
    }
  }

  @Test func `communicators are freed with their owners`() throws {
    try withRanks { ranks in
      // Open MPI 4 has 65,536 communicators at most, MPICH 2,048: a leak would end this loop.
      for _ in 0..<2500 { _ = try ranks.makeGroup(of: [ranks.rank], tag: Tag(1), named: "short-lived") }
      let copy = try ranks.duplicate(named: "a copy")
      let size = copy.size
      #expect(size == ranks.size)
    }
  }

  @Test func `a node's ranks share one array`() throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      let leader = try node.allReduce(Int64(ranks.rank.rawValue), .minimum)
      let array = try SharedArray<Float>(count: 1000, on: node) { buffer in
        for index in buffer.indices { buffer[index] = Float(index) + Float(leader) }
      }
      let sum = array.withUnsafeBufferPointer { $0.reduce(0, +) }
      #expect(sum == 499_500 + 1000 * Float(leader))
      #expect(array[999] == 999 + Float(leader))
      try ranks.barrier()
    }
  }
}
