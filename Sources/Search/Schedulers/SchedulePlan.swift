/// What a study amounts to before it starts: for checks and progress lines. Sums beyond `Int.max` are
/// `Int.max`.
///
/// Failed trials make a study smaller. Asynchronous halving promotes by what it meets: its jobs and budget
/// are those of rungs that each promote one trial in `reduction`.
public struct SchedulePlan: Hashable, Codable, Sendable {
  /// Configurations that will be tried; PBT's members.
  public var trials: Int
  public var jobs: Int
  /// Budget units of all jobs together.
  public var budget: Int
  /// Budget units of all jobs together when none goes on from an earlier state: when each begins with new
  /// weights.
  public var budgetAnew: Int
  /// The cumulative budget of a trial that is taken to the end.
  public var longestTrial: Int
  /// How many jobs can be at work at once when the study begins; more groups than that would be idle.
  public var concurrency: Int

  /// - Parameter budgetAnew: nil where no job goes on from an earlier state.
  public init(
    trials: Int, jobs: Int, budget: Int, budgetAnew: Int? = nil, longestTrial: Int, concurrency: Int
  ) {
    self.trials = trials
    self.jobs = jobs
    self.budget = budget
    self.budgetAnew = budgetAnew ?? budget
    self.longestTrial = longestTrial
    self.concurrency = concurrency
  }
}

/// Where a study stands.
public struct ScheduleProgress: Hashable, Codable, Sendable {
  public var issuedJobs: Int
  public var observedJobs: Int
  /// Budget units of the observed jobs together; a failed job counts in full.
  public var observedBudget: Int
  public var stage: Stage

  public init(issuedJobs: Int, observedJobs: Int, observedBudget: Int, stage: Stage) {
    self.issuedJobs = issuedJobs
    self.observedJobs = observedJobs
    self.observedBudget = observedBudget
    self.stage = stage
  }

  /// What the scheduler is busy with. All numbers but counts are indices from 0.
  public enum Stage: Hashable, Codable, Sendable {
    /// Trials that do not depend on each other: `begun` of them, of `total`.
    case trials(begun: Int, total: Int)
    /// The oldest bracket that is not complete; younger ones may be at work too.
    case bracket(Int, brackets: Int, rung: Int, rungs: Int)
    /// Asynchronous halving: how many trials were observed at each rung, the first rung first.
    case rungs(observed: [Int], begun: Int, total: Int)
    /// The generation that is at work.
    case generation(Int, total: Int)
    case finished
  }
}

extension ScheduleProgress.Stage: CustomStringConvertible {
  /// For people, who count from 1: `generation 3 of 10`, `bracket 2 of 5, rung 1 of 4`.
  public var description: String {
    switch self {
    case .trials(let begun, let total): "trial \(begun) of \(total)"
    case .bracket(let bracket, let brackets, let rung, let rungs):
      "bracket \(bracket + 1) of \(brackets), rung \(rung + 1) of \(rungs)"
    case .rungs(let observed, let begun, let total):
      "trial \(begun) of \(total), rungs \(observed.map(String.init).joined(separator: "/"))"
    case .generation(let generation, let total): "generation \(generation + 1) of \(total)"
    case .finished: "finished"
    }
  }
}
