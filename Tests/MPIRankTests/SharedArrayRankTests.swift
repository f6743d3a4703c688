import MPI
import RankTesting
import Testing

@Suite(.serialized) struct SharedArrayRankTests {
  /// Filled by the first rank, read by all.
  private static func sum(
    of count: Int, _ limits: SharingLimits, on node: borrowing Communicator
  ) throws -> (sum: Int64, isShared: Bool) {
    let array = try SharedArray<Int64>(count: count, on: node, limits: limits) { buffer in
      for index in buffer.indices { buffer[index] = Int64(index) }
    }
    return (array.withUnsafeBufferPointer { $0.reduce(0, +) }, array.isShared)
  }

  @Test(arguments: [(1_000, 1 << 20, false), (1_000, 0, true), (300_000, 0, true)])
  func `ranks share where any place has the space`(count: Int, sharedMemory: Int, anonymous: Bool) throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      var limits = SharingLimits()
      limits.sharedMemory = sharedMemory
      limits.allowsAnonymousMemory = anonymous
      let (sum, isShared) = try Self.sum(of: count, limits, on: node)
      #expect(isShared)
      #expect(sum == Int64(count * (count - 1) / 2))
    }
  }

  @Test(arguments: [1, 4_000]) func `where nothing can be shared, each rank has a copy`(count: Int) throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      var limits = SharingLimits()
      // One byte less than the array and its mark.
      limits.sharedMemory = 8 * count + 4095
      limits.allowsAnonymousMemory = false
      let (sum, isShared) = try Self.sum(of: count, limits, on: node)
      #expect(!isShared)
      #expect(sum == Int64(count * (count - 1) / 2))
    }
  }

  @Test(arguments: [7_999, 8_000]) func `every rank learns that the host lacks the memory`(host: Int) throws {
    try withRanks { ranks in
      let node = try ranks.splitByNode()
      var limits = SharingLimits()
      (limits.sharedMemory, limits.allowsAnonymousMemory, limits.host) = (0, false, host)
      var message = ""
      do throws(MPIError) {
        _ = try SharedArray<Int64>(count: 1_000, on: node, limits: limits) { _ in }
      } catch { message = error.description }
      let copies = host < 8_000 || node.size == 1 ? "" : ", a copy for each of \(node.size) ranks"
      let needed = host < 8_000 ? 8_000 : 8_000 * node.size
      if node.size == 1, host == 8_000 {
        #expect(message.isEmpty)
      } else {
        #expect(
          message.hasPrefix(
            "data in memory\(copies): expected \(HostMemory.text(needed)) on \(node.hosts[0]), found "
              + "\(HostMemory.text(host)), the limit that was given."), "\(message)")
      }
      // All are together: the next collective works.
      try ranks.barrier()
    }
  }
}

@Suite(.serialized) struct AgreementRankTests {
  @Test func `every rank hears what the first one says that cannot go on`() throws {
    try withRanks { ranks in
      let size = ranks.size
      let none = try ranks.firstFailure(nil)
      #expect(none == nil)
      for failing in 0..<size {
        let own = ranks.rank.rawValue >= failing ? [UInt8](repeating: 7, count: ranks.rank.rawValue) : nil
        let heard = try ranks.firstFailure(own)
        #expect(heard?.rank == Rank(failing))
        #expect(heard?.words == [UInt8](repeating: 7, count: failing))
      }
    }
  }
}
