public import Randomness
import RealModule

/// Trust-region Bayesian optimization, TuRBO-1 (Eriksson et al., NeurIPS 2019, arXiv 1910.01739): a Gaussian
/// process of the measurements since the last restart, asked only within a box around their best that grows
/// with success and shrinks with failure; proposals by Thompson sampling.
///
/// - The box has sides in proportion to the length scales, of the geometric mean `TrustRegion.length`.
/// - Candidates differ from the best in at most about 20 coordinates at a time (section 2 of the supplement).
/// - Trials measured at several budgets count at the largest that has `initialTrials` measurements.
/// - Where limits were broken, a draw of each limit's process says which candidates keep them (Eriksson and Poloczek,
///   "Scalable constrained Bayesian optimization", AISTATS 2021); what keeps the limits is better than what does not.
/// - Failed trials count as if they had cost as much as the worst measured; to the rules of the box they are
///   nothing. Pending ones need little, because every draw is another function: they are not proposed again.
/// - What was proposed for an earlier region says nothing of the present one (`TrustRegion`).
public struct TurboSampler: Sampler {
  public var options: TurboOptions
  private var table: ObservationTable?
  private var region: TrustRegion?
  /// How many rows the region has seen.
  private var folded = 0

  public init(_ options: TurboOptions = TurboOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let kept = table.take()
    let isKept = kept?.isBeginning(of: evidence, in: space) ?? false
    let table = try ObservationTable.advanced(kept, to: evidence, in: space)
    self.table = table
    guard !table.hasSeveralBudgets else {
      // A change of the budget that counts changes every fold: made anew.
      let rows = evidence.rows(preferring: options.initialTrials)
      let region = rows.reduce(into: newRegion(in: space)) { $0.observe($1, of: evidence) }
      (self.region, folded) = (nil, 0)
      return try propose(trial, in: table, region, evidence, using: &random)
    }
    var region = isKept ? self.region ?? newRegion(in: space) : newRegion(in: space)
    for row in (isKept ? folded : 0)..<table.count { region.observe(row, of: evidence) }
    (self.region, folded) = (region, table.count)
    return try propose(trial, in: table, region, evidence, using: &random)
  }

  private func newRegion(in space: SearchSpace) -> TrustRegion {
    TrustRegion(dimension: space.dimension, initialTrials: options.initialTrials)
  }

  private func propose(
    _ trial: TrialID, in table: ObservationTable, _ region: TrustRegion, _ evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    guard region.hasRegion, let best = region.best else {
      return table.space.configuration(at: SobolSampler.opening(trial, in: table.space, using: &random))
    }
    try LinearAlgebra.load()
    let space = FeatureSpace(table.space)
    let recent = Array(region.members.suffix(options.maximumObservations))
    var points = PointSet(categorical: space.categorical, capacity: recent.count)
    for row in recent { points.append(space.features(ofRow: table.point(row))) }
    let targets = TargetTransform.targets(of: recent.map { table.costs[$0] })
    let prior = HyperparameterPrior(dimension: points.dimension)
    let hyperparameters = GaussianProcessHyperparameters.fitted(
      to: points, targets, prior: prior, from: prior.starts)
    let failed = evidence.outstanding().modelled.failed
    for (_, configuration) in failed {
      points.append(space.features(ofRow: try table.space.row(of: configuration)[...]))
    }
    var process = GaussianProcess(regularizing: hyperparameters, points: points)
    process.condition(on: targets + failed.map { _ in targets.max() ?? 0 })
    let limits = BrokenLimitSet(recent, of: table).map { limits in
      let known = points.subset(Array(recent.indices))
      var processes = LimitProcesses(
        limits, LimitProcesses.fitted(limits, to: known, recent, of: table), points: points)
      processes.condition(on: recent, of: table, failed: failed.count)
      return processes
    }
    let center = space.point(ofRow: table.point(best))
    let box = region.box(around: center, hyperparameters, in: space)
    let outstanding = Set(evidence.pending.values).union(evidence.failed.values)
    func isNew(_ point: [Double]) -> Bool {
      let configuration = table.space.configuration(at: point)
      return !evidence.hasMeasured(configuration) && !outstanding.contains(configuration)
    }
    let near = space.candidates(options.candidates, around: center, within: box, using: &random)
    var candidates = near.filter(isNew)
    // Where the region holds nothing new, as of a small space, the rest of the space may.
    for _ in 0..<64 where candidates.isEmpty {
      candidates = [space.snapped(table.space.randomPoint(using: &random))].filter(isNew)
    }
    if candidates.isEmpty { candidates = near }
    let features = candidates.map(space.features(of:))
    let choice = process.thompsonChoice(among: features, keeping: limits, using: &random)
    return table.space.configuration(at: candidates[choice])
  }
}

extension TrustRegion {
  fileprivate mutating func observe(_ row: Int, of evidence: Evidence) {
    let measurement = evidence.completed[row]
    observe(
      row: row, of: measurement.trial, cost: measurement.cost, violation: measurement.violation,
      before: evidence.firstTrial(after: row))
  }

  /// Sides in proportion to the length scales of the numbers, their geometric mean `length`.
  func box(
    around center: [Double], _ hyperparameters: GaussianProcessHyperparameters, in space: FeatureSpace
  ) -> SearchBox {
    var box = SearchBox(dimension: center.count)
    let numeric = center.indices.filter { space.isNumeric[$0] }
    let mean = numeric.reduce(0) { $0 + hyperparameters.logLengthScales[$1] } / Double(max(1, numeric.count))
    for j in numeric {
      let side = length * Double.exp(hyperparameters.logLengthScales[j] - mean)
      box.lower[j] = max(0, center[j] - side / 2)
      box.upper[j] = min(1, center[j] + side / 2)
    }
    return box
  }
}

extension FeatureSpace {
  /// Different points that share with `center` all but a random choice of about 20 coordinates, at least one.
  func candidates(
    _ count: Int, around center: [Double], within box: SearchBox, using random: inout CounterGenerator
  ) -> [[Double]] {
    let share = min(1, 20 / Double(dimension))
    var points: Set<[Double]> = []
    var ordered: [[Double]] = []
    for _ in 0..<count {
      var point = center
      let sure = Int(random.nextUniform() * Double(dimension))
      for j in point.indices {
        let (coin, place) = (random.nextUniform(), random.nextUniform())
        if coin < share || j == sure {
          point[j] = snapped(categorical[j] ? place : box.place(place, at: j), at: j)
        }
      }
      if points.insert(point).inserted { ordered.append(point) }
    }
    return ordered
  }
}

/// What may be chosen about a `TurboSampler`; the defaults serve.
public struct TurboOptions: SamplerOptions {
  /// How many trials begin each restart, at least 2.
  public var initialTrials: Int
  /// Among how many points the draw chooses, at least 2.
  public var candidates: Int
  /// Of more measurements since the restart than this, the newest count, at least 10.
  public var maximumObservations: Int

  public init(initialTrials: Int = 10, candidates: Int = 256, maximumObservations: Int = 200) {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.maximumObservations = maximumObservations
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.turbo
    try kind.check("initial trials", initialTrials, atLeast: 2, atMost: 1_000_000)
    try kind.check("candidates", candidates, atLeast: 2, atMost: 100_000)
    try kind.check("maximum observations", maximumObservations, atLeast: 10, atMost: 10_000)
  }

  public var heeds: Heeding { [.outcomes, .limits, .budgets, .pending] }

  public func makeSampler() -> any Sampler { TurboSampler(self) }
}

extension TurboSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension TurboSampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try TurboOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
