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
    /// Of the score over other samples of the dev split's kind; nil, and not written, where it was not measured. Of
    /// replicates that share the dev split one's.
    public var samplingError: Double?
    /// What it breaks of the study's limits: empty when it keeps them; nil, and not written, in a study without
    /// limits.
    public var brokenLimits: [BrokenLimit]?
    /// How many states have the same score, of which the dev loss chose this one, or else the order in time; nil, and not
    /// written, where it has the score alone.
    public var tied: Int?

    public init(
      trial: TrialID, budget: Int, score: Double, configuration: Configuration, checkpoint: String,
      standardError: Double? = nil, samplingError: Double? = nil, brokenLimits: [BrokenLimit]? = nil,
      tied: Int? = nil
    ) {
      self.trial = trial
      self.budget = budget
      self.score = score
      self.configuration = configuration
      self.checkpoint = checkpoint
      self.standardError = standardError
      self.samplingError = samplingError
      self.brokenLimits = brokenLimits
      self.tied = tied
    }
  }

  /// What the best is compared with: trial 0 with the configuration that the user gave, at the largest budget that
  /// both have reached.
  public struct Baseline: Codable, Equatable, Sendable {
    /// Cumulative, in the study's unit.
    public var budget: Int
    /// The objective's metric, with its own sign.
    public var score: Double
    /// What the best trial had there, where that is not the budget at which it won; nil, and not written, else.
    public var scoreOfBest: Double?

    public init(budget: Int, score: Double, scoreOfBest: Double? = nil) {
      self.budget = budget
      self.score = score
      self.scoreOfBest = scoreOfBest
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
  /// The score with its error: over seeds where there are replicates, else over other samples of the dev split's kind.
  public var measured: MeasuredScore { MeasuredScore(score, error: standardError ?? samplingError) }

  /// Whether it keeps the study's limits, in a line; nil in a study without limits.
  public var limitsText: String? {
    brokenLimits.map { $0.isEmpty ? "kept by the best" : "no trial keeps them: \($0.nameOfBest)" }
  }
}

extension RunSummary.Baseline {
  init(_ comparison: BaselineComparison, _ objective: Objective) {
    self.init(
      budget: comparison.budget, score: objective.score(of: comparison.cost),
      scoreOfBest: comparison.costOfBest.map(objective.score))
  }

  /// How far a score is from the baseline's, such as ` (+0.0312 on the baseline's 0.912 at 10)`, or
  /// ` (at 3 0.9 and the baseline 0.89: +0.01)` where the best has come farther than the baseline.
  public func comparison(of score: Double) -> String {
    let compared = scoreOfBest ?? score
    let difference = compared - self.score
    let words = "\(difference >= 0 ? "+" : "-")\(Self.text(abs(difference)))"
    if let scoreOfBest {
      return " (at \(budget) \(Self.text(scoreOfBest)) and the baseline \(Self.text(self.score)): \(words))"
    }
    return " (\(words) on the baseline's \(Self.text(self.score)) at \(budget))"
  }

  /// Six digits after the point at most.
  private static func text(_ number: Double) -> String {
    abs(number) < 1e9 ? "\((number * 1e6).rounded() / 1e6)" : "\(number)"
  }
}
