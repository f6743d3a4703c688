import Randomness
import Testing

@testable import Search

@Suite struct GrowingForestTests {
  static let features: [TreeFeature] = [.number, .number, .category(count: 4)]

  static func rows(_ count: Int) -> (rows: [[Double]], costs: [Double]) {
    var random = CounterGenerator(seed: 9, purpose: .simulation)
    let rows = (0..<count).map { _ in
      [random.nextUniform(), random.nextUniform(), Double(Int(random.nextUniform() * 4))]
    }
    return (rows, rows.map { ($0[0] - 0.3) * ($0[0] - 0.3) + ($0[2] == 1 ? 0 : 0.5) })
  }

  static func forest(_ seed: UInt64 = 1) -> GrowingForest {
    GrowingForest(features, trees: 5, options: TreeOptions(), seed: seed)
  }

  @Test func `a forest is the same, measurement by measurement or all at once`() {
    let (rows, costs) = Self.rows(120)
    var (slow, fast, mixed) = (Self.forest(), Self.forest(), Self.forest())
    for i in rows.indices { slow.append(rows[i], costs: [costs[i]]) }
    fast.append(rows.flatMap { $0 }, costs: costs)
    mixed.append(rows[..<50].flatMap { $0 }, costs: Array(costs[..<50]))
    mixed.append(rows[50...].flatMap { $0 }, costs: Array(costs[50...]))
    let queries = Self.rows(40).rows.flatMap { $0 }
    let expected = slow.prediction.evaluate(queries)
    for other in [fast, mixed] {
      let (means, variances) = other.prediction.evaluate(queries)
      #expect(means == expected.means)
      #expect(variances == expected.variances)
    }
    var other = Self.forest(2)
    other.append(rows.flatMap { $0 }, costs: costs)
    #expect(other.prediction.evaluate(queries).means != expected.means)
  }

  @Test func `no tree is older than a thirtieth, and one at a time is made anew`() {
    for count in [10, 24, 25, 300, 1_000, 20_000] {
      let beginnings = GrowingForest.beginnings(upTo: count, trees: 10)
      #expect(beginnings.allSatisfy { $0 <= count && $0 >= count - max(10, count / 30) }, "\(count)")
      if count > 24 {
        let before = GrowingForest.beginnings(upTo: count - 1, trees: 10)
        #expect(zip(before, beginnings).count { $0 != $1 } <= 1)
      }
    }
  }

  @Test func `neighbours are predicted as any other query is`() {
    let (rows, costs) = Self.rows(300)
    var forest = Self.forest()
    forest.append(rows.flatMap { $0 }, costs: costs)
    let bases = Array(rows[..<3])
    var (queries, features, ends): ([Double], [Int32], [Int]) = ([], [], [])
    for (b, base) in bases.enumerated() {
      for j in base.indices {
        for value in [0.0, 1, 2, 3] where b != 1 {
          queries += base
          queries[queries.count - base.count + j] = j == 2 ? value : value / 3
          features.append(Int32(j))
        }
      }
      ends.append(features.count)
    }
    let near = forest.prediction.evaluate(
      queries, near: bases.flatMap { $0 }, ends: ends, differingAt: features)
    let expected = forest.prediction.evaluate(queries)
    #expect(near.means == expected.means)
    #expect(near.variances == expected.variances)
  }

  @Test func `what is supposed lowers the mean of none and passes`() {
    let (rows, costs) = Self.rows(60)
    var forest = Self.forest()
    forest.append(rows.flatMap { $0 }, costs: costs)
    let before = forest.prediction.evaluate(rows[0]).means[0]
    let bad = forest.supposing(rows[0], targets: [9]).prediction
    #expect(bad.evaluate(rows[0]).means[0] > before + 1)
    #expect(forest.prediction.evaluate(rows[0]).means[0] == before)
  }

  @Test func `a forest finds the function`() {
    var random = CounterGenerator(seed: 4, purpose: .simulation)
    let xs = (0..<200).map { _ in 0.5 * random.nextUniform() }
    let costs = xs.map { 10 * $0 }
    var forest = GrowingForest([.number], trees: 20, options: TreeOptions(), seed: 1)
    forest.append(xs, costs: costs)
    let (means, _) = forest.prediction.evaluate([0.1, 0.25, 0.4])
    let scale = TargetScale(of: costs)
    for (mean, cost) in zip(means, [1, 2.5, 4]) { #expect(abs(mean - scale.target(of: cost)) < 0.15) }
  }

  @Test func `a target scale goes through its costs, and is monotone beyond them`() {
    let costs: [Double] = [4, 1, 3, 3, 100, 2, 7]
    let scale = TargetScale(of: costs)
    for (cost, target) in zip(costs, TargetTransform.targets(of: costs)) {
      #expect(isClose(scale.target(of: cost), target))
    }
    let line = stride(from: -5.0, to: 200, by: 0.5).map { scale.target(of: $0) }
    #expect(zip(line, line.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(scale.target(of: 0) < scale.target(of: 1))
    #expect(TargetScale(of: [-1e300, 1e300]).target(of: -1e308).isFinite)
    #expect(TargetScale(of: [1, 1]).target(of: 0).isFinite)
  }
}
