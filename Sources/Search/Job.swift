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
public struct Outcome: Hashable, Codable, Sendable {
  public enum Result: Hashable, Codable, Sendable {
    /// The target was reached, with this finite cost; lower is better.
    case reached(cost: Double)
    /// The trial diverged, ran out of memory or threw: data for the sampler, not an error of the program.
    case failed(reason: String)
  }
  public var job: JobID
  public var trial: TrialID
  public var result: Result

  public init(job: JobID, trial: TrialID, result: Result) {
    self.job = job
    self.trial = trial
    self.result = result
  }
}
