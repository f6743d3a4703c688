/// A piece of work for one group of ranks: bring a trial from where it stands to `target`, evaluate, report.
public struct Job: Hashable, Codable, Sendable {
  public var id: JobID
  public var trial: TrialID
  public var origin: Origin
  /// The hyperparameters in force from here on.
  public var configuration: Configuration
  /// The trial's cumulative budget when the job is done, in the study's budget unit (steps or epochs), at
  /// least 1.
  public var target: Int

  public init(id: JobID, trial: TrialID, origin: Origin, configuration: Configuration, target: Int) {
    self.id = id
    self.trial = trial
    self.origin = origin
    self.configuration = configuration
    self.target = target
  }

  /// The budget that the job itself takes: from its origin to its target.
  public var work: Int { target - origin.budget }
}

/// The state that a job starts from. Budgets are cumulative, in the study's unit.
public enum Origin: Hashable, Codable, Sendable {
  /// Newly initialized weights.
  case fresh
  /// The trial's own state when it had reached `from`.
  case resume(from: Int)
  /// PBT's exploit: weights, buffers and optimizer memory of `parent` when it had reached `at`.
  case fork(of: TrialID, at: Int)

  /// The cumulative budget that the state has had; 0 for new weights.
  public var budget: Int {
    switch self {
    case .fresh: 0
    case .resume(let budget), .fork(_, let budget): budget
    }
  }
}

/// How a job ended.
public struct Outcome: Hashable, Sendable {
  public enum Result: Hashable, Codable, Sendable {
    /// The target was reached, with this finite cost; lower is better.
    case reached(cost: Double)
    /// The trial diverged, ran out of memory or threw: data for the sampler, not an error of the program.
    case failed(reason: String)
  }
  public var job: JobID
  public var trial: TrialID
  public var result: Result
  /// The costs of the study's further objectives, in its order, finite; empty for one objective, and for a
  /// failure.
  public var furtherCosts: [Double]
  /// By how much the study's limits are broken, 0 when they hold.
  public var violation: Double
  /// As `CostVector.excesses` has them. Not written: they follow from what was measured.
  public var excesses: [Double] = []

  public init(
    job: JobID, trial: TrialID, result: Result, furtherCosts: [Double] = [], violation: Double = 0,
    excesses: [Double] = []
  ) {
    self.job = job
    self.trial = trial
    self.result = result
    self.furtherCosts = furtherCosts
    self.violation = violation
    self.excesses = excesses
  }
}

extension Outcome: Codable {
  private enum CodingKeys: CodingKey { case job, trial, result, furtherCosts, violation }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    job = try container.decode(JobID.self, forKey: .job)
    trial = try container.decode(TrialID.self, forKey: .trial)
    result = try container.decode(Result.self, forKey: .result)
    furtherCosts = try container.decodeIfPresent([Double].self, forKey: .furtherCosts) ?? []
    violation = try container.decodeIfPresent(Double.self, forKey: .violation) ?? 0
  }

  /// What there is none of is left out, so that a study with one objective is written as it always was.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(job, forKey: .job)
    try container.encode(trial, forKey: .trial)
    try container.encode(result, forKey: .result)
    if !furtherCosts.isEmpty { try container.encode(furtherCosts, forKey: .furtherCosts) }
    if violation > 0 { try container.encode(violation, forKey: .violation) }
  }
}

extension Outcome {
  /// All costs, the first objective's first; nil when the job failed.
  public var costVector: CostVector? {
    guard case .reached(let cost) = result else { return nil }
    return CostVector([cost] + furtherCosts, violation: violation, excesses: excesses)
  }
}
