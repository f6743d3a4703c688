import CKernels

/// How trees grow; the defaults are those that random forests for configuration use (SMAC).
package struct TreeOptions: Hashable, Sendable {
  package enum Threshold: Hashable, Sendable {
    /// Halfway between the two values that a split parts.
    case midpoint
    /// Drawn evenly between them, so that the trees' variance grows with the distance from what was measured
    /// (Hutter, Xu, Hoos and Leyton-Brown, "Algorithm runtime prediction: methods and evaluation", Artificial
    /// Intelligence 206, 2014).
    case drawn
  }

  /// Nodes whose rows weigh less stay leaves.
  package var minimumSplit: Int
  /// Least weight of a leaf.
  package var minimumLeaf: Int
  /// The share of the features that a node chooses its split among.
  package var featureShare: Double
  package var threshold: Threshold

  package init(
    minimumSplit: Int = 3, minimumLeaf: Int = 1, featureShare: Double = 5.0 / 6, threshold: Threshold = .drawn
  ) {
    self.minimumSplit = minimumSplit
    self.minimumLeaf = minimumLeaf
    self.featureShare = featureShare
    self.threshold = threshold
  }
}

/// A regression tree as a flat array of nodes, and the rows in its leaves.
///
/// The rows stay with the tree, so that it can grow: a row that is added goes to its leaf, and that leaf may
/// split. What is above it stays until the tree is made anew.
package struct RegressionTree: Sendable {
  /// The root first; a right child follows its left one.
  var nodes: [tree_node] = [.leaf]
  /// How often each row counts, `[n]`; 0 for a row that this tree does not know.
  var weights: [UInt8] = []
  /// What its splits were chosen by, `[n]`.
  var targets: [Double] = []
  /// The leaf of each row, `[n]`; of no meaning where its weight is 0.
  var leaves: [Int32] = []
  /// The leaf's first row, or -1, `[nodes]`; and the row after each row, `[n]`.
  var firsts: [Int32] = [-1]
  var nexts: [Int32] = []

  package init() {}

  /// The number of leaves.
  package var leafCount: Int { (nodes.count + 1) / 2 }

  mutating func reserveRows(_ count: Int) {
    weights.reserveCapacity(count)
    targets.reserveCapacity(count)
    leaves.reserveCapacity(count)
    nexts.reserveCapacity(count)
  }

  /// Adds a row without a place in any leaf.
  mutating func addRow(weight: UInt8, target: Double) {
    weights.append(weight)
    targets.append(target)
    leaves.append(-1)
    nexts.append(-1)
  }

  /// The rows of a leaf, ascending.
  func rows(of leaf: Int32) -> [Int32] {
    var rows: [Int32] = []
    var row = firsts[Int(leaf)]
    while row >= 0 {
      rows.append(row)
      row = nexts[Int(row)]
    }
    return rows.sorted()
  }

  /// The leaf that `query`, `[d]`, comes to.
  package func leaf(of query: [Double]) -> Int32 {
    var leaf: Int32 = 0
    tree_find_leaves(nodes, 0, query, 1, query.count, &leaf)
    return leaf
  }

  /// What the leaves predict, `[nodes]`: the mean and the variance of the `values` of their rows.
  package func moments(of values: [Double]) -> (means: [Double], variances: [Double]) {
    var means: [Double] = []
    let variances = [Double](unsafeUninitializedCapacity: nodes.count) { variances, variancesCount in
      means = [Double](unsafeUninitializedCapacity: nodes.count) { means, meansCount in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: nodes.count) { leafWeights in
          tree_leaf_moments(
            leaves, weights, values, leaves.count, nodes.count, leafWeights.baseAddress, means.baseAddress,
            variances.baseAddress)
        }
        meansCount = nodes.count
      }
      variancesCount = nodes.count
    }
    return (means, variances)
  }
}

extension tree_node {
  static var leaf: tree_node { tree_node(threshold: 0, categories: 0, feature: -1, left: -1) }
}
