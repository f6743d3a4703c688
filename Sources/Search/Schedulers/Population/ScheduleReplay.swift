/// Trains new weights by a schedule of hyperparameters that a population found: PBT's result without its
/// lucky weights. `History.schedule(of:)` is such a schedule.
///
/// Asynchronous. A trial goes on with its next stretch before another one begins.
struct ScheduleReplay: Scheduler, Equatable {
  private let options: ReplayOptions
  private var ledger = JobLedger()
  private var begun = 0
  /// Trials to go on with, and how many stretches they have had.
  private var waiting: [Waiting] = []
  /// Unfinished jobs after which a trial goes on.
  private var promising = 0

  private struct Waiting: Codable, Equatable, Sendable {
    var trial: TrialID
    var stretches: Int
  }

  /// - Throws: what `ReplayOptions.validate` throws.
  init(_ options: ReplayOptions, space: SearchSpace, mutable: Set<String>) throws(SearchError) {
    try options.validate(in: space, mutable: mutable)
    self.options = options
  }

  var isSynchronous: Bool { false }
  var isFinished: Bool { begun == options.trials && waiting.isEmpty && promising == 0 }

  var plan: SchedulePlan {
    let length = options.schedule.last?.until ?? 0
    return SchedulePlan(
      trials: options.trials, jobs: options.trials.timesSaturating(options.schedule.count),
      budget: options.trials.timesSaturating(length), longestTrial: length, concurrency: options.trials)
  }

  var progress: ScheduleProgress {
    let isOver = isFinished && ledger.observed == ledger.issued
    return ledger.progress(isOver ? .finished : .trials(begun: begun, total: options.trials))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    if let next = waiting.popLast() { return issue(next) }
    guard begun < options.trials else { return nil }
    begun += 1
    return issue(Waiting(trial: TrialID(begun - 1), stretches: 0))
  }

  private mutating func issue(_ next: Waiting) -> Job {
    let stretch = options.schedule[next.stretches]
    if next.stretches + 1 < options.schedule.count { promising += 1 }
    let origin =
      next.stretches == 0 ? Origin.fresh : .resume(from: options.schedule[next.stretches - 1].until)
    return ledger.issue(next.trial, from: origin, stretch.configuration, to: stretch.until)
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let stretch = options.schedule.firstIndex(where: { $0.until == job.target }) else {
      preconditionFailure("every job is a stretch")
    }
    let isLast = stretch + 1 == options.schedule.count
    if !isLast { promising -= 1 }
    if isLast || outcome.cost == nil {
      ledger.abandon(job.trial)
    } else {
      waiting.append(Waiting(trial: job.trial, stretches: stretch + 1))
    }
  }

  mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

/// Options of the replay of a schedule.
public struct ReplayOptions: SchedulerOptions {
  /// In the order of their budgets, at least one.
  public var schedule: [Stretch]
  /// How often new weights are trained by it, at least 1.
  public var trials: Int

  /// A configuration, and the cumulative budget until which it is in force.
  public struct Stretch: Hashable, Codable, Sendable {
    public var until: Int
    public var configuration: Configuration

    public init(until: Int, configuration: Configuration) {
      self.until = until
      self.configuration = configuration
    }
  }

  public init(schedule: [Stretch], trials: Int = 1) {
    self.schedule = schedule
    self.trials = trials
  }

  /// The schedule that a lineage had.
  public init(_ lineage: [ScheduledConfiguration], trials: Int = 1) {
    self.init(
      schedule: lineage.map { Stretch(until: $0.end, configuration: $0.configuration) }, trials: trials)
  }

  public var extent: (option: String, value: Int) { ("trials", trials) }

  public var needsStates: Bool { true }

  public var heeds: Heeding { .priors }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try ScheduleReplay(self, space: study.space, mutable: study.mutable)
  }

  /// - Throws: `SearchError` when the budgets do not rise, a configuration is not of the space, or a
  ///   hyperparameter changes that must not.
  func validate(in space: SearchSpace, mutable: Set<String>) throws(SearchError) {
    try check("trials", trials, atLeast: 1, remedy: "Write how often to train by the schedule.")
    guard let first = schedule.first else {
      throw SearchError(
        subject: "scheduler.schedule", expected: "at least one stretch", found: "none",
        remedy: "Write the schedule that a population's report shows.")
    }
    var previous = 0
    for stretch in schedule {
      guard stretch.until > previous, stretch.until <= 1_000_000_000 else {
        throw SearchError(
          subject: "scheduler.schedule", expected: "budgets that rise",
          found: "\(stretch.until) after \(previous)",
          remedy: "Write the stretches in the order of training.")
      }
      previous = stretch.until
      try space.validate(stretch.configuration)
      for parameter in space.parameters where !mutable.contains(parameter.name) {
        guard stretch.configuration[parameter.name] == first.configuration[parameter.name] else {
          throw SearchError(
            subject: "scheduler.schedule",
            expected: "one value of \(parameter.name), which cannot change while a "
              + "trial trains", found: "another one until \(stretch.until)",
            remedy: "Write the same value in every stretch.")
        }
      }
    }
  }
}
