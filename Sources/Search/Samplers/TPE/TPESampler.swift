public import Randomness
import RealModule

/// Tree-structured Parzen estimator: of some draws from the density of the good configurations, the one that
/// is least likely among the bad ones.
///
/// Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", NIPS 2011, in the
/// multivariate form of Falkner, Klein and Hutter, "BOHB", ICML 2018. Which of its parts matter: Watanabe,
/// "Tree-structured Parzen estimator", 2023, arXiv 2304.11127.
///
/// - Replicates of a configuration count once, by their mean.
/// - Good are the best ⌈γn⌉ of n measurements, at most `maximumGood` and at least `least`; bad are the others, the failed trials,
///   and those at work (a constant liar). Violated constraints come after all others.
/// - Beginning: the first `initialTrials` trials are points of a scrambled Sobol sequence, and so are more
///   until some budget has `initialTrials` measurements. The largest such budget is learned from.
/// - A user's prior of the optimum weighs the ratio of the densities as it weighs an improvement (`OptimumPrior`);
///   half of the beginning, and of the draws, are from it.
/// - Conditional spaces go down their tree (`ParameterGroup`); each group's good and bad are the best and the
///   others of the trials in which it is active.
/// - Of many bad ones every second, fourth, ... measurement stands for its neighbours in the order of
///   reports, so that a proposal costs no more after 20,000 measurements than after 1,000.
public struct TPESampler: Sampler {
  public var options: TPEOptions
  private var ranked: RankedMeasurements?
  private var space: TPESpace?

  public init(_ options: TPEOptions = TPEOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    if self.space?.features.space != space {
      try space.validate()
      self.space = TPESpace(space)
    }
    try options.validate()
    let kept = ranked.take()
    let ranked = try RankedMeasurements.advanced(kept, to: evidence, in: space)
    self.ranked = ranked
    guard let budget = evidence.budget(atLeast: options.measurements(in: space)),
      let parts = self.space
    else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    let outstanding = try OutstandingTrials(evidence, unmeasuredAt: budget, in: ranked)
    let step = TPEStep(
      space: parts, options: options, ranked: ranked, budget: budget,
      reported: evidence.firstRows(at: budget),
      outstanding: outstanding, prior: OptimumPrior(of: space, given: evidence))
    return space.configuration(at: step.proposal(using: &random))
  }
}

/// A space as `TPESampler` sees it.
struct TPESpace: Sendable {
  let features: FeatureSpace
  let groups: [ParameterGroup]

  init(_ space: SearchSpace) {
    features = FeatureSpace(space)
    groups = ParameterGroup.groups(of: space)
  }
}

/// One proposal.
private struct TPEStep {
  let space: TPESpace
  let options: TPEOptions
  let ranked: RankedMeasurements
  let budget: Int
  /// Rows of `ranked` at the budget, in the order of reports.
  let reported: [Int]
  let outstanding: OutstandingTrials
  let prior: OptimumPrior?

  /// Fewer measurements of a group say nothing of it.
  private static let leastMeasurements = 4

  /// The snapped point of the cube to try next.
  func proposal(using random: inout CounterGenerator) -> [Double] {
    var point = Array(repeating: 0.5, count: space.features.dimension)
    for group in space.groups where space.features.isActive(at: point)[group.members[0]] {
      let candidates = candidates(for: group, using: &random)
      let completed = candidates.map { part in
        var whole = point
        for (j, unit) in zip(group.members, part) { whole[j] = space.features.snapped(unit, at: j) }
        return whole
      }
      // Best first: the first new one, or else the best. A point whose later groups are not settled is new.
      let new = completed.first { !outstanding.isKnown($0, of: space.features, in: ranked) }
      point = new ?? completed[0]
    }
    // Where all that the densities draw is known, as in a small space, chance may find what is not.
    for _ in 0..<20 where outstanding.isKnown(point, of: space.features, in: ranked) {
      point = space.features.snapped(space.features.space.randomPoint(using: &random))
    }
    return point
  }

  /// Draws for one group's members, best first.
  private func candidates(
    for group: ParameterGroup, using random: inout CounterGenerator
  ) -> [[Double]] {
    guard let ratio = ratio(for: group) else {
      return (0..<options.candidates).map { _ in
        group.members.map { prior?.unit(at: $0, using: &random) ?? random.nextUniform() }
      }
    }
    let parts = (0..<options.candidates).map { candidate in
      zip(group.members, ratio.good.draw(using: &random)).map { member, drawn in
        // Every second candidate is the user's guess where there is one, or it may lie where nobody draws.
        let guess = candidate % 2 == 1 ? prior?.unit(at: member, using: &random) : nil
        return space.features.snapped(guess ?? drawn, at: member)
      }
    }
    var ratios = ratio.logRatios(at: parts.flatMap { $0 })
    if let prior {
      for (k, part) in parts.enumerated() {
        ratios[k] += zip(group.members, part).reduce(0) { $0 + prior.logWeight(of: $1.1, at: $1.0) }
      }
    }
    // Sorted in a stable way, so that equal ones stay in the order of their draws.
    return parts.indices.sorted { (ratios[$0], $1) > (ratios[$1], $0) }.map { parts[$0] }
  }

  private func ratio(for group: ParameterGroup) -> DensityRatio? {
    func isActive(_ row: Int) -> Bool { !ranked.table.point(row)[offset: group.members[0]].isNaN }
    let isRoot = group.members[0] == 0
    let rows = isRoot ? ranked.best(at: budget) : ranked.best(at: budget).filter(isActive)
    let coordinates = group.members.count
    guard rows.count >= max(Self.leastMeasurements, options.least.count(coordinates)) else { return nil }
    let good = rows.prefix(options.goodCount(of: rows.count, coordinates: coordinates))
    let goodAlone = good.prefix(options.goodAloneCount(of: rows.count, coordinates: coordinates))
    var (goodParts, badParts, weights): ([Double], [Double], [Double]) = ([], [], [])
    for row in good { group.appendPart(of: ranked.table.point(row), to: &goodParts) }
    let reported = isRoot ? self.reported : self.reported.filter(isActive)
    var stride = 1
    while reported.count / stride > options.maximumBad { stride *= 2 }
    for place in Swift.stride(from: 0, to: reported.count, by: stride) {
      let row = reported[place]
      if goodAlone.contains(row) { continue }
      group.appendPart(of: ranked.table.point(row), to: &badParts)
      weights.append(Double(stride))
    }
    for row in outstanding.rows where !row[group.members[0]].isNaN {
      group.appendPart(of: row[...], to: &badParts)
      weights.append(1)
    }
    return DensityRatio(group.coordinates, good: goodParts, bad: badParts, weights: weights)
  }
}

extension ArraySlice {
  fileprivate subscript(offset offset: Int) -> Element { self[startIndex + offset] }
}

extension TPESampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension TPESampler: Codable {
  /// The options alone: what is kept follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try TPEOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
