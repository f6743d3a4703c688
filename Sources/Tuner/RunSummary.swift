public import Search

/// How a run ended, and the best that it found.
public struct RunSummary: Codable, Equatable, Sendable {
  public enum Ending: Codable, Equatable, Sendable {
    case finished
    case unfinished(StopReason)
  }

  public struct Best: Codable, Equatable, Sendable {
    public var trial: TrialID
    /// Cumulative budget at which the score was measured, in the study's unit.
    public var budget: Int
    /// The objective's metric, with its own sign.
    public var score: Double
    public var configuration: Configuration
    /// Relative to the run directory.
    public var checkpoint: String
    /// Of the score, where it is the mean of several replicates; nil, and not written, where there is one.
    public var standardError: Double?
    /// What it breaks of the study's limits: empty when it keeps them; nil, and not written, in a study without
    /// limits.
    public var brokenLimits: [BrokenLimit]?
    /// How many states have the same score, of which the dev loss chose this one, or else the order in time; nil, and not
    /// written, where it has the score alone.
    public var tied: Int?

    public init(
      trial: TrialID, budget: Int, score: Double, configuration: Configuration, checkpoint: String,
      standardError: Double? = nil, brokenLimits: [BrokenLimit]? = nil, tied: Int? = nil
    ) {
      self.trial = trial
      self.budget = budget
      self.score = score
      self.configuration = configuration
      self.checkpoint = checkpoint
      self.standardError = standardError
      self.brokenLimits = brokenLimits
      self.tied = tied
    }
  }

  /// What the best is compared with: the newest that trial 0 reached with the configuration that the user gave.
  public struct Baseline: Codable, Equatable, Sendable {
    /// Cumulative, in the study's unit.
    public var budget: Int
    /// The objective's metric, with its own sign.
    public var score: Double

    public init(budget: Int, score: Double) {
      self.budget = budget
      self.score = score
    }
  }

  /// A trial that nothing dominates.
  public struct FrontMember: Codable, Equatable, Sendable {
    public var trial: TrialID
    /// Cumulative budget at which the scores were measured, in the study's unit.
    public var budget: Int
    /// The objectives' metrics by name, each with its own sign.
    public var scores: [String: Double]
    public var configuration: Configuration
    /// Relative to the run directory.
    public var checkpoint: String
    /// As of the best.
    public var brokenLimits: [BrokenLimit]?

    /// Such as `trial 12 at 9: dev_accuracy 0.97, latency_ms 1.3`.
    public var text: String {
      "\(trial) at \(budget): "
        + scores.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        + (brokenLimits ?? []).clause
    }
  }

  public var ending: Ending
  /// Nil when no job has reached its target.
  public var best: Best?
  /// Of a study with several objectives, by the first one, the best first; nil otherwise.
  public var front: [FrontMember]?
  /// Trials begun.
  public var trials: Int
  /// Jobs answered, in all sessions.
  public var jobs: Int
  /// Trials whose newest job failed.
  public var failedTrials: Int
  /// Nil when the study has no baseline, or that has no score yet.
  public var baseline: Baseline?

  public init(
    ending: Ending, best: Best?, front: [FrontMember]? = nil, trials: Int, jobs: Int, failedTrials: Int,
    baseline: Baseline? = nil
  ) {
    self.ending = ending
    self.best = best
    self.front = front
    self.trials = trials
    self.jobs = jobs
    self.failedTrials = failedTrials
    self.baseline = baseline
  }
}

extension [BrokenLimit] {
  /// What a list of results says of one that breaks limits; nothing of one that keeps them.
  fileprivate var clause: String { isEmpty ? "" : ", breaks \(text)" }

  /// What a study says before its best score: `best`, or `no trial keeps the limits; best of those that break
  /// parameters <= 1 (by 840 times):`. The best breaks limits only where every trial does.
  public var titleOfBest: String { isEmpty ? "best" : "no trial keeps the limits; \(nameOfBest):" }

  /// `best of those that break parameters <= 1 (by 840 times)`.
  public var nameOfBest: String { "best of those that break \(text)" }
}

extension RunSummary.Best {
  /// Whether it keeps the study's limits, in a line; nil in a study without limits.
  public var limitsText: String? {
    brokenLimits.map { $0.isEmpty ? "kept by the best" : "no trial keeps them: \($0.nameOfBest)" }
  }
}

extension RunSummary.Baseline {
  /// How far a score is from the baseline's, such as ` (+0.0312 on the baseline's 0.9120 at 10)`.
  public func comparison(of score: Double) -> String {
    let difference = score - self.score
    return
      " (\(difference >= 0 ? "+" : "-")\(Self.text(abs(difference))) on the baseline's \(Self.text(self.score)) "
      + "at \(budget))"
  }

  /// Six digits after the point at most.
  private static func text(_ number: Double) -> String {
    abs(number) < 1e9 ? "\((number * 1e6).rounded() / 1e6)" : "\(number)"
  }
}
