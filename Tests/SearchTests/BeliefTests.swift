import Testing

@testable import Search

@Suite struct BeliefTests {
  @Test func `costs and targets are inverse to each other`() {
    let costs: [Double] = [5, 1, 2, 1000, 3, 2, 8, 1e6]
    let scale = TargetScale(of: costs)
    for cost in costs + [0, -3, 1.5, 20] {
      #expect(abs(scale.cost(of: scale.target(of: cost)) - cost) <= 1e-9 * max(1, abs(cost)), "\(cost)")
    }
    // Nothing is known beyond the worst.
    #expect(scale.cost(of: 1e9) == 1e6)
  }

  @Test func `a belief is finite whatever was measured`() {
    for costs in [[], [3], [3, 3, 3], [-1.7e308, 1.7e308], [-1.7e308, 0, 1.7e308, 1.7e308]] as [[Double]] {
      let scale = TargetScale(of: costs)
      for mean in [-1e300, -3, 0, 3, 1e300] {
        let belief = scale.belief(mean: mean, variance: 4)
        #expect(
          belief.mean.isFinite && belief.deviation.isFinite && belief.deviation >= 0, "\(costs) \(mean)")
      }
    }
  }

  @Test func `without the costs that broke limits the worst of the others is the worst`() {
    let scale = TargetScale(of: [1, 2, 3, 1.5e307, 1.6e307]).upTo(1e307)
    #expect(scale.cost(of: 100) == 3)
    #expect(TargetScale(of: [2e307]).upTo(1e307).cost(of: 0) == 2e307)
  }
}
