import Randomness

/// A random forest grown once, to look at what was measured rather than to follow it.
///
/// Notation: n rows, T trees, each of a bootstrap sample: n rows drawn with replacement (Breiman, "Random
/// forests", Machine Learning 45, 2001). The rows that a tree did not draw are its out-of-bag rows.
struct RandomForest: Sendable {
  let table: FeatureTable
  let targets: [Double]
  private(set) var trees: [RegressionTree] = []

  init(_ table: FeatureTable, targets: [Double], trees: Int, options: TreeOptions, seed: UInt64) {
    self.table = table
    self.targets = targets
    for t in 0..<trees {
      var draws = CounterGenerator(seed: seed, purpose: .surrogate, index: 2 * t)
      var weights = Array(repeating: UInt8(0), count: table.count)
      for _ in 0..<table.count {
        let row = Int(draws.nextUniform() * Double(table.count))
        // More than 255 of one row does not happen: with any n its expectation is 1.
        if weights[row] < .max { weights[row] += 1 }
      }
      let random = CounterGenerator(seed: seed, purpose: .surrogate, index: 2 * t + 1)
      self.trees.append(
        RegressionTree(of: table, targets: targets, weights: weights, options: options, random: random))
    }
  }

  /// The share of the targets' variance that the trees explain of rows which they have not seen; nil where
  /// the targets are equal. Below 0 where their mean would be the better guess.
  var explainedVariance: Double? {
    let mean = targets.reduce(0, +) / Double(max(targets.count, 1))
    let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard variance > 0 else { return nil }
    var sums = Array(repeating: 0.0, count: table.count)
    var counts = Array(repeating: 0.0, count: table.count)
    for tree in trees {
      let means = tree.moments(of: targets).means
      for row in tree.weights.indices where tree.weights[row] == 0 {
        sums[row] += means[Int(tree.leaf(of: table[row]))]
        counts[row] += 1
      }
    }
    var error = 0.0
    for row in targets.indices {
      let guess = counts[row] > 0 ? sums[row] / counts[row] : mean
      error += (targets[row] - guess) * (targets[row] - guess)
    }
    return 1 - error / variance
  }
}

extension RegressionTree {
  /// A tree of all rows, each counted as often as its weight says.
  init(
    of table: FeatureTable, targets: [Double], weights: [UInt8], options: TreeOptions,
    random: CounterGenerator
  ) {
    self.init()
    for (weight, target) in zip(weights, targets) { addRow(weight: weight, target: target) }
    let orders = table.orders.map { $0.filter { weights[Int($0)] > 0 } }
    guard orders.first?.isEmpty == false else { return }
    var growth = TreeGrowth(table, orders: orders, options: options, random: random)
    growth.grow(&self)
  }
}
