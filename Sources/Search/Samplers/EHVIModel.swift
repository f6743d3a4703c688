import Randomness
import RealModule

/// The Gaussian processes of an `EHVISampler`: one for each objective, and one of the limits where any was
/// broken.
///
/// Notation: n measurements that count, m objectives.
struct HypervolumeModel {
  /// Hyperparameters, and of which measurements they are.
  struct Fit: Sendable {
    fileprivate let table: ObservationTable
    fileprivate let count: Int
    /// For each objective, then for the limits where any was broken.
    fileprivate let hyperparameters: [GaussianProcessHyperparameters]

    /// Whether a model of `rows` of these measurements, all at one budget, has these hyperparameters.
    func isUsable(for evidence: Evidence, in space: SearchSpace, _ rows: Int) -> Bool {
      table.isBeginning(of: evidence, in: space) && count == FittedProcess.lastRefit(upTo: rows)
    }
  }

  private let table: ObservationTable
  private let space: FeatureSpace
  private let options: EHVIOptions
  /// Rows of the table that count.
  private let rows: [Int]
  private let isFeasible: [Bool]
  /// `[m][n]`, then what broke limits as 1 and what kept them as -1 where any did.
  private let targets: [[Double]]
  private let objectives: Int
  /// What the targets were made from, `[m][n]`.
  private let costs: [[Double]]
  let fit: Fit

  init(
    _ table: ObservationTable, _ rows: [Int], _ evidence: Evidence, _ kept: Fit?, options: EHVIOptions
  ) {
    self.table = table
    self.options = options
    space = FeatureSpace(table.space)
    let vectors = rows.map { evidence.completed[$0].costVector }
    let chosen = Self.representatives(of: vectors, count: options.maximumObservations)
    self.rows = chosen.map { rows[$0] }
    isFeasible = chosen.map { vectors[$0].isFeasible }
    objectives = vectors[0].costs.count
    targets = Self.targets(of: chosen.map { vectors[$0] })
    costs = (0..<objectives).map { j in chosen.map { vectors[$0].costs[j] } }
    let count = FittedProcess.lastRefit(upTo: rows.count)
    if let kept, kept.hyperparameters.count == targets.count {
      fit = kept
      return
    }
    // Of the first measurements alone, so that those that come until the next refit change nothing.
    let first = Self.representatives(
      of: Array(vectors.prefix(count)), count: min(200, options.maximumObservations))
    var points = PointSet(categorical: space.categorical, capacity: first.count)
    for place in first { points.append(space.features(ofRow: table.point(rows[place]))) }
    let prior = HyperparameterPrior(dimension: points.dimension)
    var known = Self.targets(of: first.map { vectors[$0] })
    // Limits may have been broken for the first time since: until the next refit that model has the prior's
    // mean.
    let isUnknown = known.count < targets.count
    if isUnknown { known.append(first.map { _ in 0 }) }
    fit = Fit(
      table: table, count: count,
      hyperparameters: known.map { targets in
        GaussianProcessHyperparameters.fitted(to: points, targets, prior: prior, from: prior.starts)
      })
  }

  private static func targets(of vectors: [CostVector]) -> [[Double]] {
    var targets = (vectors.first?.costs.indices ?? 0..<0).map { j in
      TargetTransform.targets(of: vectors.map { $0.costs[j] })
    }
    if vectors.contains(where: { !$0.isFeasible }) { targets.append(vectors.map { $0.isFeasible ? -1 : 1 }) }
    return targets
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
  func proposal(
    beside others: Evidence.Outstanding, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    var (failed, pending): ([[Double]], [[Double]]) = ([], [])
    for (_, configuration) in others.failed { failed.append(try features(of: configuration)) }
    for (_, configuration) in others.pending { pending.append(try features(of: configuration)) }
    let measured = rows.map { space.features(ofRow: table.point($0)) }
    let processes = zip(targets, fit.hyperparameters).map { targets, hyperparameters in
      process(hyperparameters, measured + failed + pending, targets + failed.map { _ in targets.max() ?? 0 })
    }
    let judged = zip(isFeasible, measured).filter(\.0).map(\.1) + pending
    let means = processes.prefix(objectives).map { Self.means(of: $0, at: judged) }
    let vectors = judged.indices.map { place in CostVector(means.map { $0[place] }) }
    let front = NondominatedSorting.front(of: vectors).map { vectors[$0].costs }
    let improvement = ReferencePoint(of: vectors).map {
      ExpectedHypervolumeImprovement(over: front, below: $0.reference)
    }
    let acquisition = HypervolumeAcquisition(
      improvement, of: Array(processes.prefix(objectives)), limits: processes.dropFirst(objectives).first,
      capacity: max(128, options.starts))
    let search = AcquisitionSearch(
      of: acquisition, in: space, avoiding: known(failed + pending), pool: options.candidates,
      starts: options.starts)
    return search.best(around: promising(), using: &random)
  }

  /// What is expected of configurations: of each one for every objective.
  func beliefs(at configurations: [Configuration]) throws(SearchError) -> [[Belief]] {
    var queries: [[Double]] = []
    for configuration in configurations { queries.append(try features(of: configuration)) }
    let measured = rows.map { space.features(ofRow: table.point($0)) }
    let byObjective = (0..<objectives).map { j in
      process(fit.hyperparameters[j], measured, targets[j]).beliefs(at: queries, of: costs[j])
    }
    return queries.indices.map { query in byObjective.map { $0[query] } }
  }

  private func features(of configuration: Configuration) throws(SearchError) -> [Double] {
    space.features(ofRow: try table.space.row(of: configuration)[...])
  }

  private func process(
    _ hyperparameters: GaussianProcessHyperparameters, _ features: [[Double]], _ targets: [Double]
  ) -> GaussianProcess {
    var points = PointSet(categorical: space.categorical, capacity: features.count)
    for point in features { points.append(point) }
    var process = GaussianProcess(regularizing: hyperparameters, points: points)
    process.condition(on: targets)
    return process
  }

  private static func means(of process: GaussianProcess, at features: [[Double]]) -> [Double] {
    let batch = PosteriorBatch(of: process, capacity: 128)
    return stride(from: 0, to: features.count, by: 128).flatMap { start in
      batch.evaluate(Array(features[start..<min(start + 128, features.count)].joined())).means
    }
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
      CostVector(targets.prefix(objectives).map { $0[place] }, violation: isFeasible[place] ? 0 : 1)
    }
    let front = NondominatedSorting.front(of: vectors)
    return Crowding.net(of: front.map { vectors[$0] }, count: 8)
      .map { space.point(ofRow: table.point(rows[front[$0]])) }
  }
}

/// ln of the expected hypervolume improvement, plus ln of the probability of keeping the limits.
struct HypervolumeAcquisition: AcquisitionFunction {
  let capacity: Int
  /// Nil while nothing keeps the limits: then to keep them is all that counts.
  private let improvement: ExpectedHypervolumeImprovement?
  private let batches: [PosteriorBatch]
  private let limits: PosteriorBatch?

  init(
    _ improvement: ExpectedHypervolumeImprovement?, of processes: [GaussianProcess], limits: GaussianProcess?,
    capacity: Int
  ) {
    self.improvement = improvement
    self.capacity = capacity
    batches = processes.map { PosteriorBatch(of: $0, capacity: capacity) }
    self.limits = limits.map { PosteriorBatch(of: $0, capacity: capacity) }
  }

  func values(at queries: [Double]) -> [Double] { evaluate(queries).values }

  func ascent(at queries: [Double]) -> (values: [Double], gradients: [Double]) {
    let (values, slopes) = evaluate(queries)
    var gradients = Array(repeating: 0.0, count: queries.count)
    for (batch, slope) in zip(batches + (limits.map { [$0] } ?? []), slopes) {
      let part = batch.gradients(byMeans: slope.byMeans, byVariances: slope.byVariances)
      for k in gradients.indices { gradients[k] += part[k] }
    }
    return (values, gradients)
  }

  /// Derivatives of the values by one process's means and variances at the queries.
  private struct Slope {
    var byMeans: [Double] = []
    var byVariances: [Double] = []

    mutating func append(_ byMean: Double, _ byDeviation: Double, _ deviation: Double) {
      byMeans.append(byMean)
      byVariances.append(byDeviation / (2 * deviation))
    }
  }

  private func evaluate(_ queries: [Double]) -> (values: [Double], slopes: [Slope]) {
    let posteriors = batches.map { $0.evaluate(queries) }
    let limit = limits?.evaluate(queries)
    var slopes = Array(repeating: Slope(), count: batches.count + (limit == nil ? 0 : 1))
    var values: [Double] = []
    for q in posteriors[0].means.indices {
      let deviations = posteriors.map { $0.variances[q].squareRoot() }
      var value = 0.0
      let expected = improvement?.value(means: posteriors.map { $0.means[q] }, deviations: deviations)
      // Where the improvement underflows there is no slope to follow; the search begins at better points.
      let scale = expected.map { max($0.value, 1e-300) } ?? 1
      if expected != nil { value += Double.log(scale) }
      for j in batches.indices {
        slopes[j].append(
          (expected?.byMeans[j] ?? 0) / scale, (expected?.byDeviations[j] ?? 0) / scale, deviations[j])
      }
      if let limit {
        let (mean, deviation) = (limit.means[q], limit.variances[q].squareRoot())
        let z = -mean / deviation
        let probability = max(Double.erfc(-z / Double.sqrt(2)) / 2, 1e-300)
        let hazard = Double.exp(-z * z / 2 - NormalDistribution.logSquareRootOf2Pi) / probability
        value += Double.log(probability)
        slopes[batches.count].append(-hazard / deviation, -hazard * z / deviation, deviation)
      }
      values.append(value)
    }
    return (values, slopes)
  }
}
