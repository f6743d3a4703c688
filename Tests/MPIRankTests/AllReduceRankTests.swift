import MPI
import RankTesting
import Testing

@Suite(.serialized) struct AllReduceRankTests {
  /// Around the boundaries of the plan: fewer elements than ranks, the longest short array, odd lengths.
  static let counts = [1, 2, 3, 5, 8, 512, 513, 1023, 8192, 8193, 30_001]

  /// Small integers, whose sums are exact in a Float: any order of additions gives the same bits.
  static func value(_ index: Int, on rank: Int) -> Float { Float((index * 7 + rank * 13) % 101 - 50) }

  @Test(arguments: counts, [AllReduceAlgorithm.exchange, .library])
  func `a sum over ranks is exact in every element`(count: Int, algorithm: AllReduceAlgorithm) throws {
    try withRanks { ranks in
      var values = (0..<count).map { Self.value($0, on: ranks.rank.rawValue) }
      let size = ranks.size
      let expected = (0..<count).map { index in (0..<size).reduce(Float(0)) { $0 + Self.value(index, on: $1) }
      }
      try values.withUnsafeMutableBufferPointer { try ranks.allReduce($0, .sum, by: algorithm) }
      #expect(values == expected)
    }
  }

  @Test func `an array of more than a slab is summed exactly`() throws {
    try withRanks { ranks in
      let count = 1_100_003  // 4.4 MB, in slabs of 4 MiB
      var values = (0..<count).map { Int32(truncatingIfNeeded: $0) }
      for index in values.indices { values[index] &*= Int32(ranks.rank.rawValue + 1) }
      let factor = Int32(ranks.size * (ranks.size + 1) / 2)
      try ranks.allReduce(&values, .sum)
      #expect(values.indices.first { values[$0] != Int32($0) &* factor } == nil)
    }
  }

  @Test func `minimum, maximum and product agree with a loop over ranks`() throws {
    try withRanks { ranks in
      let mine = Int64(ranks.rank.rawValue + 2)
      let all = (0..<ranks.size).map { Int64($0 + 2) }
      let minimum = try ranks.allReduce(mine, .minimum)
      let maximum = try ranks.allReduce(mine, .maximum)
      let product = try ranks.allReduce(mine, .product)
      #expect(minimum == all.min())
      #expect(maximum == all.max())
      #expect(product == all.reduce(1, *))
    }
  }

  @Test(arguments: [10, 9000, 50_003]) func `rounding is the same on every rank`(count: Int) throws {
    try withRanks { ranks in
      let size = ranks.size
      var values = (0..<count).map { 1 / Float($0 + ranks.rank.rawValue * 3 + 1) }
      try ranks.allReduce(&values, .sum)
      let bits = values.map { Int32(bitPattern: $0.bitPattern) }
      let first = try ranks.allGather(bits)
      #expect(first.allSatisfy { $0 == bits })
      #expect(first.count == size)
    }
  }

  @Test func `several reductions under way do not mix`() throws {
    try withRanks { ranks in
      let counts = [3, 20_000, 5, 50_000, 1]
      let buffers = counts.map { count in
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
        for index in 0..<count { buffer[index] = Self.value(index, on: ranks.rank.rawValue) }
        return buffer
      }
      let size = ranks.size
      defer { for buffer in buffers { buffer.deallocate() } }
      let a = try ranks.startAllReduce(buffers[0], .sum)
      let b = try ranks.startAllReduce(buffers[1], .sum)
      let c = try ranks.startAllReduce(buffers[2], .maximum)
      let d = try ranks.startAllReduce(buffers[3], .sum)
      let e = try ranks.startAllReduce(buffers[4], .sum)
      // Ranks test them in different orders, as ranks that compute at different speeds would.
      if ranks.rank.rawValue.isMultiple(of: 2) { _ = try d.test() }
      try e.wait(until: .seconds(60))
      try b.wait(until: .seconds(60))
      try a.wait(until: .seconds(60))
      try d.wait(until: .seconds(60))
      try c.wait(until: .seconds(60))
      for (place, buffer) in buffers.enumerated() {
        let expected = (0..<buffer.count).map { index in
          let values = (0..<size).map { Self.value(index, on: $0) }
          return place == 2 ? values.max()! : values.reduce(0, +)
        }
        #expect(Array(buffer) == expected, "reduction \(place)")
      }
    }
  }
}
