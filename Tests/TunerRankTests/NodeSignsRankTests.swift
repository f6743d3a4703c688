import MPI
import RankTesting
import Testing

@testable import Tuner

@Suite(.serialized) struct NodeSignsRankTests {
  @Test func `the ranks of a node write where all of them read`() throws {
    try withRanks { ranks in
      let node = try NodeSigns(joining: ranks)
      #expect(node.members == Array(1..<max(ranks.size, 1)))
      #expect(node.place == (ranks.isRoot ? nil : ranks.rank.rawValue - 1))
      node.count()
      node.enter(.measuring, nil)
      try ranks.barrier()
      for place in node.members.indices {
        #expect(node.count(of: place) == 1)
        #expect(node.sign(of: place)?.sign == Sign(phase: .measuring))
      }
      let line = try PulseLine(ranks)
      #expect(line.nodes == (ranks.size > 1 ? [1: node.members] : [:]))
    }
  }

  @Test func `where nothing can be shared, every rank is a node of its own`() throws {
    try withRanks { ranks in
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory) = (0, false)
      let node = try NodeSigns(joining: ranks, limits)
      #expect(node.members == (ranks.isRoot ? [] : [ranks.rank.rawValue]))
      #expect(node.place == (ranks.isRoot ? nil : 0))
      var watch = NodeWatch(node, every: 1, since: .now)
      #expect(watch.mustTell(at: .now) == !ranks.isRoot)
      #expect(watch.messages().map(\.firstRank) == node.members)
    }
  }
}
