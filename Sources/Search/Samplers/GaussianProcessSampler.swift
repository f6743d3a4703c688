public import Randomness

/// Bayesian optimization: a Gaussian process of the costs so far, and the configuration with the largest
/// expected improvement under it.
///
/// - Model: ARD Matern 5/2 with Hamming distances for choices, hyperparameters at the maximum of their
///   posterior; costs warped by half-ranks (`TargetTransform`).
/// - Beginning: the first `initialTrials` trials are points of a scrambled Sobol sequence, and so are more
///   until some budget has measurements enough, one more than there are parameters or `initialTrials`.
/// - Several budgets: the model is of the largest budget with that many measurements, as in BOHB
///   (`TrainingSet`).
/// - Pending trials count as if they had come out as the model expects (kriging believer), so that any number
///   of groups may ask at once. Failed trials count as if they had cost as much as the worst measured.
/// - Hyperparameters are fitted at every measurement up to 20, then after every tenth part more, always from
///   the same starting points: so they are a function of the measurements alone, and what is cached changes
///   nothing.
public struct GaussianProcessSampler: Sampler {
  public var options: GaussianProcessOptions
  private var fitted: FittedProcess?

  public init(_ options: GaussianProcessOptions = GaussianProcessOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given observations: Observations,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let minimum = min(space.dimension + 1, options.initialTrials)
    guard knowsEnough(observations), let data = TrainingSet(observations, atLeast: minimum) else {
      return space.configuration(at: SobolSampler.point(of: trial, in: space, using: &random))
    }
    // Taken out of `self`, so that the factor has one owner and grows in place.
    var model = try FittedProcess.advanced(fitted, to: data.completed, in: space, options: options)
    fitted = nil
    let point = try model.proposal(given: data, options: options, using: &random)
    fitted = model
    return space.configuration(at: point)
  }

  /// Whether the initial design is complete, trials at work included.
  private func knowsEnough(_ observations: Observations) -> Bool {
    var trials = Set(observations.pending.keys).union(observations.failed.keys)
    for measurement in observations.completed where trials.count < options.initialTrials {
      trials.insert(measurement.trial)
    }
    return trials.count >= options.initialTrials
  }
}

/// What may be chosen about a `GaussianProcessSampler`; the defaults serve.
public struct GaussianProcessOptions: SamplerOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// How many points of the space are tried before the search for the best, at least 2.
  public var candidates: Int
  /// How many of them are improved by gradient, at least 1.
  public var starts: Int
  /// Of more measurements than this, the best and an even selection of the others are kept, at least 10.
  public var maximumObservations: Int

  public init(
    initialTrials: Int = 10, candidates: Int = 512, starts: Int = 8, maximumObservations: Int = 2000
  ) {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.starts = starts
    self.maximumObservations = maximumObservations
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.gp
    try kind.check("initial trials", initialTrials, atLeast: 2)
    try kind.check("candidates", candidates, atLeast: 2)
    try kind.check("starts", starts, atLeast: 1)
    try kind.check("maximum observations", maximumObservations, atLeast: 10)
  }

  public func makeSampler() -> any Sampler { GaussianProcessSampler(self) }
}

extension GaussianProcessSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension GaussianProcessSampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws {
    self.init(try GaussianProcessOptions(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
