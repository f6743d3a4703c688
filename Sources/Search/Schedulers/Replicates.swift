/// How often every trial is trained, each time from another seed: its replicates. Each is a trial of its own
/// in the study's record, k consecutive ones with the same configuration.
public struct Replicates: Hashable, Codable, Sendable {
  /// k, at least 1.
  public let count: Int

  public init(_ count: Int) {
    precondition(count >= 1, "a trial is trained once at least")
    self.count = count
  }

  /// Replicate `number`, from 0, of a scheduler's trial.
  public func trial(_ number: Int, of trial: TrialID) -> TrialID { TrialID(trial.rawValue * count + number) }

  /// The scheduler's trial that a replicate belongs to.
  public func original(of trial: TrialID) -> TrialID { TrialID(trial.rawValue / count) }

  /// Which of its trial's replicates a trial is, from 0.
  public func number(of trial: TrialID) -> Int { trial.rawValue % count }

  /// The scheduler's job that a replicate's job belongs to: a scheduler's jobs are issued k by k.
  func original(of job: JobID) -> JobID { JobID(job.rawValue / count) }
}

/// The answers of the replicates of jobs at work, until the last one of a job is there.
public struct ReplicateAnswers: Codable, Equatable, Sendable {
  /// A job's mean over its replicates.
  public struct Mean: Equatable, Sendable {
    public var costs: CostVector
    /// Of the first objective's mean: the sample deviation over √k; nil for one replicate.
    public var standardError: Double?

    /// Of the outcomes of all replicates; nil when one has failed.
    public init?(_ all: [Outcome]) {
      guard let costs = all.meanCosts else { return nil }
      self.costs = costs
      standardError = ReplicateAnswers.standardError(of: all.compactMap(\.cost))
    }
  }

  public let replicates: Replicates
  private var answers: [JobID: [Outcome]] = [:]

  public init(_ replicates: Replicates) { self.replicates = replicates }

  /// Takes a replicate's outcome.
  /// - Returns: the outcomes of all replicates of its job, by job, when this was the last one.
  public mutating func take(_ outcome: Outcome) -> [Outcome]? {
    let job = replicates.original(of: outcome.job)
    answers[job, default: []].append(outcome)
    guard answers[job]?.count == replicates.count else { return nil }
    // In one order whoever was faster, so that sums round alike.
    return answers.removeValue(forKey: job)?.sorted { $0.job < $1.job }
  }

  /// Takes a replicate's outcome.
  /// - Returns: the mean when this was the last one of its job and none has failed.
  public mutating func mean(with outcome: Outcome) -> Mean? {
    take(outcome).flatMap(Mean.init)
  }

  /// The sample deviation over √k; nil for one value.
  static func standardError(of values: [Double]) -> Double? {
    let count = Double(values.count)
    guard values.count > 1 else { return nil }
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / (count - 1) / count).squareRoot()
  }
}

extension Outcome {
  /// What a trial reached.
  init(of job: JobID, _ trial: TrialID, _ costs: CostVector) {
    self.init(
      job: job, trial: trial, result: .reached(cost: costs.costs[0]),
      furtherCosts: Array(costs.costs.dropFirst()),
      violation: costs.violation)
  }
}

extension [Outcome] {
  /// The mean of each cost and of the violation; nil when one has failed.
  var meanCosts: CostVector? {
    let vectors = compactMap(\.costVector)
    guard let first = vectors.first, vectors.count == count else { return nil }
    return CostVector(
      first.costs.indices.map { place in vectors.reduce(0) { $0 + $1.costs[place] } / Double(count) },
      violation: vectors.reduce(0) { $0 + $1.violation / Double(count) })
  }
}
