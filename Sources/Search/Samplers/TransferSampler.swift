public import Randomness

/// Bayesian optimization that learns from earlier studies of other data sets.
///
/// - Beginning: the best configurations of the earlier studies, in turn, those of the most similar data set
///   first (Feurer, Springenberg and Hutter, AAAI 2015), then points of a Sobol sequence.
/// - Model: a Gaussian process for each earlier study and one for the new one, weighted by how well each
///   ranks what the new one measured (`RankingWeights`). Costs are quantiles of their own study's
///   (`QuantileTransform`), because losses of different data sets have different scales. An earlier study
///   that misleads loses its weight.
/// - Replicates of a configuration count once, by their mean and its error (`ReplicateNoise`).
/// - Several budgets: the new study's largest one with at least two measurements.
/// - Where limits were broken, the improvement is multiplied by the probability of keeping each, as the new study's
///   measurements have it (`LimitProcesses`).
/// - Pending trials count as if they had come out as the model expects, failed ones as the worst.
public struct TransferSampler: Sampler {
  public var options: TransferOptions
  private var kept: Kept?
  private var table: ObservationTable?

  /// Models of the earlier studies, which follow from the options and the space.
  private struct Kept {
    var space: SearchSpace
    var priors: [Prior]
  }

  private struct Prior {
    var process: GaussianProcess
    var targets: [Double]
  }

  public init(_ options: TransferOptions) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    guard let data = try measured(in: space, given: evidence) else {
      let openings = options.openings(in: space)
      if trial.rawValue < min(openings.count, options.initialTrials) { return openings[trial.rawValue] }
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    let features = FeatureSpace(space)
    let priors = priors(in: features)
    let point = try proposal(given: data, features, priors: priors, using: &random)
    return space.configuration(at: point ?? space.randomPoint(using: &random))
  }

  /// Nil while too little was measured.
  private mutating func measured(
    in space: SearchSpace, given evidence: Evidence
  ) throws(SearchError) -> Measured? {
    try space.validate()
    try options.validate()
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials else { return nil }
    guard let budget = evidence.budget(atLeast: 2), evidence.firstRows(at: budget).count > 1 else {
      return nil
    }
    try LinearAlgebra.load()
    let table = try ObservationTable.advanced(self.table.take(), to: evidence, in: space)
    self.table = table
    return Measured(
      table: table, rows: evidence.firstRows(at: budget),
      outstanding: evidence.outstanding(unmeasuredAt: budget))
  }

  /// What the new study's model is of.
  private struct Measured {
    var table: ObservationTable
    /// Of the table, the first reading of each configuration at one budget, in the order of reports.
    var rows: [Int]
    var outstanding: Evidence.Outstanding
  }

  private mutating func priors(in features: FeatureSpace) -> [Prior] {
    if let kept, kept.space == features.space { return kept.priors }
    let priors = options.studies.map { Self.prior(of: $0, features, options) }
    kept = Kept(space: features.space, priors: priors)
    return priors
  }

  private static func prior(
    of study: PriorStudy, _ features: FeatureSpace, _ options: TransferOptions
  ) -> Prior {
    let chosen = Representatives.places(of: study.costs, count: options.maximumObservations)
    let points = chosen.map { place in
      features.features(
        of: features.snapped(study.point(of: study.configurations[place], in: features.space)))
    }
    let targets = QuantileTransform.targets(of: chosen.map { study.costs[$0] })
    var process = fitted(points, targets, features)
    process.condition(on: targets)
    return Prior(process: process, targets: targets)
  }

  private static func fitted(
    _ points: [[Double]], _ targets: [Double], noises: [Double?] = [], _ features: FeatureSpace
  ) -> GaussianProcess {
    var set = PointSet(categorical: features.categorical, capacity: points.count)
    for point in points { set.append(point) }
    let sample = Representatives.places(of: targets, count: 100)
    let prior = HyperparameterPrior(dimension: features.dimension)
    let hyperparameters = GaussianProcessHyperparameters.fitted(
      to: set.subset(sample), sample.map { targets[$0] },
      noises: noises.isEmpty ? [] : sample.map { noises[$0] },
      prior: prior, from: prior.starts)
    return GaussianProcess(regularizing: hyperparameters, points: set, noises: noises)
  }

  /// The new study's own process, conditioned on what it measured, and the weight of each process.
  private struct Own {
    /// Rows of the table.
    var rows: [Int]
    var costs: [Double]
    var points: [[Double]] = []
    var targets: [Double]
    var process: GaussianProcess
    /// Of the earlier studies, then of this one.
    var weights: [Double]
  }

  private func own(
    of data: Measured, _ features: FeatureSpace, priors: [Prior], seed: UInt64
  ) -> Own {
    let rows = Representatives.places(
      of: data.rows.map { data.table.means[$0] }, count: options.maximumObservations
    ).map { data.rows[$0] }
    let points = rows.map { features.features(ofRow: data.table.point($0)) }
    let costs = rows.map { data.table.means[$0] }
    let targets = QuantileTransform.targets(of: costs)
    let (noise, scale) = (ReplicateNoise(rows, of: data.table), TargetScale(of: costs, as: targets))
    var process = Self.fitted(
      points, targets, noises: rows.map { noise.targetVariance(ofRow: $0, of: data.table, by: scale) },
      features)
    process.condition(on: targets)
    let queries = points.flatMap { $0 }
    let predictions = priors.map {
      PosteriorBatch(of: $0.process, capacity: points.count).evaluate(queries).means
    }
    // Of the measurements alone, as the weights are: another trial's draw must not change what is known.
    var draws = CounterGenerator(seed: seed, purpose: .surrogate, index: points.count)
    let ranking = RankingWeights(
      predictions: predictions, own: process.meansWithoutSelf(targets), costs: targets, using: &draws)
    return Own(
      rows: rows, costs: costs, points: points, targets: targets, process: process,
      weights: ranking.weights)
  }

  private func proposal(
    given data: Measured, _ features: FeatureSpace, priors: [Prior],
    using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    let known = own(of: data, features, priors: priors, seed: random.seed)
    var own = known.process
    var others: [[Double]] = []
    for (_, configuration) in data.outstanding.failed + data.outstanding.pending {
      others.append(try Self.features(of: configuration, features))
    }
    if !others.isEmpty { own.extend(by: others) }
    let worst = known.targets.max() ?? 0
    own.condition(on: known.targets + data.outstanding.failed.map { _ in worst })
    let points = known.points + others
    var tried = PointSet(categorical: features.categorical, capacity: points.count)
    for point in points { tried.append(point) }
    let limits = limits(of: data, known, beside: others, features)
    let violations = known.rows.map { data.table.meanViolations[$0] }
    let kept =
      limits?.kept(measured: violations, failed: data.outstanding.failed.count)
      .filter { $0 < violations.count } ?? Array(violations.indices)
    var terms = limits?.probabilities(capacity: 128) ?? []
    // While nothing keeps the limits, to keep them is all that counts.
    if !kept.isEmpty {
      terms.append(
        ProcessEnsemble(
          priors.map { Self.supposing(others, in: $0) } + [own], weights: known.weights,
          measured: kept.map { known.points[$0] }))
    }
    let search = AcquisitionSearch(
      of: SummedAcquisition(terms), in: features, avoiding: tried, pool: options.candidates,
      starts: options.starts)
    let costs = known.costs
    let best = costs.indices.sorted { (violations[$0], costs[$0], $0) < (violations[$1], costs[$1], $1) }
      .prefix(5)
    let promising = best.map { features.point(ofRow: data.table.point(known.rows[$0])) }
    return search.best(around: promising, using: &random)
  }

  /// Models of the limits that the new study broke; nil where it broke none. Earlier studies say nothing of them.
  private func limits(
    of data: Measured, _ own: Own, beside others: [[Double]], _ features: FeatureSpace
  ) -> LimitProcesses? {
    let rows = own.rows
    guard let limits = BrokenLimitSet(rows, of: data.table) else { return nil }
    var points = PointSet(categorical: features.categorical, capacity: rows.count + others.count)
    for point in own.points { points.append(point) }
    var processes = LimitProcesses(
      limits, LimitProcesses.fitted(limits, to: points, rows, of: data.table), points: points)
    processes.extend(by: others)
    processes.condition(on: rows, of: data.table, failed: data.outstanding.failed.count)
    return processes
  }

  private static func features(
    of configuration: Configuration, _ space: FeatureSpace
  ) throws(SearchError) -> [Double] {
    space.features(of: space.snapped(try space.space.point(of: configuration)))
  }

  /// The process as if the points had come out as it expects.
  private static func supposing(_ points: [[Double]], in prior: Prior) -> GaussianProcess {
    var process = prior.process
    guard !points.isEmpty else { return process }
    process.extend(by: points)
    process.condition(on: prior.targets)
    return process
  }
}

extension TransferSampler: BelievingSampler {
  /// Of the ensemble, in the costs of the new study.
  public mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]? {
    guard let data = try measured(in: space, given: evidence) else { return nil }
    let features = FeatureSpace(space)
    let priors = priors(in: features)
    let own = own(of: data, features, priors: priors, seed: seed)
    var queries: [Double] = []
    for configuration in configurations { queries += try Self.features(of: configuration, features) }
    let ensemble = ProcessEnsemble(
      priors.map(\.process) + [own.process], weights: own.weights, measured: own.points,
      capacity: max(128, configurations.count))
    let (means, variances) = ensemble.moments(at: queries)
    let scale = TargetScale(of: own.costs, as: own.targets)
    return zip(means, variances).map { [scale.belief(mean: $0, variance: $1)] }
  }
}

extension TransferSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension TransferSampler: Codable {
  /// The options alone: what is cached follows from them.
  public init(from decoder: any Decoder) throws {
    self.init(try TransferOptions(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
