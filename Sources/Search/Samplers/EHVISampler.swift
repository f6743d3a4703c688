public import Randomness
import RealModule

/// Expected hypervolume improvement: a Gaussian process for each objective, and the configuration that is
/// expected to enlarge the dominated volume most. For two and three objectives, exact in both
/// (`ExpectedHypervolumeImprovement`); with one it is expected improvement.
///
/// - Costs keep their distances where the front is (`ObjectiveScale`). The front is that of the posterior means, noise
///   smoothed away; the reference point lies a tenth of the range of all of them beyond its worst, and for every second
///   trial beyond the worst of all, so that what lies across a gap of the front is found.
/// - Replicates of a configuration count once, by their means and the errors of these (`ReplicateNoise`).
/// - Limits: a further process for each that was broken gives the probability of keeping it, with which the
///   improvement is multiplied (`LimitProcesses`).
/// - A user's prior of the optimum weighs the improvement (`OptimumPrior`), and half of the beginning is drawn from
///   it.
/// - Pending trials count as if they had come out as the models expect: in the front too, where they are expected to
///   keep the limits. Failed trials count as the worst in every objective.
/// - Where trials are measured at several budgets, the largest with `initialTrials` measurements counts.
public struct EHVISampler: Sampler {
  public var options: EHVIOptions
  private var table: ObservationTable?
  private var fit: HypervolumeModel.Fit?

  public init(_ options: EHVIOptions = EHVIOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try options.validate(in: space, objectives: evidence.objectiveCount)
    guard let model = try model(in: space, given: evidence) else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    let point = try model.proposal(
      isWide: trial.rawValue % 2 == 1, beside: evidence.outstanding(),
      expecting: OptimumPrior(of: space, given: evidence), using: &random)
    return space.configuration(at: point ?? space.randomPoint(using: &random))
  }

  /// Of any number of objectives; nil while too little was measured.
  private mutating func model(
    in space: SearchSpace, given evidence: Evidence
  ) throws(SearchError) -> HypervolumeModel? {
    try space.validate()
    try options.validate()
    let objectives = evidence.objectiveCount
    let table = try ObservationTable.advanced(self.table.take(), to: evidence, in: space)
    self.table = table
    let isMixed = table.hasSeveralBudgets
    var rows = evidence.firstReadings(among: evidence.rows(preferring: options.initialTrials))
    // Vectors of fewer objectives, from another study, cannot be compared.
    rows.removeAll { evidence.completed[$0].furtherCosts.count + 1 != objectives }
    guard evidence.trialCount(upTo: options.initialTrials) == options.initialTrials, rows.count > 1 else {
      return nil
    }
    try LinearAlgebra.load()
    let kept = isMixed || !(fit?.isUsable(for: evidence, in: space, rows) ?? false) ? nil : fit
    let model = HypervolumeModel(table, rows, evidence, kept, options: options)
    fit = model.fit
    return model
  }
}

extension EHVISampler: BelievingSampler {
  public mutating func beliefs(
    at configurations: [Configuration], in space: SearchSpace, given evidence: Evidence, seed: UInt64
  ) throws(SearchError) -> [[Belief]]? {
    try model(in: space, given: evidence)?.beliefs(at: configurations)
  }
}

/// What may be chosen about an `EHVISampler`; the defaults serve.
public struct EHVIOptions: SurrogateOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// How many points of the space are tried before the search for the best, at least 2.
  public var candidates: Int
  /// How many of them are improved by gradient, at least 1.
  public var starts: Int
  /// Of more measurements than this, the front and an even selection of the others are kept, at least 10.
  public var maximumObservations: Int

  public init(initialTrials: Int = 10, candidates: Int = 512, starts: Int = 8, maximumObservations: Int = 400)
  {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.starts = starts
    self.maximumObservations = maximumObservations
  }

  public func validate() throws(SearchError) { try validateSurrogate(of: .ehvi, observations: 2000) }

  public func validate(in space: SearchSpace, objectives: Int) throws(SearchError) {
    try validate()
    guard objectives <= 3 else {
      throw SearchError(
        subject: "sampler ehvi", expected: "at most 3 objectives", found: "\(objectives)",
        remedy: "Choose parego or nsga2, which take any number.")
    }
  }

  public var heeds: Heeding { .everything }

  public func makeSampler() -> any Sampler { EHVISampler(self) }
}

extension EHVISampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try EHVIOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
