public import Randomness
import RealModule

/// Bayesian optimization: a Gaussian process of the costs so far, and the configuration with the largest
/// expected improvement under it.
///
/// - Model: ARD Matern 5/2 with Hamming distances for choices, and where all was measured at the full budget
///   a quadratic trend (`QuadraticTrend`); hyperparameters at the maximum of their posterior; costs warped by
///   half-ranks (`TargetTransform`). Where smaller budgets were measured, the budget is a feature, and the
///   full budget is asked about (`SurrogateData`).
/// - Replicates of a configuration count once, by their mean and its error (`ReplicateNoise`).
/// - Beginning: the first `initialTrials` trials are points of a scrambled Sobol sequence.
/// - Axes may be bent (`InputWarping`).
/// - A user's prior of the optimum weighs the improvement (`OptimumPrior`), and half of the beginning is
///   drawn from it.
/// - Where limits were broken, the improvement is that over the best that keeps them, times the probability of
///   keeping each (`LimitProcesses`).
/// - Every second proposal from there on is made by a second process, of the measurements around the best
///   alone (`Neighbourhood`).
/// - Pending trials count as if they had come out as the model expects (kriging believer), so that any number
///   of groups may ask at once. Failed trials count as if they had cost as much as the worst measured.
/// - Hyperparameters are fitted at every measurement up to 20, then after every tenth part more, always from
///   the same starting points: so they are a function of the measurements alone, and what is cached changes
///   nothing.
public struct GaussianProcessSampler: Sampler {
  public var options: GaussianProcessOptions
  private var table: ObservationTable?
  private var fitted: FittedProcess?

  public var choosesAmongPaused: Bool { true }

  public init(_ options: GaussianProcessOptions = GaussianProcessOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let choice = try choose(trial, among: [], in: space, given: evidence, using: &random)
    guard case .begin(let configuration) = choice else { preconditionFailure("nothing could go on") }
    return configuration
  }

  /// The paused trial whose full run, or the new one, has the largest expected improvement for each unit of
  /// budget that it still takes.
  public mutating func choose(
    _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> NextTrial? {
    guard var model = try takeModel(in: space, given: evidence) else {
      return .begin(space.configuration(at: SobolSampler.opening(trial, in: space, using: &random)))
    }
    let others = evidence.outstanding()
    let prior = OptimumPrior(of: space, given: evidence)
    defer { fitted = model }
    var point: [Double]?
    if !paused.isEmpty {
      var rivals: [[Double]] = []
      for trial in paused { rivals.append(try model.data.plainFeatures(of: trial.configuration)) }
      let comparison = try model.comparison(of: rivals, beside: others, expecting: prior, using: &random)
      if let best = comparison.winner(of: paused, full: model.data.fullBudget ?? 1) { return .goOn(best) }
      point = comparison.point
    }
    if let near = try model.neighbour(
      for: trial, beside: others, expecting: prior, options: options, using: &random)
    {
      point = near
    }
    guard let point else {
      let proposal = try model.proposal(beside: others, expecting: prior, using: &random)
      return .begin(space.configuration(at: proposal))
    }
    return .begin(space.configuration(at: point))
  }

  /// The model of what was measured, taken out of `self`, so that its factor has one owner and grows in
  /// place; nil while too little was.
  private mutating func takeModel(
    in space: SearchSpace, given evidence: Evidence
  ) throws(SearchError) -> FittedProcess? {
    try space.validate()
    try options.validate()
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials,
      evidence.completed.count > 1
    else { return nil }
    try LinearAlgebra.load()
    let table = try ObservationTable.advanced(self.table.take(), to: evidence, in: space)
    self.table = table
    return FittedProcess.advanced(fitted.take(), to: table, given: evidence, options: options)
  }
}

extension GaussianProcessSampler: BelievingSampler {
  public mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]? {
    guard var model = try takeModel(in: space, given: evidence) else { return nil }
    defer { fitted = model }
    var points: [[Double]] = []
    for configuration in configurations { points.append(try model.data.plainFeatures(of: configuration)) }
    return model.beliefs(at: points).map { [$0] }
  }
}

extension FittedProcess {
  /// What the model of the best one's neighbourhood proposes for every second trial; nil for the others, and where it
  /// has nothing new.
  mutating func neighbour(
    for trial: TrialID, beside others: Evidence.Outstanding, expecting prior: OptimumPrior?,
    options: GaussianProcessOptions, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    guard options.neighbourhood, trial.rawValue % 2 == 1 else { return nil }
    return try Neighbourhood(in: data, around: expectedBest())?.proposal(
      beside: others, expecting: prior, options: options, using: &random)
  }
}

extension FittedProcess.Comparison {
  /// How many times as much as a paused trial a new one has to be worth: its worth is the largest of a
  /// thousand estimates, and so too large.
  private static let handicap = 3.0

  /// The rival that is worth most for each unit of budget that it still takes; nil where that is the new
  /// point.
  fileprivate func winner(of paused: [PausedTrial], full: Int) -> TrialID? {
    var (best, most): (TrialID?, Double) = (nil, worths[0] - Double.log(Self.handicap * Double(full)))
    for (trial, worth) in zip(paused, worths.dropFirst()) {
      let rate = worth - Double.log(Double(max(trial.remaining, 1)))
      if rate >= most { (best, most) = (trial.trial, rate) }
    }
    return best
  }
}

/// What may be chosen about a `GaussianProcessSampler`; the defaults serve.
public struct GaussianProcessOptions: SurrogateOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// How many points of the space are tried before the search for the best, at least 2.
  public var candidates: Int
  /// How many of them are improved by gradient, at least 1.
  public var starts: Int
  /// Of more measurements than this, the best and an even selection of the others are kept, at least 10.
  public var maximumObservations: Int
  /// What makes a point worth trying.
  public var acquisition: Acquisition
  /// Of the lower confidence bound: how many variances below the mean count, above 0.
  public var beta: Double
  /// Whether every second proposal is made by a model of the best one's neighbourhood.
  public var neighbourhood: Bool
  /// Whether the axes of numbers are bent to suit the measurements. It costs as much again as the fit, and on
  /// average over test functions and tuning tasks gained nothing.
  public var inputWarping: Bool

  public enum Acquisition: String, Codable, CaseIterable, Sendable {
    case expectedImprovement = "expected_improvement"
    case lowerConfidenceBound = "lower_confidence_bound"
    /// The least point of a function drawn from the posterior.
    case thompson
  }

  public init(
    initialTrials: Int = 10, candidates: Int = 512, starts: Int = 8, maximumObservations: Int = 2000,
    acquisition: Acquisition = .expectedImprovement, beta: Double = 4, neighbourhood: Bool = true,
    inputWarping: Bool = false
  ) {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.starts = starts
    self.maximumObservations = maximumObservations
    self.acquisition = acquisition
    self.beta = beta
    self.neighbourhood = neighbourhood
    self.inputWarping = inputWarping
  }

  public func validate() throws(SearchError) {
    try validateSurrogate(of: .gp)
    try SamplerConfiguration.Kind.gp.check("beta", beta, "above 0", where: beta > 0)
    try SamplerConfiguration.Kind.gp.check("beta", beta, "of at most 1000000", where: beta <= 1_000_000)
  }

  /// A guess weighs the improvement alone.
  public var heeds: Heeding {
    acquisition == .expectedImprovement
      ? [.outcomes, .limits, .priors, .budgets, .noise, .pending]
      : [.outcomes, .limits, .budgets, .noise, .pending]
  }

  public func makeSampler() -> any Sampler { GaussianProcessSampler(self) }
}

extension GaussianProcessOptions {
  /// What a journal of an earlier version does not name has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func value<Value: Decodable>(_ key: CodingKeys, default usual: Value) throws -> Value {
      try container.decodeIfPresent(Value.self, forKey: key) ?? usual
    }
    self.init()
    initialTrials = try value(.initialTrials, default: initialTrials)
    candidates = try value(.candidates, default: candidates)
    starts = try value(.starts, default: starts)
    maximumObservations = try value(.maximumObservations, default: maximumObservations)
    acquisition = try value(.acquisition, default: acquisition)
    beta = try value(.beta, default: beta)
    neighbourhood = try value(.neighbourhood, default: neighbourhood)
    inputWarping = try value(.inputWarping, default: inputWarping)
  }
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
