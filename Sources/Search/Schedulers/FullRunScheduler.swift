/// Every trial gets the whole budget in one job: for studies in which the sampler does the work.
/// Asynchronous.
public struct FullRunScheduler: Scheduler, Equatable {
  private let options: FullRunOptions
  private var ledger = JobLedger()

  /// - Throws: what `FullRunOptions.validate()` throws.
  public init(_ options: FullRunOptions) throws(SearchError) {
    try options.validate()
    self.options = options
  }

  public var isSynchronous: Bool { false }
  public var isFinished: Bool { ledger.issued == options.trials }

  public var plan: SchedulePlan {
    SchedulePlan(
      trials: options.trials, jobs: options.trials, budget: options.trials.timesSaturating(options.budget),
      longestTrial: options.budget, concurrency: options.trials)
  }

  public var progress: ScheduleProgress {
    ledger.progress(isFinished ? .finished : .trials(begun: ledger.issued, total: options.trials))
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard !isFinished else { return nil }
    let trial = TrialID(ledger.issued)
    return ledger.issue(trial, from: .fresh, try propose(trial), to: options.budget)
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    ledger.abandon(try ledger.settle(outcome).trial)
  }

  public mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

/// Options of `FullRunScheduler`.
public struct FullRunOptions: SchedulerOptions {
  /// Configurations to try, at least 1.
  public var trials: Int
  /// What each of them gets, at least 1.
  public var budget: Int

  public init(trials: Int, budget: Int) {
    self.trials = trials
    self.budget = budget
  }

  public var extent: (option: String, value: Int) { ("trials", trials) }

  public var heeds: Heeding { .priors }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try FullRunScheduler(self)
  }

  public func validate() throws(SearchError) {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
    try check("budget", budget, atLeast: 1, remedy: "Write how long each trial trains.")
  }
}
