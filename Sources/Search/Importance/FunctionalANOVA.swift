import CKernels

/// How much of a tree's variance over the whole space each feature and each pair of features explains.
///
/// Functional analysis of variance, computed exactly from the leaves (Hutter, Hoos and Leyton-Brown, "An
/// efficient approach for assessing hyperparameter importance", ICML 2014, Algorithm 2). Numbers are uniform
/// on [0, 1], categories equally likely.
///
/// Notation: leaf i is a box with volume Vᵢ and mean cᵢ; f₀ = ∑ Vᵢ cᵢ the mean of the tree. The marginal of a
/// set U of features at a point is the mean of the tree over all others; the share of U is the variance of
/// its marginal, less the shares of the subsets of U.
struct FunctionalANOVA {
  /// The variance of the tree over the space; 0 for a tree of one leaf.
  private(set) var variance = 0.0
  /// Variances, `[d]`.
  private(set) var single: [Double] = []
  private let mean: Double
  private let leaves: [Leaf]
  private let axes: [Axis]

  private struct Leaf {
    var mean: Double
    var volume = 1.0
    /// For each feature, the share of its range.
    var shares: [Double]
    /// For each feature, which of its cells: one stretch for a number, perhaps more for categories.
    var stretches: [[Range<Int>]] = []
  }

  /// The cells of one feature, between the thresholds of the tree, or one for each category.
  private struct Axis {
    var edges: [Double] = []
    var widths: [Double] = []
  }

  init(_ tree: RegressionTree, means: [Double], features: [TreeFeature]) {
    axes = Self.axes(of: tree, features)
    leaves = Self.leaves(of: tree, means: means, features, axes)
    mean = leaves.reduce(0) { $0 + $1.volume * $1.mean }
    let mean = mean
    variance = leaves.reduce(0) { $0 + $1.volume * ($1.mean - mean) * ($1.mean - mean) }
    single = features.indices.map { [leaves, axes] j in
      Self.singleVariance(of: j, leaves, axes[j], mean: mean)
    }
  }

  private static func axes(of tree: RegressionTree, _ features: [TreeFeature]) -> [Axis] {
    var thresholds = features.map { _ in [0.0, 1.0] }
    for node in tree.nodes where node.feature >= 0 && node.categories == 0 {
      thresholds[Int(node.feature)].append(unit(of: node.threshold, features[Int(node.feature)]))
    }
    return features.indices.map { j in
      if let count = features[j].categories {
        return Axis(widths: Array(repeating: 1 / Double(count), count: count))
      }
      let edges = Set(thresholds[j]).sorted()
      return Axis(edges: edges, widths: zip(edges, edges.dropFirst()).map { $1 - $0 })
    }
  }

  /// Where a threshold parts the feature's range. Of more categories than a set of them can hold (`TreeFeature`) the
  /// numbers are split, and each is one share of the range.
  private static func unit(of threshold: Double, _ feature: TreeFeature) -> Double {
    guard case .category(let count) = feature else { return min(max(threshold, 0), 1) }
    return min(max((threshold.rounded(.down) + 1) / Double(count), 0), 1)
  }

  private static func leaves(
    of tree: RegressionTree, means: [Double], _ features: [TreeFeature], _ axes: [Axis]
  ) -> [Leaf] {
    struct Open {
      var node: Int
      var ranges: [ClosedRange<Double>]
      var categories: [UInt64]
    }
    let places = axes.map { axis in
      Dictionary(uniqueKeysWithValues: axis.edges.enumerated().map { ($1, $0) })
    }
    let all = features.map { $0.categories.map { $0 == 64 ? UInt64.max : (1 << UInt64($0)) - 1 } ?? 0 }
    var open = [Open(node: 0, ranges: features.map { _ in 0...1 }, categories: all)]
    var leaves: [Leaf] = []
    while let next = open.popLast() {
      let node = tree.nodes[next.node]
      let (j, left) = (Int(node.feature), Int(node.left))
      guard j >= 0 else {
        var leaf = Leaf(mean: means[next.node], shares: [])
        for (k, axis) in axes.enumerated() {
          if features[k].categories != nil {
            leaf.shares.append(Double(next.categories[k].nonzeroBitCount) / Double(axis.widths.count))
            leaf.stretches.append(next.categories[k].stretches)
          } else {
            let range = next.ranges[k]
            leaf.shares.append(range.upperBound - range.lowerBound)
            leaf.stretches.append([(places[k][range.lowerBound] ?? 0)..<(places[k][range.upperBound] ?? 0)])
          }
        }
        leaf.volume = leaf.shares.reduce(1, *)
        if leaf.volume > 0 { leaves.append(leaf) }
        continue
      }
      var (below, above) = (next, next)
      (below.node, above.node) = (left, left + 1)
      if node.categories != 0 {
        below.categories[j] &= node.categories
        above.categories[j] &= ~node.categories
      } else {
        let (range, threshold) = (next.ranges[j], unit(of: node.threshold, features[j]))
        below.ranges[j] = range.lowerBound...max(min(range.upperBound, threshold), range.lowerBound)
        above.ranges[j] = min(max(range.lowerBound, threshold), range.upperBound)...range.upperBound
      }
      open += [above, below]
    }
    return leaves
  }

  private static func singleVariance(of j: Int, _ leaves: [Leaf], _ axis: Axis, mean: Double) -> Double {
    // Differences from one cell to the next, summed up afterwards: O(1) for each leaf.
    var steps = Array(repeating: 0.0, count: axis.widths.count + 1)
    for leaf in leaves {
      let part = leaf.mean * leaf.volume / leaf.shares[j]
      for stretch in leaf.stretches[j] {
        steps[stretch.lowerBound] += part
        steps[stretch.upperBound] -= part
      }
    }
    var (sum, variance) = (0.0, 0.0)
    for (cell, width) in axis.widths.enumerated() {
      sum += steps[cell]
      variance += width * (sum - mean) * (sum - mean)
    }
    return variance
  }

  /// The variance that features `j` and `k` explain together, beyond what each does alone. O(leaves +
  /// cells²).
  func pair(_ j: Int, _ k: Int) -> Double {
    let (rows, columns) = (axes[j].widths.count, axes[k].widths.count)
    let stride = columns + 1
    var steps = Array(repeating: 0.0, count: (rows + 1) * stride)
    for leaf in leaves {
      let part = leaf.mean * leaf.volume / (leaf.shares[j] * leaf.shares[k])
      for a in leaf.stretches[j] {
        for b in leaf.stretches[k] {
          steps[a.lowerBound * stride + b.lowerBound] += part
          steps[a.lowerBound * stride + b.upperBound] -= part
          steps[a.upperBound * stride + b.lowerBound] -= part
          steps[a.upperBound * stride + b.upperBound] += part
        }
      }
    }
    var joint = 0.0
    for row in 0..<rows {
      var sum = 0.0
      for column in 0..<columns {
        sum += steps[row * stride + column]
        // The marginal of this cell: the row above is already summed up.
        let marginal = sum + (row > 0 ? steps[(row - 1) * stride + column] : 0)
        steps[row * stride + column] = marginal
        joint += axes[j].widths[row] * axes[k].widths[column] * (marginal - mean) * (marginal - mean)
      }
    }
    return max(0, joint - single[j] - single[k])
  }
}

extension UInt64 {
  /// The stretches of bits that are set.
  fileprivate var stretches: [Range<Int>] {
    var found: [Range<Int>] = []
    for bit in 0..<64 where self >> UInt64(bit) & 1 == 1 {
      if let last = found.last, last.upperBound == bit {
        found[found.count - 1] = last.lowerBound..<bit + 1
      } else {
        found.append(bit..<bit + 1)
      }
    }
    return found
  }
}
