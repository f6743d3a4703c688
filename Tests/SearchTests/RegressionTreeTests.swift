import Randomness
import Testing

@testable import Search

@Suite struct RegressionTreeTests {
  struct GoldenTree: Decodable {
    var minimumSplit: Int, minimumLeaf: Int
    var points: [[Double]], targets: [Double], weights: [UInt8]
    var queries: [[Double]], leaves: Int, predictions: [Double]
  }

  static let random = CounterGenerator(seed: 3, purpose: .surrogate)

  /// A tree of rows that all count once, unless weights are given.
  static func tree(
    _ table: FeatureTable, _ targets: [Double], weights: [UInt8]? = nil,
    options: TreeOptions = TreeOptions(minimumSplit: 2, featureShare: 1, threshold: .midpoint)
  ) -> RegressionTree {
    var tree = RegressionTree()
    for i in targets.indices { tree.addRow(weight: weights?[i] ?? 1, target: targets[i]) }
    let orders = table.orders.map { $0.filter { tree.weights[Int($0)] > 0 } }
    var growth = TreeGrowth(table, orders: orders, options: options, random: random)
    growth.grow(&tree)
    return tree
  }

  static func table(_ features: [TreeFeature], _ rows: [[Double]]) -> FeatureTable {
    var table = FeatureTable(features)
    table.append(rows.flatMap { $0 })
    return table
  }

  @Test func `a tree predicts what scikit-learn's predicts`() throws {
    for expected: GoldenTree in try golden("regression-tree.json", as: [GoldenTree].self) {
      let table = Self.table(Array(repeating: .number, count: expected.points[0].count), expected.points)
      let options = TreeOptions(
        minimumSplit: expected.minimumSplit, minimumLeaf: expected.minimumLeaf, featureShare: 1,
        threshold: .midpoint)
      let tree = Self.tree(table, expected.targets, weights: expected.weights, options: options)
      #expect(tree.leafCount == expected.leaves)
      let prediction = ForestPrediction([tree], targets: expected.targets, dimension: table.dimension)
      let (means, _) = prediction.evaluate(expected.queries.flatMap { $0 })
      for (mean, wanted) in zip(means, expected.predictions) { #expect(isClose(mean, wanted), "\(mean)") }
    }
  }

  @Test func `categories are parted by their means, whatever their numbers`() {
    // Means 5, 1, 5, 1: one split is enough, and no order of the numbers has it.
    let table = Self.table([.category(count: 4)], [[0], [1], [2], [3], [0], [1]])
    let tree = Self.tree(table, [5, 1, 5, 1, 5, 1])
    #expect(tree.leafCount == 2)
    #expect(tree.leaf(of: [0]) == tree.leaf(of: [2]))
    #expect(tree.leaf(of: [1]) == tree.leaf(of: [3]))
    #expect(tree.leaf(of: [0]) != tree.leaf(of: [1]))
  }

  @Test func `an inactive number is apart from all others`() {
    let table = Self.table([.number], [[-1], [-1], [0.5], [0.9]])
    let tree = Self.tree(
      table, [3, 3, 1, 1], options: TreeOptions(minimumSplit: 2, featureShare: 1, threshold: .drawn))
    #expect(tree.leafCount == 2)
    #expect(tree.leaf(of: [0]) == tree.leaf(of: [0.9]), "an active number goes with the active ones")
  }

  @Test func `leaves hold every row once, and their moments are those of their rows`() {
    let rows = (0..<60).map { [Double($0 * 37 % 60) / 60, Double($0 % 5)] }
    let targets = rows.map { $0[0] * $0[1] }
    let table = Self.table([.number, .category(count: 6)], rows)
    let tree = Self.tree(table, targets, options: TreeOptions(minimumSplit: 8))
    var seen: Set<Int32> = []
    let (means, variances) = tree.moments(of: targets)
    for leaf in tree.nodes.indices where tree.nodes[leaf].feature < 0 {
      let own = tree.rows(of: Int32(leaf))
      for row in own { #expect(seen.insert(row).inserted && tree.leaf(of: rows[Int(row)]) == leaf) }
      let values = own.map { targets[Int($0)] }
      let mean = values.reduce(0, +) / Double(values.count)
      #expect(isClose(means[leaf], mean))
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(isClose(variances[leaf], variance, absolute: 1e-9))
    }
    #expect(seen.count == 60)
  }

  @Test func `a table keeps its rows in order however they come`() {
    var random = Self.random
    let rows = (0..<100).map { _ in [(random.nextUniform() * 20).rounded() / 20, 1] }
    var slow = FeatureTable([.number, .category(count: 3)])
    for row in rows { slow.append(row) }
    let fast = Self.table([.number, .category(count: 3)], rows)
    #expect(slow.orders == fast.orders)
    #expect((0..<100).allSatisfy { slow[$0] == rows[$0] && fast[$0] == rows[$0] })
  }
}
