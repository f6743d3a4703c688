import Randomness
import Testing

@testable import Search

/// TuRBO's rules (Eriksson et al., NeurIPS 2019, section 2 and supplement), and draws from a posterior.
@Suite struct TrustRegionTests {
  private func region(_ costs: [Double], dimension: Int = 6) -> TrustRegion {
    costs.enumerated().reduce(into: TrustRegion(dimension: dimension, initialTrials: 2)) {
      Self.observe(&$0, row: $1.offset, cost: $1.element)
    }
  }

  /// Each trial is proposed after the one before it was measured.
  private static func observe(_ region: inout TrustRegion, row: Int, cost: Double, violation: Double = 0) {
    region.observe(
      row: row, of: TrialID(row), cost: cost, violation: violation, before: TrialID(row + 1))
  }

  @Test func `the sides begin at 0.8, whatever the first trials were`() {
    #expect(region([3, 2]).length == 0.8)
    #expect(region([3, 2]).hasRegion)
    #expect(!region([3]).hasRegion)
  }

  @Test func `three improvements in a row double the sides, to 1.6 at most`() {
    #expect(region([9, 8, 7, 6]).length == 0.8)
    #expect(region([9, 8, 7, 6, 5]).length == 1.6)
    #expect(region([9, 8, 7, 6, 5, 4, 3, 2]).length == 1.6)
    #expect(region([9, 8, 7, 6, 8, 5, 4]).length == 0.8, "a failure begins the count anew")
  }

  @Test func `as many failures in a row as there are dimensions halve the sides`() {
    #expect(region([9, 8] + Array(repeating: 9, count: 5)).length == 0.8)
    #expect(region([9, 8] + Array(repeating: 9, count: 6)).length == 0.4)
    #expect(region([9, 8] + Array(repeating: 9, count: 4), dimension: 2).length == 0.4, "at least four")
    #expect(
      region([9, 8] + Array(repeating: 8 - 1e-4, count: 6)).length == 0.4, "a thousandth is no success")
  }

  @Test func `below 2⁻⁷ everything begins anew`() {
    // 0.8 / 2⁷ = 0.00625 is the first length below 0.0078125.
    let failures = Array(repeating: 9.0, count: 7 * 6)
    let renewed = region([9, 8] + failures)
    #expect(renewed.restarts == 1)
    #expect(renewed.length == 0.8)
    #expect(renewed.members.isEmpty)
    #expect(renewed.best == nil)
    #expect(region([9, 8] + failures.dropLast()).restarts == 0)
  }

  @Test func `what breaks the limits less is the best, and an improvement`() {
    var region = region([3, 2])
    Self.observe(&region, row: 2, cost: 1, violation: 0.5)
    #expect(region.best == 1, "it costs less, but breaks a limit")
    var broken = TrustRegion(dimension: 6, initialTrials: 2)
    for (row, violation) in [0.9, 0.8, 0.6, 0.4, 0.2].enumerated() {
      Self.observe(&broken, row: row, cost: 1 - violation, violation: violation)
    }
    #expect(broken.best == 4 && broken.length == 1.6)
    Self.observe(&broken, row: 5, cost: 9)
    #expect(broken.best == 5)
  }

  @Test func `what was proposed for an earlier region does not shrink the next one`() {
    // Eight at work: trial i + 8 is begun when i is measured.
    var region = TrustRegion(dimension: 4, initialTrials: 2)
    var row = 0
    while region.restarts == 0 {
      region.observe(row: row, of: TrialID(row), cost: row < 2 ? 0 : 9, before: TrialID(row + 8))
      row += 1
    }
    let renewed = region
    for stale in row..<row + 7 {
      region.observe(row: stale, of: TrialID(stale), cost: -1, before: TrialID(stale + 8))
    }
    #expect(region == renewed, "the seven that were at work at the restart")
    region.observe(row: row + 7, of: TrialID(row + 7), cost: 5, before: TrialID(row + 15))
    #expect(region.members == [row + 7] && region.best == row + 7)
  }

  @Test func `the best is the best since the restart`() {
    #expect(region([9, 3, 5, 2, 4]).best == 3)
  }

  @Test func `a posterior without doubt is drawn at its least point`() {
    let points = (0...20).map { [Double($0) / 20] }
    var set = PointSet(categorical: [false])
    for point in points { set.append(point) }
    var process = GaussianProcess(
      hyperparameters: GaussianProcessHyperparameters(vector: [-1.5, 0, -12]), points: set)!
    process.condition(on: points.map { 100 * ($0[0] - 0.7) * ($0[0] - 0.7) })
    for index in 0..<20 {
      var random = CounterGenerator(seed: 3, purpose: .proposal, index: index)
      #expect(process.thompsonChoice(among: points, keeping: nil, using: &random) == 14)
    }
  }

  @Test func `a draw of two uncertain points is either as often as the posterior says`() {
    var set = PointSet(categorical: [false])
    set.append([0.5])
    var process = GaussianProcess(
      hyperparameters: GaussianProcessHyperparameters(vector: [-3, 0, -12]), points: set)!
    process.condition(on: [0.5])
    // Far from the only measurement both have mean 0 and deviation 1, nearly independent: each wins half of
    // the time.
    var wins = 0
    for index in 0..<2000 {
      var random = CounterGenerator(seed: 4, purpose: .proposal, index: index)
      wins += process.thompsonChoice(among: [[0.0], [1.0]], keeping: nil, using: &random)
    }
    // Four deviations of a binomial count.
    #expect(abs(wins - 1000) < 90)
  }
}
