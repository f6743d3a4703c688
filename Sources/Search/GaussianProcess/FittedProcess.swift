import Randomness
import RealModule

/// A Gaussian process fitted to measurements, ready to grow by the next ones.
///
/// It is a function of the measurements: hyperparameters and the first factorization are those of the
/// measurements up to the last refit, and the later ones are appended one by one. Advancing a kept process by
/// one measurement or making a new one from all of them is the same arithmetic.
struct FittedProcess {
  private(set) var data: SurrogateData
  private let options: GaussianProcessOptions
  /// How many of the data's rows there were at the last refit.
  private let fittedCount: Int
  /// Places among the data's rows of the process's points.
  private var places: [Int]
  /// How many of the data's rows have been taken or left out.
  private var taken: Int
  private var process: GaussianProcess
  /// Of the noise of means, and how costs became targets, at the last refit.
  private let noise: ReplicateNoise
  private let scale: TargetScale
  /// Of the same points; nil while no limit was broken.
  private var limits: LimitProcesses?
  /// Places among the process's points of those that keep the limits; nil where no limit was broken. Of the newest
  /// comparison.
  private(set) var kept: [Int]?
  private let warping: InputWarping

  /// How many measurements the hyperparameters are fitted to: enough to find them, and few enough for O(n³)
  /// times the steps of the search.
  private static let fitSize = 200

  /// The process for `table`, from `kept` where that is a beginning of it.
  static func advanced(
    _ kept: consuming FittedProcess?, to table: ObservationTable, given evidence: Evidence,
    options: GaussianProcessOptions
  ) -> FittedProcess {
    if var kept, kept.options == options, kept.data.isBeginning(of: table, given: evidence) {
      let wasReadAgain = kept.data.extend(to: table)
      if !wasReadAgain, kept.fittedCount == lastRefit(upTo: kept.data.rows.count),
        kept.limits?.limits == BrokenLimitSet(kept.data.rows, of: table)
      {
        kept.takeNewRows()
        return kept
      }
      return FittedProcess(kept.data, options)
    }
    return FittedProcess(SurrogateData(table, given: evidence), options)
  }

  /// At every count up to 20, and then whenever there is a tenth more.
  static func lastRefit(upTo count: Int) -> Int {
    var refit = min(count, 20)
    while refit + max(1, refit / 10) <= count { refit += max(1, refit / 10) }
    return refit
  }

  private init(_ data: SurrogateData, _ options: GaussianProcessOptions) {
    self.data = data
    self.options = options
    fittedCount = Self.lastRefit(upTo: data.rows.count)
    let costs = data.rows.prefix(fittedCount).map { data.table.means[$0] }
    places = Representatives.places(of: costs, count: options.maximumObservations)
    var points = PointSet(categorical: data.categorical, capacity: places.count)
    for place in places { points.append(data.features(ofRow: data.rows[place])) }
    let targets = TargetTransform.targets(of: places.map { costs[$0] })
    let noise = ReplicateNoise(data.rows.prefix(fittedCount), of: data.table)
    let scale = TargetScale(of: places.map { costs[$0] }, as: targets)
    (self.noise, self.scale) = (noise, scale)
    let noises = places.map { noise.targetVariance(ofRow: data.rows[$0], of: data.table, by: scale) }
    let sample = Representatives.places(of: targets, count: Self.fitSize)
    let prior = HyperparameterPrior(dimension: points.dimension, trend: data.trendFrame)
    let (fitPoints, fitTargets) = (points.subset(sample), sample.map { targets[$0] })
    let fitNoises = sample.map { noises[$0] }
    var hyperparameters = GaussianProcessHyperparameters.fitted(
      to: fitPoints, fitTargets, noises: fitNoises, prior: prior, from: prior.starts)
    var warping = InputWarping(dimension: data.space.dimension)
    if options.inputWarping {
      warping = InputWarping.fitted(
        to: fitPoints, fitTargets, noises: fitNoises, at: hyperparameters, dimension: data.space.dimension)
      hyperparameters = GaussianProcessHyperparameters.fitted(
        to: warping.warped(fitPoints), fitTargets, noises: fitNoises, prior: prior,
        from: [hyperparameters.vector])
    }
    self.warping = warping
    process = GaussianProcess(
      regularizing: hyperparameters, points: warping.warped(points), noises: noises)
    limits = BrokenLimitSet(data.rows, of: data.table).map { [warping, places] limits in
      let rows = sample.map { data.rows[places[$0]] }
      let fitted = LimitProcesses.fitted(limits, to: warping.warped(fitPoints), rows, of: data.table)
      return LimitProcesses(limits, fitted, points: warping.warped(points))
    }
    taken = fittedCount
    takeNewRows()
  }

  private mutating func takeNewRows() {
    while taken < data.rows.count {
      let row = data.rows[taken]
      let features = warping.warped(data.features(ofRow: row))
      process.extend(by: [features], noises: [noise.targetVariance(ofRow: row, of: data.table, by: scale)])
      limits?.extend(by: [features])
      places.append(taken)
      taken += 1
    }
  }

  /// The point of the cube to try next: a new one where there is one.
  mutating func proposal(
    beside others: Evidence.Outstanding, expecting prior: OptimumPrior?, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double] {
    try comparison(of: [], beside: others, expecting: prior, using: &random).point
  }

  /// The point to try next, and how much it and known ones are worth at the full budget.
  struct Comparison {
    var point: [Double]
    /// The logarithms of the expected improvement, of the point first and then of each rival; empty without
    /// rivals.
    var worths: [Double]
  }

  /// The point of the cube to try next, compared with `rivals`, which are features without a budget.
  mutating func comparison(
    of rivals: [[Double]], beside others: Evidence.Outstanding, expecting prior: OptimumPrior?,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Comparison {
    let known = process.points.count
    let (all, others) = (others, others.modelled)
    let added = try others.features(in: data)
    if !added.isEmpty {
      process.extend(by: added.map(warping.warped))
      limits?.extend(by: added.map(warping.warped))
    }
    let rows = places.map { data.rows[$0] }
    let means = rows.map { data.table.means[$0] }
    let targets = TargetTransform.targets(of: means)
    let worst = targets.max() ?? 0
    process.condition(on: targets + others.failed.map { _ in worst })
    limits?.condition(on: rows, of: data.table, failed: others.failed.count)
    let violations = rows.map { data.table.meanViolations[$0] }
    kept = limits?.kept(measured: violations, failed: others.failed.count, elsewhere: smallerBudgets(rows))
    let promising = targets.indices.sorted {
      (violations[$0], means[$0], $0) < (violations[$1], means[$1], $1)
    }
    .prefix(5).map { data.space.point(ofRow: data.table.point(rows[$0])) }
    let point =
      choice(
        around: promising, avoiding: data.known(beside: try all.features(in: data)), expecting: prior,
        using: &random)
      ?? data.space.space.randomPoint(using: &random)
    let worths =
      rivals.isEmpty
      ? [] : improvement(expecting: prior).values(atEach: [data.space.features(of: point)] + rivals)
    process.truncate(to: known)
    limits?.truncate(to: known)
    return Comparison(point: point, worths: worths)
  }

  /// The row with the least posterior mean, its noise smoothed away, of those that break limits least: of single noisy
  /// readings the least is the luckiest one. Nil where none can be compared.
  mutating func expectedBest() -> Int? {
    let rows = places.map { data.rows[$0] }
    process.condition(on: TargetTransform.targets(of: rows.map { data.table.means[$0] }))
    let comparable = Set(data.comparableRows)
    func rank(_ place: Int) -> (Double, Double, Int) {
      (max(data.table.meanViolations[rows[place]], 0), process.means[place], place)
    }
    return rows.indices.filter { comparable.contains(rows[$0]) }.min { rank($0) < rank($1) }.map { rows[$0] }
  }

  /// What is expected at configurations, which are features without a budget.
  mutating func beliefs(at plain: [[Double]]) -> [Belief] {
    let costs = places.map { data.table.means[data.rows[$0]] }
    let targets = TargetTransform.targets(of: costs)
    process.condition(on: targets)
    return process.beliefs(at: plain.map { warping.warped($0 + data.trailing) }, of: costs, as: targets)
  }

  /// Nil where nothing new was met.
  private func choice(
    around promising: [[Double]], avoiding known: PointSet, expecting prior: OptimumPrior?,
    using random: inout CounterGenerator
  ) -> [Double]? {
    let function: any AcquisitionFunction
    switch options.acquisition {
    case .expectedImprovement: function = improvement(expecting: prior)
    case .lowerConfidenceBound:
      function = SummedAcquisition([acquisition(.lowerConfidenceBound(beta: options.beta))] + probabilities)
    case .thompson: return draw(around: promising, avoiding: known, using: &random)
    }
    let search = AcquisitionSearch(
      of: function, in: data.space, avoiding: known, pool: options.candidates, starts: options.starts)
    return search.best(around: promising, using: &random)
  }

  private func improvement(expecting prior: OptimumPrior?) -> any AcquisitionFunction {
    // While nothing keeps the limits, to keep them is all that counts.
    let improvement =
      kept?.isEmpty ?? false ? [] : [acquisition(.logExpectedImprovement(incumbent: incumbent()))]
    return SummedAcquisition(improvement + probabilities)
      .weighted(by: prior, dimension: data.space.dimension)
  }

  /// Of keeping each limit that was broken.
  private var probabilities: [any AcquisitionFunction] {
    limits?.probabilities(warpedBy: warping, trailing: data.trailing, capacity: max(128, options.starts))
      ?? []
  }

  private func acquisition(_ criterion: PosteriorAcquisition.Criterion) -> PosteriorAcquisition {
    PosteriorAcquisition(
      criterion, of: process, warpedBy: warping, trailing: data.trailing, capacity: max(128, options.starts))
  }

  /// Half of the candidates from the whole space, half near the best: a draw sees only so many points.
  private func draw(
    around promising: [[Double]], avoiding known: PointSet, using random: inout CounterGenerator
  ) -> [Double]? {
    let space = data.space
    var points: [[Double]] = []
    for k in 0..<options.candidates {
      guard k % 2 == 1, !promising.isEmpty else {
        points.append(space.snapped(space.space.randomPoint(using: &random)))
        continue
      }
      let center = promising[k / 2 % promising.count]
      var box = SearchBox(dimension: center.count)
      for j in center.indices {
        (box.lower[j], box.upper[j]) = (max(0, center[j] - 0.1), min(1, center[j] + 0.1))
      }
      points += space.candidates(1, around: center, within: box, using: &random)
    }
    points.removeAll { known.contains(space.features(of: $0)) }
    guard !points.isEmpty else { return nil }
    let candidates = points.map { warping.warped(space.features(of: $0)) + data.trailing }
    return points[process.thompsonChoice(among: candidates, keeping: limits, using: &random)]
  }

  /// The least posterior mean at what was measured or is at work and keeps the limits, at the full budget.
  private func incumbent() -> Double {
    let kept = kept ?? Array(0..<process.points.count)
    guard data.fullBudget != nil else { return kept.map { process.means[$0] }.min() ?? .infinity }
    return PosteriorBatch(of: process, capacity: 128).means(at: kept.map(atFullBudget)).min() ?? .infinity
  }

  /// The features of a point of the process, with the budget that is asked about.
  private func atFullBudget(_ point: Int) -> [Double] {
    Array(process.points[point].prefix(data.space.dimension)) + data.trailing
  }

  /// Of the points of `rows` that were not measured at the full budget their features there: that a limit holds after a
  /// little training does not say that it holds in the end.
  private func smallerBudgets(_ rows: [Int]) -> [Int: [Double]] {
    guard let full = data.fullBudget else { return [:] }
    return Dictionary(
      uniqueKeysWithValues: rows.indices.filter { data.table.budgets[rows[$0]] < full }
        .map { ($0, atFullBudget($0)) })
  }
}

extension Evidence.Outstanding {
  /// What a model is extended by: each is one more point of it, and what was asked for long ago has little to say
  /// where so many ask. That none of the others is proposed again needs no model.
  var modelled: Self { newest(128) }

  /// Of the failed, then of those at work.
  func features(in data: SurrogateData) throws(SearchError) -> [[Double]] {
    var features: [[Double]] = []
    for (_, configuration) in failed + pending { features.append(try data.features(of: configuration)) }
    return features
  }
}

extension SurrogateData {
  /// The configurations that were tried, as features without a budget.
  func known(beside others: [[Double]]) -> PointSet {
    var known = PointSet(categorical: space.categorical, capacity: table.count + others.count)
    for row in 0..<table.count { known.append(space.features(ofRow: table.point(row))) }
    for features in others { known.append(Array(features.prefix(space.dimension))) }
    return known
  }
}
