public import Randomness

/// Chooses among the samplers by what is known, and says why: the default.
///
/// - Up to `AutoOptions.modelled` trials: `gp`, which learns most from each trial, with the best one's
///   neighbourhood.
/// - Beyond: its cost grows with the cube of their number, so `tpe` looks at the whole space, and every
///   second proposal stays with the model of the neighbourhood, whose size does not grow.
public struct AutoSampler: Sampler {
  public let options: AutoOptions
  private var model: GaussianProcessSampler
  private var estimator = TPESampler()
  /// Of all measurements, once they are too many for the model.
  private var data: SurrogateData?
  public private(set) var rationale: String?

  public init(_ options: AutoOptions = AutoOptions()) {
    self.options = options
    var model = GaussianProcessOptions()
    model.initialTrials = options.initialTrials
    model.maximumObservations = options.modelled
    self.model = GaussianProcessSampler(model)
  }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given observations: Observations,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let known = observations.trialCount(upTo: options.modelled + 1)
    guard known > options.modelled else {
      rationale =
        known < options.initialTrials
        ? "sobol: too little is known for a model before \(options.initialTrials) trials"
        : "gp: with at most \(options.modelled) trials a Gaussian process learns most from each"
      return try model.propose(trial, in: space, given: observations, using: &random)
    }
    rationale = "tpe and the best one's neighbourhood: beyond \(options.modelled) trials a model of them all is slow"
    if trial.rawValue % 2 == 1,
      let point = try neighbour(in: space, given: observations, using: &random)
    {
      return space.configuration(at: point)
    }
    return try estimator.propose(trial, in: space, given: observations, using: &random)
  }

  private mutating func neighbour(
    in space: SearchSpace, given observations: Observations, using random: inout CounterGenerator
  ) throws(SearchError) -> [Double]? {
    let kept = data.take()
    let table = try ObservationTable.advanced(kept?.table, to: observations, in: space)
    var data: SurrogateData
    if let kept, kept.isBeginning(of: table, given: observations) {
      data = kept
      data.extend(to: table)
    } else {
      data = SurrogateData(table, given: observations)
    }
    self.data = data
    return try Neighbourhood(in: data)?.proposal(
      beside: OtherTrials(observations), options: model.options, using: &random)
  }
}

/// What may be chosen about an `AutoSampler`; the defaults serve.
public struct AutoOptions: SamplerOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// Up to how many trials are modelled by one Gaussian process, at least 10.
  public var modelled: Int

  public init(initialTrials: Int = 10, modelled: Int = 400) {
    self.initialTrials = initialTrials
    self.modelled = modelled
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.auto
    try kind.check("initial trials", initialTrials, atLeast: 2)
    try kind.check("modelled", modelled, atLeast: 10)
  }

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
