/// What a study amounts to before it starts: for checks and progress lines. Sums beyond `Int.max` are
/// `Int.max`.
///
/// It is what the scheduler does when every trial succeeds; failed trials make a study smaller. Where that
/// depends on the costs:
///
/// - Asynchronous halving by promotion: what it does when trials are observed from the best to the worst, the
///   least it ever does: each rung promotes one trial in `reduction`.
/// - By stopping: what is to be expected of costs in a random order.
/// - Stopping by curves, and populations that do not wait: the most, in which no trial is stopped and none leaps
///   ahead.
/// - Freeze-thaw: a typical study; the budget is exact.
public struct SchedulePlan: Hashable, Codable, Sendable {
  /// Configurations that will be tried; PBT's members.
  public var trials: Int
  public var jobs: Int
  /// Budget units of all jobs together.
  public var budget: Int
  /// Budget units of all jobs together when none goes on from an earlier state: when each begins with new
  /// weights.
  public var budgetAnew: Int
  /// The largest cumulative budget that a trial comes to.
  public var longestTrial: Int
  /// The cumulative budget of a trial that is taken to the end, whether or not one is.
  public var fullBudget: Int
  /// How many jobs can be at work at once when the study begins; more groups than that would be idle.
  public var concurrency: Int
  /// What whoever starts the study should know before, in words; nil where it does what its options say.
  public var warning: String?

  /// - Parameters:
  ///   - budgetAnew: nil where no job goes on from an earlier state.
  ///   - fullBudget: nil where a trial comes to it.
  public init(
    trials: Int, jobs: Int, budget: Int, budgetAnew: Int? = nil, longestTrial: Int, fullBudget: Int? = nil,
    concurrency: Int, warning: String? = nil
  ) {
    self.trials = trials
    self.jobs = jobs
    self.budget = budget
    self.budgetAnew = budgetAnew ?? budget
    self.longestTrial = longestTrial
    self.fullBudget = fullBudget ?? longestTrial
    self.concurrency = concurrency
    self.warning = warning
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
