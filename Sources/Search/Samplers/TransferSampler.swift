public import Randomness

/// Bayesian optimization that learns from earlier studies of other data sets.
///
/// - Beginning: the best configurations of the earlier studies, in turn, those of the most similar data set
///   first (Feurer, Springenberg and Hutter, AAAI 2015), then points of a Sobol sequence.
/// - Model: a Gaussian process for each earlier study and one for the new one, weighted by how well each
///   ranks what the new one measured (`RankingWeights`). Costs are quantiles of their own study's
///   (`QuantileTransform`), because losses of different data sets have different scales. An earlier study
///   that misleads loses its weight.
/// - Several budgets: the new study's largest one with enough measurements (`TrainingSet`).
/// - Pending trials count as if they had come out as the model expects, failed ones as the worst.
public struct TransferSampler: Sampler {
  public var options: TransferOptions
  private var kept: Kept?

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
    _ trial: TrialID, in space: SearchSpace, given observations: Observations,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    guard observations.trialCount(upTo: options.initialTrials) == options.initialTrials,
      let data = TrainingSet(observations, atLeast: 2)
    else {
      let openings = options.openings(in: space)
      if trial.rawValue < min(openings.count, options.initialTrials) { return openings[trial.rawValue] }
      return space.configuration(at: SobolSampler.point(of: trial, in: space, using: &random))
    }
    let features = FeatureSpace(space)
    if kept?.space != space {
      kept = Kept(space: space, priors: options.studies.map { Self.prior(of: $0, features, options) })
    }
    let point = try proposal(given: data, features, priors: kept?.priors ?? [], using: &random)
    return space.configuration(at: point ?? space.randomPoint(using: &random))
  }

  private static func prior(
    of study: PriorStudy, _ features: FeatureSpace, _ options: TransferOptions
  ) -> Prior {
    let chosen = TrainingSet.representatives(of: study.costs, count: options.maximumObservations)
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
    _ points: [[Double]], _ targets: [Double], _ features: FeatureSpace
  ) -> GaussianProcess {
    var set = PointSet(categorical: features.categorical, capacity: points.count)
    for point in points { set.append(point) }
    let sample = TrainingSet.representatives(of: targets, count: 100)
    let prior = HyperparameterPrior(dimension: features.dimension)
    let hyperparameters = GaussianProcessHyperparameters.fitted(
      to: set.subset(sample), sample.map { targets[$0] }, prior: prior, from: prior.starts)
    return GaussianProcess(regularizing: hyperparameters, points: set)
  }

  private func proposal(
    given data: TrainingSet, _ features: FeatureSpace, priors: [Prior],
    using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    let chosen = TrainingSet.representatives(
      of: data.completed.map(\.cost), count: options.maximumObservations)
    var points: [[Double]] = []
    for place in chosen {
      points.append(try Self.features(of: data.completed[place].configuration, features))
    }
    let costs = chosen.map { data.completed[$0].cost }
    let targets = QuantileTransform.targets(of: costs)
    var own = Self.fitted(points, targets, features)
    own.condition(on: targets)
    let queries = points.flatMap { $0 }
    let predictions = priors.map {
      PosteriorBatch(of: $0.process, capacity: points.count).evaluate(queries).means
    }
    // Of the measurements alone, as the weights are: another trial's draw must not change what is known.
    var draws = CounterGenerator(seed: random.seed, purpose: .surrogate, index: points.count)
    let ranking = RankingWeights(
      predictions: predictions, own: own.meansWithoutSelf(targets), costs: targets, using: &draws)
    var others: [[Double]] = []
    for configuration in data.failed + data.pending {
      others.append(try Self.features(of: configuration, features))
    }
    if !others.isEmpty { own.extend(by: others) }
    let worst = targets.max() ?? 0
    own.condition(on: targets + data.failed.map { _ in worst })
    var known = PointSet(categorical: features.categorical, capacity: points.count + others.count)
    for point in points + others { known.append(point) }
    let ensemble = ProcessEnsemble(
      priors.map { Self.supposing(others, in: $0) } + [own], weights: ranking.weights, measured: points)
    let search = AcquisitionSearch(
      of: ensemble, in: features, avoiding: known, pool: options.candidates, starts: options.starts)
    let best = costs.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }.prefix(5)
    var promising: [[Double]] = []
    for place in best {
      promising.append(try features.space.point(of: data.completed[chosen[place]].configuration))
    }
    return search.best(around: promising, using: &random)
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
