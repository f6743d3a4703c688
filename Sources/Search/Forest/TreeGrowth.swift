import CKernels
import Randomness

/// Grows one leaf of a tree, as far as its rows can be told apart.
///
/// Each split is the one that lowers the squared error most (CART: Breiman, Friedman, Olshen and Stone, 1984)
/// among a random part of the features (Breiman, "Random forests", Machine Learning 45, 2001). Categories are
/// ordered by their mean target: the best of all their partitions cuts that order (Fisher, "On grouping for
/// maximum homogeneity", 1958). Columns come in order and are parted in order, so that a level costs O(n d).
struct TreeGrowth {
  private let table: FeatureTable
  private let options: TreeOptions
  private var random: CounterGenerator
  /// The rows of the leaf, once for each feature in its order, `[d, n]`.
  private var orders: [[Int32]]
  private var sides: [UInt8]
  private var spare: [Int32]

  private struct Segment {
    var node: Int
    var rows: Range<Int>
  }

  private struct Split {
    var gain: Double
    var feature: Int
    /// The values on both sides of a cut.
    var lower = 0.0
    var upper = 0.0
    var categories: UInt64 = 0
  }

  /// - Parameters:
  ///   - orders: for each feature, the rows to tell apart, of weight above 0, in the feature's order.
  init(_ table: FeatureTable, orders: [[Int32]], options: TreeOptions, random: CounterGenerator) {
    self.table = table
    self.orders = orders
    self.options = options
    self.random = random
    sides = Array(repeating: 0, count: table.count)
    spare = Array(repeating: 0, count: orders.first?.count ?? 0)
  }

  /// Splits `leaf`, and puts the rows into the leaves below.
  mutating func grow(_ tree: inout RegressionTree, from leaf: Int32 = 0) {
    var open = [Segment(node: Int(leaf), rows: 0..<spare.count)]
    while let segment = open.popLast() {
      guard let split = split(segment, of: tree) else {
        settle(segment, in: &tree)
        continue
      }
      let left = tree.nodes.count
      let node = tree_node(
        threshold: split.categories == 0 ? threshold(of: split) : -1, categories: split.categories,
        feature: Int32(split.feature), left: Int32(left))
      tree.nodes[segment.node] = node
      for _ in 0..<2 {
        tree.nodes.append(.leaf)
        tree.firsts.append(-1)
      }
      let middle = segment.rows.lowerBound + part(segment.rows, by: node)
      open.append(Segment(node: left + 1, rows: middle..<segment.rows.upperBound))
      open.append(Segment(node: left, rows: segment.rows.lowerBound..<middle))
    }
  }

  private func settle(_ segment: Segment, in tree: inout RegressionTree) {
    var next: Int32 = -1
    for row in orders[0][segment.rows] {
      tree.leaves[Int(row)] = Int32(segment.node)
      tree.nexts[Int(row)] = next
      next = row
    }
    tree.firsts[segment.node] = next
  }

  /// The best split of a segment; nil where it stays a leaf.
  private mutating func split(_ segment: Segment, of tree: RegressionTree) -> Split? {
    guard segment.rows.count > 1 else { return nil }
    var (weight, sum, square) = (0.0, 0.0, 0.0)
    for row in orders[0][segment.rows] {
      let (w, y) = (Double(tree.weights[Int(row)]), tree.targets[Int(row)])
      weight += w
      sum += w * y
      square += w * y * y
    }
    // Rows with equal targets have nothing to tell apart; rounding leaves this much of their squares.
    let error = square - sum * sum / weight
    guard weight >= Double(options.minimumSplit), error > 1e-14 * square else { return nil }
    var best: Split?
    var wanted = max(1, Int((options.featureShare * Double(table.dimension)).rounded(.up)))
    for j in shuffledFeatures() where wanted > 0 {
      // A feature that is the same everywhere is no choice, and does not count as one.
      guard let split = bestSplit(by: j, segment.rows, of: tree, weight: weight, sum: sum) else { continue }
      wanted -= 1
      if split.gain > best?.gain ?? -1 { best = split }
    }
    return best
  }

  /// All features in a random order; as they are where every one is looked at anyway.
  private mutating func shuffledFeatures() -> [Int] {
    var features = Array(0..<table.dimension)
    guard options.featureShare < 1 else { return features }
    var draw: UInt64 = 0
    for i in 0..<features.count - 1 {
      // Six digits of one number to the bases d, d - 1, ...: fair to 1 in 16 for a thousand features, and far
      // better for fewer.
      if i % 6 == 0 { draw = random.next() }
      let (rest, place) = draw.quotientAndRemainder(dividingBy: UInt64(features.count - i))
      draw = rest
      features.swapAt(i, i + Int(place))
    }
    return features
  }

  private func bestSplit(
    by j: Int, _ rows: Range<Int>, of tree: RegressionTree, weight: Double, sum: Double
  ) -> Split? {
    if let count = table.features[j].categories {
      return bestPartition(by: j, count, rows, of: tree, weight: weight, sum: sum)
    }
    let (order, stride, minimum) = (orders[j], table.stride, Double(options.minimumLeaf))
    var place = 0
    var (lower, upper) = (0.0, 0.0)
    let gain = order.withUnsafeBufferPointer { order in
      table.values.withUnsafeBufferPointer { values in
        let (first, column) = (order.baseAddress! + rows.lowerBound, values.baseAddress! + j * stride)
        let gain = tree_best_cut(
          first, rows.count, column, tree.weights, tree.targets, weight, sum, minimum, &place)
        if gain >= 0 { (lower, upper) = (column[Int(first[place - 1])], column[Int(first[place])]) }
        return gain
      }
    }
    guard gain >= 0 else { return nil }
    return Split(gain: gain, feature: j, lower: lower, upper: upper)
  }

  private mutating func threshold(of split: Split) -> Double {
    let (lower, upper) = (split.lower, split.upper)
    guard lower >= 0 else { return lower }
    switch options.threshold {
    case .midpoint:
      let middle = lower / 2 + upper / 2
      return middle < upper ? middle : lower
    case .drawn:
      let drawn = lower + random.nextUniform() * (upper - lower)
      return drawn < upper ? drawn : lower
    }
  }

  private func bestPartition(
    by j: Int, _ count: Int, _ rows: Range<Int>, of tree: RegressionTree, weight: Double, sum: Double
  ) -> Split? {
    var categories: UInt64 = 0
    let gain = orders[j].withUnsafeBufferPointer { order in
      table.values.withUnsafeBufferPointer { values in
        tree_best_partition(
          order.baseAddress! + rows.lowerBound, rows.count, values.baseAddress! + j * table.stride, count,
          tree.weights, tree.targets, weight, sum, Double(options.minimumLeaf), &categories)
      }
    }
    guard gain >= 0 else { return nil }
    return Split(gain: gain, feature: j, categories: categories)
  }

  /// Parts every feature's order, and returns how many rows go left.
  private mutating func part(_ rows: Range<Int>, by node: tree_node) -> Int {
    var node = node
    table.values.withUnsafeBufferPointer { values in
      orders[0].withUnsafeBufferPointer { order in
        tree_mark_sides(
          order.baseAddress! + rows.lowerBound, rows.count,
          values.baseAddress! + Int(node.feature) * table.stride, &node, &sides)
      }
    }
    for j in orders.indices {
      orders[j].withUnsafeMutableBufferPointer {
        tree_part($0.baseAddress! + rows.lowerBound, rows.count, sides, &spare)
      }
    }
    return orders[0][rows].count { sides[Int($0)] == 1 }
  }
}
