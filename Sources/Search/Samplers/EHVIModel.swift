import Randomness
import RealModule

/// The Gaussian processes of an `EHVISampler`: one for each objective, and one for each limit that was broken.
///
/// Notation: n configurations that count, each by the means over its readings; m objectives.
struct HypervolumeModel {
  /// Hyperparameters, and of which measurements they are.
  struct Fit: Sendable {
    fileprivate let table: ObservationTable
    /// How often each of the first configurations was read.
    fileprivate let readings: [Int]
    /// For each objective.
    fileprivate let hyperparameters: [GaussianProcessHyperparameters]
    fileprivate let limits: BrokenLimitSet?
    fileprivate let ofLimits: [GaussianProcessHyperparameters]

    /// Whether a model of `rows` of these measurements, all at one budget, has these hyperparameters.
    func isUsable(for evidence: Evidence, in space: SearchSpace, _ rows: [Int]) -> Bool {
      table.isBeginning(of: evidence, in: space)
        && readings
          == rows.prefix(FittedProcess.lastRefit(upTo: rows.count)).map { evidence.readings(ofRow: $0) }
    }
  }

  private let table: ObservationTable
  private let space: FeatureSpace
  private let options: EHVIOptions
  /// Rows of the table that count.
  private let rows: [Int]
  private let isFeasible: [Bool]
  /// `[m][n]`.
  private let targets: [[Double]]
  private let objectives: Int
  /// What the targets were made from, `[m][n]`.
  private let costs: [[Double]]
  /// The variances of the targets' noise where they are known, `[m][n]`.
  private let noises: [[Double?]]
  let fit: Fit

  init(
    _ table: ObservationTable, _ rows: [Int], _ evidence: Evidence, _ kept: Fit?, options: EHVIOptions
  ) {
    self.table = table
    self.options = options
    space = FeatureSpace(table.space)
    let estimates = rows.compactMap { evidence.estimate(ofRow: $0) }
    let vectors = estimates.map(\.mean)
    let chosen = Self.representatives(of: vectors, count: options.maximumObservations)
    self.rows = chosen.map { rows[$0] }
    isFeasible = chosen.map { table.meanViolations[rows[$0]] <= 0 }
    objectives = vectors[0].costs.count
    targets = Self.targets(of: chosen.map { vectors[$0] })
    costs = (0..<objectives).map { j in chosen.map { vectors[$0].costs[j] } }
    noises = Self.noises(of: chosen.map { estimates[$0] }, as: targets)
    let count = FittedProcess.lastRefit(upTo: rows.count)
    let limits = BrokenLimitSet(rows, of: table)
    if let kept, kept.hyperparameters.count == objectives, kept.limits == limits {
      fit = kept
      return
    }
    // Of the first measurements alone, so that those that come until the next refit change nothing.
    let first = Self.representatives(
      of: Array(vectors.prefix(count)), count: min(200, options.maximumObservations))
    var points = PointSet(categorical: space.categorical, capacity: first.count)
    for place in first { points.append(space.features(ofRow: table.point(rows[place]))) }
    let prior = HyperparameterPrior(dimension: points.dimension)
    let fitTargets = Self.targets(of: first.map { vectors[$0] })
    let fitNoises = Self.noises(of: first.map { estimates[$0] }, as: fitTargets)
    fit = Fit(
      table: table, readings: estimates.prefix(count).map(\.rows.count),
      hyperparameters: zip(fitTargets, fitNoises).map { targets, noises in
        GaussianProcessHyperparameters.fitted(
          to: points, targets, noises: noises, prior: prior, from: prior.starts)
      },
      limits: limits,
      ofLimits: limits.map { LimitProcesses.fitted($0, to: points, first.map { rows[$0] }, of: table) } ?? [])
  }

  private static func targets(of vectors: [CostVector]) -> [[Double]] {
    ObjectiveScale(of: vectors).targets(of: vectors)
  }

  /// Where volumes end, in targets, of which no outlier lies far away: a tenth of the range of all that keeps the limits
  /// beyond the worst of `reach`. Nil where nothing keeps the limits.
  ///
  /// - Parameters:
  ///   - reach: `[points][m]`; of the front, to fill it evenly, or of all, which weighs its ends: a front that has found
  ///     one of its parts first is shut in by its own worst, because what lies across a gap would add nothing.
  ///   - means: of all, `[m][points]`.
  private static func reference(beyond reach: [[Double]], _ means: [[Double]]) -> [Double]? {
    guard !reach.isEmpty else { return nil }
    return means.indices.map { j in
      let range = (means[j].max() ?? 0) - (means[j].min() ?? 0)
      return reach.reduce(-Double.infinity) { max($0, $1[j]) } + 0.1 * (range > 0 ? range : 1)
    }
  }

  /// The variances of the means' noise in each objective, in targets; nil for one reading, `[m][estimates]`.
  private static func noises(of estimates: [Evidence.Estimate], as targets: [[Double]]) -> [[Double?]] {
    targets.indices.map { j in
      let scale = TargetScale(of: estimates.map { $0.mean.costs[j] }, as: targets[j])
      let noise = ReplicateNoise(
        readings: estimates.map(\.rows.count), squares: estimates.map { $0.squares[j] })
      return estimates.map {
        noise.targetVariance(
          of: $0.mean.costs[j], readings: $0.rows.count, squares: $0.squares[j], by: scale)
      }
    }
  }

  /// At most `count` places, ascending: up to half of them of the front, the others evenly from the rest.
  private static func representatives(of vectors: [CostVector], count: Int) -> [Int] {
    guard vectors.count > count else { return Array(vectors.indices) }
    let front = NondominatedSorting.front(of: vectors)
    let best = Crowding.net(of: front.map { vectors[$0] }, count: count / 2).map { front[$0] }
    let others = Set(vectors.indices).subtracting(best).sorted()
    let wanted = count - best.count
    return (best + (0..<wanted).map { others[$0 * others.count / wanted] }).sorted()
  }

  /// The point of the cube to try next; nil where nothing new was met.
  ///
  /// - Parameter isWide: whether volumes end beyond the worst of all, and not of the front.
  func proposal(
    isWide: Bool, beside others: Evidence.Outstanding, expecting prior: OptimumPrior?,
    using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    var (failed, pending, tried): ([[Double]], [[Double]], [[Double]]) = ([], [], [])
    for (_, configuration) in others.modelled.failed { failed.append(try features(of: configuration)) }
    for (_, configuration) in others.modelled.pending { pending.append(try features(of: configuration)) }
    for (_, configuration) in others.failed + others.pending { tried.append(try features(of: configuration)) }
    let measured = rows.map { space.features(ofRow: table.point($0)) }
    let processes = (0..<objectives).map { j in
      process(j, measured + failed + pending, targets[j] + failed.map { _ in targets[j].max() ?? 0 })
    }
    let limits = limits(at: measured + failed + pending, failed: failed.count)
    let kept =
      limits?.kept(measured: isFeasible.map { $0 ? 0 : 1 }, failed: failed.count)
      ?? Array(measured.indices)
      + (measured.count + failed.count..<measured.count + failed.count + pending.count)
    let judged = kept.map { (measured + failed + pending)[$0] }
    let means = processes.map { PosteriorBatch(of: $0, capacity: 128).means(at: judged) }
    let vectors = judged.indices.map { place in CostVector(means.map { $0[place] }) }
    let front = NondominatedSorting.front(of: vectors).map { vectors[$0].costs }
    let improvement = Self.reference(beyond: isWide ? vectors.map(\.costs) : front, means).map {
      ExpectedHypervolumeImprovement(over: front, below: $0)
    }
    let capacity = max(128, options.starts)
    var terms = limits?.probabilities(capacity: capacity) ?? []
    // While nothing keeps the limits, to keep them is all that counts.
    if let improvement {
      terms.append(HypervolumeAcquisition(improvement, of: processes, capacity: capacity))
    }
    let search = AcquisitionSearch(
      of: SummedAcquisition(terms).weighted(by: prior, dimension: space.dimension), in: space,
      avoiding: known(tried), pool: options.candidates,
      starts: options.starts)
    return search.best(around: promising(), using: &random)
  }

  /// Nil where no limit was broken.
  private func limits(at features: [[Double]], failed: Int) -> LimitProcesses? {
    guard let limits = fit.limits else { return nil }
    var points = PointSet(categorical: space.categorical, capacity: features.count)
    for point in features { points.append(point) }
    var processes = LimitProcesses(limits, fit.ofLimits, points: points)
    processes.condition(on: rows, of: table, failed: failed)
    return processes
  }

  /// What is expected of configurations: of each one for every objective.
  func beliefs(at configurations: [Configuration]) throws(SearchError) -> [[Belief]] {
    var queries: [[Double]] = []
    for configuration in configurations { queries.append(try features(of: configuration)) }
    let measured = rows.map { space.features(ofRow: table.point($0)) }
    let byObjective = (0..<objectives).map { j in
      process(j, measured, targets[j]).beliefs(
        at: queries, of: costs[j], as: targets[j])
    }
    return queries.indices.map { query in byObjective.map { $0[query] } }
  }

  private func features(of configuration: Configuration) throws(SearchError) -> [Double] {
    space.features(ofRow: try table.space.row(of: configuration)[...])
  }

  /// Of objective `j`; the measured points are the first.
  private func process(_ j: Int, _ features: [[Double]], _ targets: [Double]) -> GaussianProcess {
    var points = PointSet(categorical: space.categorical, capacity: features.count)
    for point in features { points.append(point) }
    var process = GaussianProcess(
      regularizing: fit.hyperparameters[j], points: points, noises: noises[j])
    process.condition(on: targets)
    return process
  }

  /// Everything that was tried.
  private func known(_ others: [[Double]]) -> PointSet {
    var known = PointSet(categorical: space.categorical, capacity: table.count + others.count)
    for row in 0..<table.count { known.append(space.features(ofRow: table.point(row))) }
    for features in others { known.append(features) }
    return known
  }

  /// Members of the measured front that lie far apart.
  private func promising() -> [[Double]] {
    let vectors = rows.indices.map { place in
      CostVector(targets.map { $0[place] }, violation: isFeasible[place] ? 0 : 1)
    }
    let front = NondominatedSorting.front(of: vectors)
    return Crowding.net(of: front.map { vectors[$0] }, count: 8)
      .map { space.point(ofRow: table.point(rows[front[$0]])) }
  }
}
