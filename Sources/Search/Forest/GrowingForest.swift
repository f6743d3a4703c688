import CKernels
import Randomness
import RealModule

/// A random forest that follows a growing list of measurements, one cheap step at a time.
///
/// Notation: n measurements, T trees. Every tree sees its own bootstrap sample: a measurement counts k times
/// in it, k from a Poisson distribution with mean 1, which is what a bootstrap comes to as n grows and needs
/// no n (Oza and Russell, "Online bagging and boosting", AISTATS 2001). A new measurement goes to its leaf of
/// every tree, which may split; and in turn one tree is made anew, so that none of ten is older than about
/// a fortieth of what was measured.
///
/// The forest is a function of the seed and the measurements: when a tree was last made anew follows from n
/// alone, and a tree that is caught up takes the measurements since then one by one.
struct GrowingForest: Sendable {
  /// Of more measurements than this, a tree counts so many on average: different ones than the other trees,
  /// and enough to say where it is worth looking.
  private static let mostRows = 5_000

  let seed: UInt64
  let options: TreeOptions
  private(set) var table: FeatureTable
  private(set) var costs: [Double] = []
  /// What the costs are to be predicted as, `[n]`, by the scale of the last moment when a tree was made anew.
  private(set) var targets: [Double] = []
  private(set) var scale = TargetScale(of: [])
  private var scaleCount = 0
  private(set) var trees: [GrownTree]

  struct GrownTree: Sendable {
    var tree = RegressionTree()
    var scale = TargetScale(of: [])
    /// How many measurements there were when the tree was made anew, and how many it has.
    var beginning = 0
    var count = 0
  }

  init(_ features: [TreeFeature], trees: Int, options: TreeOptions, seed: UInt64) {
    self.seed = seed
    self.options = options
    table = FeatureTable(features)
    self.trees = Array(repeating: GrownTree(), count: trees)
  }

  var count: Int { costs.count }

  /// Adds measurements: features `[k, d]` by row, and costs `[k]`.
  mutating func append(_ rows: [Double], costs: [Double]) {
    table.append(rows)
    self.costs += costs
    let beginnings = Self.beginnings(upTo: count, trees: trees.count)
    if let newest = beginnings.max(), newest != scaleCount {
      (scale, scaleCount) = (TargetScale(of: self.costs[..<newest]), newest)
      targets = []
    }
    for cost in self.costs[targets.count...] { targets.append(scale.target(of: cost)) }
    for t in trees.indices {
      if trees[t].beginning != beginnings[t] { renew(t, at: beginnings[t]) }
      for row in trees[t].count..<count { insert(row, into: t) }
    }
  }

  /// When each of the trees was last made anew: all at every measurement up to 24, then one at a time, at
  /// every measurement up to 400 and after every 1/400 more.
  static func beginnings(upTo count: Int, trees: Int) -> [Int] {
    var beginnings = Array(repeating: min(count, 24), count: trees)
    var (moment, turn) = (25, 0)
    while moment <= count {
      beginnings[turn] = moment
      turn = (turn + 1) % trees
      moment += max(1, moment / 400)
    }
    return beginnings
  }

  private mutating func renew(_ t: Int, at beginning: Int) {
    var tree = RegressionTree()
    let isNewest = beginning == scaleCount
    let scale = isNewest ? scale : TargetScale(of: costs[..<beginning])
    var random = weights(of: t)
    // A little more than it has, for those that come before it is made anew.
    tree.reserveRows(beginning + beginning / 32)
    for (row, draw) in random.nextUniforms(beginning).enumerated() {
      tree.addRow(
        weight: Self.weight(draw, since: beginning),
        target: isNewest ? targets[row] : scale.target(of: costs[row]))
    }
    let orders = table.orders.map { $0.filter { $0 < beginning && tree.weights[Int($0)] > 0 } }
    if orders.first?.isEmpty == false {
      var growth = TreeGrowth(table, orders: orders, options: options, random: stream(t, at: beginning))
      growth.grow(&tree)
    }
    trees[t] = GrownTree(tree: tree, scale: scale, beginning: beginning, count: beginning)
  }

  private mutating func insert(_ row: Int, into t: Int) {
    var random = weights(of: t)
    random.position = UInt64(row)
    let weight = Self.weight(random.nextUniform(), since: trees[t].beginning)
    trees[t].tree.addRow(weight: weight, target: trees[t].scale.target(of: costs[row]))
    trees[t].count += 1
    if weight > 0 {
      trees[t].tree.place(row..<row + 1, of: table, options: options, random: stream(t, at: row))
    }
  }

  /// One draw for each measurement.
  private func weights(of t: Int) -> CounterGenerator {
    CounterGenerator(seed: seed, purpose: .surrogate, index: 2 * t)
  }

  /// How often a tree made anew at `beginning` counts a measurement: Poisson, at most 6.
  private static func weight(_ draw: Double, since beginning: Int) -> UInt8 {
    let mean = min(1, Double(mostRows) / Double(max(beginning, 1)))
    var term = Double.exp(-mean)
    var (sum, count) = (term, 0)
    while draw >= sum, count < 6 {
      count += 1
      term *= mean / Double(count)
      sum += term
    }
    return UInt8(count)
  }

  private func stream(_ t: Int, at moment: Int) -> CounterGenerator {
    CounterGenerator(seed: seed, purpose: .surrogate, index: 2 * t + 1, position: UInt64(moment) << 24)
  }
}

extension GrowingForest {
  /// The forest with further rows for the moment, `[k, d]` by row, that every tree counts once and whose
  /// targets are given.
  func supposing(_ rows: [Double], targets: [Double]) -> GrowingForest {
    var forest = self
    let added = count..<count + targets.count
    forest.table.append(rows)
    forest.targets += targets
    for t in trees.indices {
      for target in targets { forest.trees[t].tree.addRow(weight: 1, target: target) }
      forest.trees[t].tree.place(added, of: forest.table, options: options, random: stream(t, at: count))
    }
    return forest
  }

  /// What the trees predict.
  var prediction: ForestPrediction {
    ForestPrediction(trees.map { $0.tree }, targets: targets, dimension: table.dimension)
  }
}

extension RegressionTree {
  /// Puts rows that have no leaf yet into theirs, and splits those leaves as far as they split.
  mutating func place(
    _ added: Range<Int>, of table: FeatureTable, options: TreeOptions, random: CounterGenerator
  ) {
    var touched: Set<Int32> = []
    for row in added {
      let leaf = leaf(of: table[row])
      touched.insert(leaf)
      leaves[row] = leaf
      nexts[row] = firsts[Int(leaf)]
      firsts[Int(leaf)] = Int32(row)
    }
    var random = random
    for leaf in touched.sorted() {
      let rows = rows(of: leaf)
      let orders = table.features.indices.map { table.sorted(rows, by: $0) }
      var growth = TreeGrowth(table, orders: orders, options: options, random: random)
      growth.grow(&self, from: leaf)
      random.position += 1 << 12
    }
  }
}

extension FeatureTable {
  /// Rows by ascending value of feature `j`, equal values by row.
  fileprivate func sorted(_ rows: [Int32], by j: Int) -> [Int32] {
    guard features[j].categories == nil else { return rows }
    return rows.sorted {
      let (a, b) = (values[j * stride + Int($0)], values[j * stride + Int($1)])
      return (a, $0) < (b, $1)
    }
  }
}

/// The mean and the variance that a forest predicts.
///
/// Notation: μₜ, σₜ² the mean and the variance of the targets in the leaf of tree t. The forest's mean is
/// that of μₜ; its variance, by the law of total variance, the mean of σₜ² plus the variance of μₜ (Hutter,
/// Xu, Hoos and Leyton-Brown, "Algorithm runtime prediction: methods and evaluation", Artificial Intelligence
/// 206, 2014).
package struct ForestPrediction: Sendable {
  package let dimension: Int
  private let trees: [RegressionTree]
  private let moments: [(means: [Double], variances: [Double])]

  package init(_ trees: [RegressionTree], targets: [Double], dimension: Int) {
    self.dimension = dimension
    self.trees = trees
    moments = trees.map { $0.moments(of: targets) }
  }

  /// At queries `[k, d]` by row.
  package func evaluate(_ queries: [Double]) -> (means: [Double], variances: [Double]) {
    moments(queries.count / max(dimension, 1)) { tree, moments, sums in
      tree_add_moments(tree.nodes, moments.means, moments.variances, queries, dimension, &sums)
    }
  }

  /// The same, faster, for queries each of which differs in one feature at most, of the number that
  /// `features` says, from one of `bases`, `[b, d]` by row: from the first those up to `ends[0]`, and so on.
  func evaluate(
    _ queries: [Double], near bases: [Double], ends: [Int], differingAt features: [Int32]
  ) -> (means: [Double], variances: [Double]) {
    var leaves = Array(repeating: Int32(0), count: features.count)
    return moments(features.count) { tree, moments, sums in
      tree_add_neighbour_moments(
        tree.nodes, moments.means, moments.variances, bases, ends, ends.count, queries, features, dimension,
        &leaves, &sums)
    }
  }

  private func moments(
    _ count: Int,
    adding add: (RegressionTree, (means: [Double], variances: [Double]), inout tree_sums) -> Void
  ) -> (means: [Double], variances: [Double]) {
    var sums = Array(repeating: 0.0, count: count)
    var (squares, variances) = (sums, sums)
    sums.withUnsafeMutableBufferPointer { sums in
      squares.withUnsafeMutableBufferPointer { squares in
        variances.withUnsafeMutableBufferPointer { variances in
          var all = tree_sums(
            count: count, means: sums.baseAddress, squares: squares.baseAddress,
            variances: variances.baseAddress)
          for (tree, moments) in zip(trees, moments) { add(tree, moments, &all) }
        }
      }
    }
    let share = 1 / Double(trees.count)
    for i in 0..<count {
      sums[i] *= share
      variances[i] = max(0, (variances[i] + squares[i]) * share - sums[i] * sums[i])
    }
    return (sums, variances)
  }
}
