import MPI
import RankTesting
import Testing

@Suite(.serialized) struct SharedWordsRankTests {
  /// Every rank writes its word, and reads those of all.
  private static func words(
    _ limits: SharingLimits, on node: borrowing Communicator
  ) throws -> (found: [Int64], isShared: Bool) {
    let words = try SharedWords(count: node.size, on: node, limits: limits)
    #expect((0..<words.count).allSatisfy { words[$0] == 0 } || words.isShared)
    words[node.rank.rawValue] = Int64(1 + node.rank.rawValue)
    try node.barrier()
    return ((0..<words.count).map { words[$0] }, words.isShared)
  }

  @Test(arguments: [(1 << 20, false), (0, true)])
  func `all ranks of a node read what each writes`(sharedMemory: Int, anonymous: Bool) throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory) = (sharedMemory, anonymous)
      let (found, isShared) = try Self.words(limits, on: node)
      #expect(isShared)
      #expect(found == (1...node.size).map { Int64($0) })
    }
  }

  @Test func `where nothing can be shared, each rank reads its own alone`() throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory) = (0, false)
      let (found, isShared) = try Self.words(limits, on: node)
      #expect(!isShared)
      #expect(found == (0..<node.size).map { $0 == node.rank.rawValue ? Int64(1 + $0) : 0 })
    }
  }
}
