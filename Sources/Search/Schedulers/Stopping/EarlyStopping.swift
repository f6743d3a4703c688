/// Whether a trial goes on, asked whenever it reports.
///
/// Rules differ in where trials are asked, and in what they compare.
protocol StoppingRule: Codable, Equatable, Sendable {
  /// The next budget at which a trial that has had `budget` is asked; nil when it has had all.
  func budget(after budget: Int) -> Int?

  /// Learns how a trial fares at a budget, and answers whether it goes on. A trial's outcomes come in the
  /// order of its budgets; after its last one the answer does not matter.
  mutating func goesOn(_ outcome: Outcome, at budget: Int) -> Bool

  /// The plan of a study of so many trials.
  func plan(trials: Int) -> SchedulePlan
}

/// Trials that train in stretches, and are stopped between two of them when a rule says so; a stopped trial
/// never goes on again.
///
/// Asynchronous: a decision compares with what has been observed so far, and waits for nothing. Trials that
/// go on come before new ones, of several the one that reported last. An observation and a job cost O(1)
/// besides the rule.
struct EarlyStopping<Rule: StoppingRule>: Scheduler, Equatable {
  private let trials: Int
  private(set) var rule: Rule
  private var ledger = JobLedger()
  /// By trial; nil once it has ended.
  private var configurations: [Configuration?] = []
  /// Trials to go on with, and the budget that they have had.
  private var waiting: [Waiting] = []
  /// Unfinished jobs after which a trial may go on.
  private var promising = 0

  private struct Waiting: Codable, Equatable, Sendable {
    var trial: TrialID
    var budget: Int
  }

  init(_ rule: Rule, trials: Int) {
    self.trials = trials
    self.rule = rule
  }

  var isSynchronous: Bool { false }
  var isFinished: Bool { configurations.count == trials && waiting.isEmpty && promising == 0 }
  var plan: SchedulePlan { rule.plan(trials: trials) }

  var progress: ScheduleProgress {
    let isOver = isFinished && ledger.observed == ledger.issued
    return ledger.progress(isOver ? .finished : .trials(begun: configurations.count, total: trials))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    if let next = waiting.popLast(), let configuration = configurations[next.trial.rawValue] {
      return issue(next.trial, from: .resume(from: next.budget), configuration)
    }
    guard configurations.count < trials else { return nil }
    let trial = TrialID(configurations.count)
    let configuration = try propose(trial)
    configurations.append(configuration)
    return issue(trial, from: .fresh, configuration)
  }

  private mutating func issue(_ trial: TrialID, from origin: Origin, _ configuration: Configuration) -> Job {
    guard let target = rule.budget(after: origin.budget) else {
      preconditionFailure("a trial that has had all its budget is not continued")
    }
    if rule.budget(after: target) != nil { promising += 1 }
    return ledger.issue(trial, from: origin, configuration, to: target)
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    let hasMore = rule.budget(after: job.target) != nil
    if hasMore { promising -= 1 }
    let goesOn = rule.goesOn(outcome, at: job.target)
    if hasMore, goesOn, outcome.cost != nil {
      waiting.append(Waiting(trial: job.trial, budget: job.target))
    } else {
      configurations[job.trial.rawValue] = nil
      ledger.abandon(job.trial)
    }
  }

  mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

/// Stretches of equal length, up to the whole budget.
public struct Stretches: Hashable, Codable, Sendable {
  /// At least 1.
  public var interval: Int
  /// At least 1; the last stretch may be shorter than the others.
  public var maximum: Int

  func budget(after budget: Int) -> Int? {
    budget < maximum ? min(maximum, (budget / interval + 1) * interval) : nil
  }

  func validate() throws(SearchError) {
    try check("maximum_budget", maximum, atLeast: 1, remedy: "Write what a trial gets that goes well.")
    try check(
      "interval", interval, atLeast: 1, remedy: "Write how long a trial trains between two judgements.")
  }

  /// At most: no trial is stopped.
  func plan(trials: Int) -> SchedulePlan {
    SchedulePlan(
      trials: trials, jobs: trials.timesSaturating((maximum + interval - 1) / interval),
      budget: trials.timesSaturating(maximum), longestTrial: maximum, concurrency: trials)
  }
}
