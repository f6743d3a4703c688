/// An earlier study of another data set or model, from which a new one may learn.
public struct PriorStudy: Hashable, Codable, Sendable {
  public var name: String
  public var space: SearchSpace
  public var configurations: [Configuration]
  /// Of the configurations, in their order: finite, lower is better, all at one budget.
  public var costs: [Double]
  /// Of its data set; nil where nothing is known of it.
  public var metaFeatures: MetaFeatures?

  public init(
    name: String, space: SearchSpace, configurations: [Configuration], costs: [Double],
    metaFeatures: MetaFeatures? = nil
  ) {
    self.name = name
    self.space = space
    self.configurations = configurations
    self.costs = costs
    self.metaFeatures = metaFeatures
  }

  /// What a study measured at the largest budget with at least `fewest` measurements; nil if there is none.
  public init?(_ history: History, metaFeatures: MetaFeatures? = nil, fewest: Int = 3) {
    var measured: [Int: [(configuration: Configuration, cost: Double)]] = [:]
    for segment in history.trials.lazy.flatMap(\.segments) {
      guard let cost = segment.cost, cost.isFinite else { continue }
      measured[segment.job.target, default: []].append((segment.job.configuration, cost))
    }
    guard let budget = measured.filter({ $0.value.count >= fewest }).keys.max(), let all = measured[budget]
    else {
      return nil
    }
    self.init(
      name: history.study, space: history.space, configurations: all.map(\.configuration),
      costs: all.map(\.cost),
      metaFeatures: metaFeatures)
  }

  /// - Throws: `SearchError` for a wrong space, or costs that are not finite or not one for each
  ///   configuration.
  public func validate() throws(SearchError) {
    try space.validate()
    guard costs.count == configurations.count, costs.allSatisfy(\.isFinite) else {
      throw SearchError(
        subject: "prior study \(name)",
        expected: "one finite cost for each of \(configurations.count) configurations",
        found: "\(costs.count(where: \.isFinite)) of \(costs.count)",
        remedy: "Leave out failed trials, and give every other one its cost.")
    }
  }

  /// Where a configuration of this study lies in another space, `[dimension]`: parameters are matched by
  /// name; one without a value, or with a value that the other space does not have, lies in the middle.
  func point(of configuration: Configuration, in other: SearchSpace) -> [Double] {
    other.parameters.map { parameter in
      configuration[parameter.name].flatMap { parameter.domain.unit(of: $0) } ?? 0.5
    }
  }

  /// The places of the best `count` configurations, the best first, equal costs in their order.
  func best(_ count: Int) -> [Int] {
    Array(costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }.prefix(count))
  }
}
