public import Randomness

/// Chooses among the samplers by what is known, and says why: the default.
///
/// - One objective, up to `AutoOptions.modelled` trials: `gp`, which learns most from each trial, with the
///   best one's neighbourhood. Begun by `AutoOptions.initialTrials` of a Sobol sequence, by fewer in a short
///   study.
/// - Where many of the best costs are equal to others, as error rates of few samples are, there is no slope
///   around the best one to follow: every second proposal is `tpe`'s.
/// - Beyond: its cost grows with the cube of their number, so `tpe` looks at the whole space, and every
///   second proposal stays with the model of the neighbourhood, whose size does not grow.
/// - Two or three objectives: `ehvi`. More: `parego`.
///
/// None is chosen that would drop what the study asks for (`SamplerOptions.heeds`).
public struct AutoSampler: BelievingSampler {
  public let options: AutoOptions
  private var model: GaussianProcessSampler
  private var estimator = TPESampler()
  private var volume = EHVISampler()
  private var scalarization = ParEGOSampler()
  /// Of all measurements, once they are too many for the model.
  private var data: SurrogateData?
  public private(set) var rationale: String?

  public var choosesAmongPaused: Bool { true }

  public init(_ options: AutoOptions = AutoOptions()) {
    self.options = options
    var model = GaussianProcessOptions()
    model.maximumObservations = options.modelled
    self.model = GaussianProcessSampler(model)
  }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    switch try method(in: space, given: evidence) {
    case .modelAndEstimator where trial.rawValue % 2 == 1:
      return try estimator.propose(trial, in: space, given: evidence, using: &random)
    case .model, .modelAndEstimator:
      return try model.propose(trial, in: space, given: evidence, using: &random)
    case .severalObjectives:
      return try severalObjectives(trial, in: space, given: evidence, using: &random)
    case .manyTrials: return try manyTrials(trial, in: space, given: evidence, using: &random)
    }
  }

  /// As the model chooses, as long as there is one of all trials.
  public mutating func choose(
    _ trial: TrialID, among paused: [PausedTrial], in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> NextTrial? {
    guard case .model = try method(in: space, given: evidence, pausing: true) else { return nil }
    return try model.choose(trial, among: paused, in: space, given: evidence, using: &random)
  }

  /// Of the model that proposals come from, or could: beyond `modelled` trials that of a selection of them,
  /// beyond three objectives those of `ehvi`.
  public mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]? {
    let reason = rationale
    defer { rationale = reason }
    guard case .severalObjectives = try method(in: space, given: evidence) else {
      return try model.beliefs(at: configurations, in: space, given: evidence, seed: seed)
    }
    return try volume.beliefs(at: configurations, in: space, given: evidence, seed: seed)
  }

  private enum Method {
    case model, modelAndEstimator, severalObjectives, manyTrials
  }

  private mutating func method(
    in space: SearchSpace, given evidence: Evidence, pausing: Bool = false
  ) throws(SearchError) -> Method {
    try space.validate()
    try options.validate()
    let initial = options.initialTrials(planned: evidence.plannedTrials, pausing: pausing)
    let known = evidence.trialCount(upTo: max(options.modelled, initial) + 1)
    model.options.initialTrials = initial
    volume.options.initialTrials = initial
    scalarization.options.initialTrials = initial
    if known < initial {
      rationale = "sobol: too few trials are known for a model"
      return .model
    }
    if evidence.objectiveCount > 1 { return .severalObjectives }
    guard known <= options.modelled else { return .manyTrials }
    if !pausing, evidence.costsComeInSteps {
      rationale = "gp and tpe in turn: the best costs come in steps, without a slope to follow"
      return .modelAndEstimator
    }
    rationale = "gp: with at most \(options.modelled) trials a Gaussian process learns most from each"
    return .model
  }

  private mutating func severalObjectives(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    guard evidence.objectiveCount <= 3 else {
      rationale = "parego: with more than three objectives the dominated volume is slow to compute"
      return try scalarization.propose(trial, in: space, given: evidence, using: &random)
    }
    rationale = "ehvi: with \(evidence.objectiveCount) objectives it enlarges the front most"
    return try volume.propose(trial, in: space, given: evidence, using: &random)
  }

  private mutating func manyTrials(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    rationale =
      "tpe and the best one's neighbourhood: beyond \(options.modelled) trials a model of them all is slow"
    if trial.rawValue % 2 == 1, let point = try neighbour(in: space, given: evidence, using: &random) {
      return space.configuration(at: point)
    }
    return try estimator.propose(trial, in: space, given: evidence, using: &random)
  }

  private mutating func neighbour(
    in space: SearchSpace, given evidence: Evidence, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    try LinearAlgebra.load()
    let kept = data.take()
    let table = try ObservationTable.advanced(kept?.table, to: evidence, in: space)
    var data: SurrogateData
    if let kept, kept.isBeginning(of: table, given: evidence) {
      data = kept
      data.extend(to: table)
    } else {
      data = SurrogateData(table, given: evidence)
    }
    self.data = data
    return try Neighbourhood(in: data)?.proposal(
      beside: evidence.outstanding(), expecting: OptimumPrior(of: space, given: evidence),
      options: model.options, using: &random)
  }
}

extension Evidence {
  /// Whether at least a third of the best third of at least twenty trials' costs, at the largest budget that
  /// was measured, are equal to another of them.
  fileprivate var costsComeInSteps: Bool {
    let budget = completed.map(\.budget).max()
    let costs = Dictionary(
      completed.filter { $0.budget == budget }.map { ($0.trial, $0.cost) }, uniquingKeysWith: { $1 })
    guard costs.count >= 20 else { return false }
    let best = costs.values.sorted().prefix(costs.count / 3)
    let counts = Dictionary(best.map { ($0, 1) }, uniquingKeysWith: +)
    return 3 * counts.values.filter { $0 > 1 }.reduce(0, +) >= best.count
  }
}

/// What may be chosen about an `AutoSampler`; the defaults serve.
public struct AutoOptions: SamplerOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2; a fifth of the planned trials if that
  /// is less.
  public var initialTrials: Int
  /// Up to how many trials are modelled by one Gaussian process, at least 10.
  public var modelled: Int

  public init(initialTrials: Int = 10, modelled: Int = 400) {
    self.initialTrials = initialTrials
    self.modelled = modelled
  }

  /// Of trials that pause after a small part of the full budget more: they cost little.
  func initialTrials(planned: Int?, pausing: Bool) -> Int {
    let wanted = pausing ? initialTrials * 8 / 5 : initialTrials
    guard let planned else { return wanted }
    return min(wanted, max(2, planned / 5))
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.auto
    try kind.check("initial trials", initialTrials, atLeast: 2, atMost: 1_000_000)
    try kind.check("modelled", modelled, atLeast: 10, atMost: 10_000)
  }

  public var heeds: Heeding { .everything }

  public func makeSampler() -> any Sampler { AutoSampler(self) }
}

extension AutoSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension AutoSampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try AutoOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
