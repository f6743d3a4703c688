import Search
import Testing

@Suite struct TargetTransformTests {
  @Test func `the good half keeps its distances and the bad half only its order`() {
    let costs = [1.0, 2, 3, 4, 5, 60, 700, 8000, 9e9]
    let warped = TargetTransform.halfRanked(costs)
    #expect(Array(warped.prefix(5)) == Array(costs.prefix(5)))
    #expect(warped.sorted() == warped)
    // The good half's spread about the median is √6; the worst of nine lies at a quantile below 2 of its
    // spreads.
    #expect(warped[8] < 5 + 2.2 * 6.0.squareRoot())
  }

  @Test func `targets have mean 0 and variance 1 whatever the costs`() {
    for costs in [
      [3.0, 1, 2], [1e300, -1e300, 0, 5], [1, 1, 1, 2], [0.1, 0.1, 0.1, 0.1, 1e-9], [-5, 17],
    ] {
      let targets = TargetTransform.targets(of: costs)
      let n = Double(costs.count)
      #expect(abs(targets.reduce(0, +) / n) < 1e-12)
      #expect(isClose(targets.reduce(0) { $0 + $1 * $1 } / n, 1, relative: 1e-12))
      for i in costs.indices {
        for j in costs.indices where costs[i] < costs[j] { #expect(targets[i] < targets[j]) }
        for j in costs.indices where costs[i] == costs[j] { #expect(targets[i] == targets[j]) }
      }
    }
  }

  @Test func `equal costs say nothing`() {
    #expect(TargetTransform.targets(of: [4, 4, 4]) == [0, 0, 0])
    #expect(TargetTransform.targets(of: [4]) == [0])
    #expect(TargetTransform.targets(of: []) == [])
  }
}
