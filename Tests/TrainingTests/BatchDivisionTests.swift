import Testing
import Training

@Suite struct BatchDivisionTests {
  @Test func `shares cover the batch once, in order, and differ by at most one`() {
    for globalBatch in [1, 5, 64, 97] {
      for ranks in 1...7 {
        for microBatches in 1...3 {
          let division = BatchDivision(globalBatch: globalBatch, ranks: ranks, microBatches: microBatches)
          let ranges = (0..<ranks).flatMap { rank in
            (0..<microBatches).map { division.range(rank: rank, microBatch: $0) }
          }
          #expect(ranges.flatMap { Array($0) } == Array(0..<globalBatch))
          let counts = ranges.map(\.count)
          #expect((counts.max() ?? 0) - (counts.min() ?? 0) <= 1)
        }
      }
    }
  }

  @Test func `weights of all shares sum to 1`() {
    let division = BatchDivision(globalBatch: 97, ranks: 4, microBatches: 2)
    let sum = (0..<4).flatMap { rank in (0..<2).map { division.range(rank: rank, microBatch: $0).count } }
      .reduce(0) { $0 + division.weight(samples: Double($1)) }
    #expect(abs(sum - 1) < 1e-15)
  }
}
