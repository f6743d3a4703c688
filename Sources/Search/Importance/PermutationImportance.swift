import Randomness

/// How much worse a forest predicts when one feature's values are shuffled among the rows.
enum PermutationImportance {
  /// The increase of the mean squared error, for each feature, over the targets' variance, `[d]`; all 0 where
  /// the targets are equal.
  ///
  /// Breiman, "Random forests", Machine Learning 45 (2001), section 10: each tree is asked about the rows
  /// that it has not seen, as they are and shuffled.
  static func increases(of forest: RandomForest, repeats: Int, seed: UInt64) -> [Double] {
    let targets = forest.targets
    let mean = targets.reduce(0, +) / Double(max(targets.count, 1))
    let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(targets.count, 1))
    var increases = Array(repeating: 0.0, count: forest.table.dimension)
    guard variance > 0 else { return increases }
    for (t, tree) in forest.trees.enumerated() {
      let means = tree.moments(of: targets).means
      let unseen = tree.weights.indices.filter { tree.weights[$0] == 0 }
      guard unseen.count > 1 else { continue }
      let rows = unseen.map { forest.table[$0] }
      let own = unseen.map { targets[$0] }
      let before = error(of: tree, means: means, rows, own)
      var random = CounterGenerator(seed: seed, purpose: .shuffle, index: t)
      for j in increases.indices {
        for _ in 0..<repeats {
          let order = Array(rows.indices).shuffled(using: &random)
          let after = error(of: tree, means: means, shuffled(rows, feature: j, by: order), own)
          increases[j] += (after - before) / (variance * Double(repeats * forest.trees.count))
        }
      }
    }
    return increases
  }

  /// Row i with the value that row order[i] has of feature `j`.
  static func shuffled(_ rows: [[Double]], feature j: Int, by order: [Int]) -> [[Double]] {
    rows.indices.map { i in
      var row = rows[i]
      row[j] = rows[order[i]][j]
      return row
    }
  }

  /// The mean squared error of a tree whose nodes predict `means`.
  static func error(of tree: RegressionTree, means: [Double], _ rows: [[Double]], _ targets: [Double])
    -> Double
  {
    var sum = 0.0
    for (row, target) in zip(rows, targets) {
      let difference = means[Int(tree.leaf(of: row))] - target
      sum += difference * difference
    }
    return sum / Double(max(rows.count, 1))
  }
}
