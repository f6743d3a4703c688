/// Which hyperparameters mattered in a study, as a random forest of its measurements has it.
///
/// Shares are of the variance of the targets over the whole space (`FunctionalANOVA`): what changing a
/// parameter does to the result, the others being anything. Targets are costs warped by half-ranks
/// (`TargetTransform`), so that one diverged trial does not make out all of the variance.
public struct Importance: Hashable, Codable, Sendable {
  /// What one hyperparameter explains, or two together beyond what each does alone.
  public struct Effect: Hashable, Codable, Sendable {
    /// One name or two.
    public var parameters: [String]
    /// Of the variance, from 0 to 1: the mean over the trees.
    public var share: Double
    /// Of the share, over the trees.
    public var deviation: Double
  }

  /// What shuffling one hyperparameter's values does to the predictions.
  public struct Shuffling: Hashable, Codable, Sendable {
    public var parameter: String
    /// Of the mean squared error, over the targets' variance; about 0 or below for what does not matter.
    public var increase: Double
  }

  /// The budget at which the measurements were made.
  public var budget: Int
  /// How many there were.
  public var measurements: Int
  /// The share of the variance that the forest explains of measurements which it has not seen. Near or below
  /// 0 nothing can be said of importance.
  public var explained: Double
  /// Single hyperparameters, in the space's order.
  public var single: [Effect]
  /// Pairs, the largest share first.
  public var pairs: [Effect]
  /// In the space's order.
  public var shufflings: [Shuffling]
  /// What single hyperparameters do to the costs, in the space's order, then the first few pairs; empty unless asked
  /// for.
  public var dependences: [PartialDependence] = []

  /// How many pairs' dependence is worked out.
  static let pairsShown = 3
  /// Least number of measurements that anything is said about.
  public static let fewest = 20
}

extension Importance {
  /// What the measurements of a study say, at the largest budget with at least `fewest` of them; nil where
  /// there is no such budget or all costs are equal.
  ///
  /// Of more than `most` measurements the best and an even selection of the others are looked at.
  /// Deterministic.
  public static func of(
    _ history: History, trees: Int = 16, most: Int = 1_000, dependences: Bool = false
  ) -> Importance? {
    var costs: [Int: [(configuration: Configuration, cost: Double)]] = [:]
    for trial in history.trials {
      for segment in trial.segments {
        guard let cost = segment.cost, cost.isFinite else { continue }
        costs[segment.job.target, default: []].append((segment.job.configuration, cost))
      }
    }
    guard let budget = costs.filter({ $0.value.count >= fewest }).keys.max(), let all = costs[budget] else {
      return nil
    }
    return of(
      all.map(\.configuration), costs: all.map(\.cost), in: history.space, budget: budget, trees: trees,
      most: most, dependences: dependences)
  }

  /// What measurements of configurations say, all at one budget; nil where all costs are equal, or no
  /// configuration is of the space.
  static func of(
    _ configurations: [Configuration], costs: [Double], in space: SearchSpace, budget: Int, trees: Int,
    most: Int, dependences: Bool = false
  ) -> Importance? {
    var table = FeatureTable(features(of: space))
    var known: [Double] = []
    for i in Representatives.places(of: costs, count: most) {
      // A configuration that PBT has moved beyond the space has no place in it.
      guard
        case .success(let point) = Result(catching: { () throws(SearchError) in
          try space.point(of: configurations[i])
        })
      else { continue }
      table.append(row(of: point, table.features))
      known.append(costs[i])
    }
    let targets = TargetTransform.targets(of: known)
    let forest = RandomForest(
      table, targets: targets, trees: trees,
      options: TreeOptions(minimumSplit: 6, minimumLeaf: 2, threshold: .midpoint), seed: 0)
    guard let explained = forest.explainedVariance else { return nil }
    var importance = Importance(
      budget: budget, measurements: known.count, explained: explained, single: [], pairs: [], shufflings: [])
    importance.addEffects(of: forest, names: space.parameters.map(\.name))
    let increases = PermutationImportance.increases(of: forest, repeats: 3, seed: 0)
    importance.shufflings = zip(space.parameters, increases).map {
      Shuffling(parameter: $0.name, increase: $1)
    }
    if dependences { importance.addDependences(of: forest, costs: known, in: space) }
    return importance
  }

  private mutating func addEffects(of forest: RandomForest, names: [String]) {
    let analyses = forest.trees.map {
      FunctionalANOVA($0, means: $0.moments(of: forest.targets).means, features: forest.table.features)
    }.filter { $0.variance > 0 }
    single = names.indices.map { j in
      Effect([names[j]], shares: analyses.map { $0.single[j] / $0.variance })
    }
    for j in names.indices {
      for k in names.indices.dropFirst(j + 1) {
        pairs.append(
          Effect([names[j], names[k]], shares: analyses.map { $0.pair(j, k) / $0.variance }))
      }
    }
    pairs.sort { $0.share > $1.share }
  }

  private mutating func addDependences(of forest: RandomForest, costs: [Double], in space: SearchSpace) {
    let names = space.parameters.map(\.name)
    let chosen =
      names.indices.map { [$0] }
      + pairs.map { pair in pair.parameters.compactMap(names.firstIndex) }
      .filter { pair in pair.allSatisfy { space.parameters[$0].domain.hasFewChoices } }
      .prefix(Self.pairsShown)
    dependences = chosen.map { forest.dependence(on: $0, in: space, costs: costs) }
  }

  private static func features(of space: SearchSpace) -> [TreeFeature] {
    space.parameters.map { parameter in
      guard parameter.domain.isCategorical, let count = parameter.domain.count else { return .number }
      return .category(count: count)
    }
  }

  /// An inactive parameter is in the middle of its range, where `SearchSpace.point(of:)` puts it.
  private static func row(of point: [Double], _ features: [TreeFeature]) -> [Double] {
    zip(point, features).map { unit, feature in feature.value(at: unit) }
  }
}

extension Importance.Effect {
  fileprivate init(_ parameters: [String], shares: [Double]) {
    let count = Double(max(shares.count, 1))
    let mean = shares.reduce(0, +) / count
    self.init(
      parameters: parameters, share: mean,
      deviation: (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
  }
}
