/// Asynchronous successive halving by promotion (Li et al., "A system for massively parallel hyperparameter
/// tuning", MLSys 2020, arXiv 1810.05934, Algorithm 2): a free group promotes the best trial that is among
/// the best 1/η of its rung and has not been promoted, looking from the highest rung down; if there is none,
/// it starts a new trial.
///
/// Failed trials count as the worst of the rung that they were on the way to. An observation and a job cost
/// O(log n + rungs) for n trials.
public struct ASHA: Scheduler, Equatable {
  private let options: ASHAOptions
  private let ladder: BudgetLadder
  private var rungs: [AsynchronousRung]
  private var ledger = JobLedger()
  /// By trial; what a promoted trial goes on with.
  private var configurations: [Configuration] = []
  /// Unfinished jobs after which a trial may be promoted: all but those on the way to the top.
  private var promising = 0

  /// - Throws: what `ASHAOptions.validate()` and `BudgetLadder` throw.
  public init(_ options: ASHAOptions) throws(SearchError) {
    try options.validate()
    self.options = options
    ladder = try BudgetLadder(
      minimum: options.minimumBudget, maximum: options.maximumBudget, reduction: options.reduction)
    rungs = Array(repeating: AsynchronousRung(reduction: options.reduction), count: ladder.rungs)
  }

  public var isSynchronous: Bool { false }

  public var isFinished: Bool {
    configurations.count == options.trials && promising == 0
      && !rungs.dropLast().contains(where: \.canPromote)
  }

  public var plan: SchedulePlan {
    let typical = Bracket(trials: options.trials, reduction: options.reduction, budgets: ladder.budgets)
    return SchedulePlan(
      trials: options.trials, jobs: typical.jobs, budget: typical.work, longestTrial: options.maximumBudget,
      concurrency: options.trials)
  }

  public var progress: ScheduleProgress {
    ledger.progress(
      isFinished && ledger.observed == ledger.issued
        ? .finished
        : .rungs(observed: rungs.map(\.count), begun: configurations.count, total: options.trials))
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    for rung in (0..<rungs.count - 1).reversed() {
      guard let trial = rungs[rung].promote() else { continue }
      return issue(
        trial, from: .resume(from: ladder.budgets[rung]), configurations[trial.rawValue], toRung: rung + 1)
    }
    guard configurations.count < options.trials else { return nil }
    let trial = TrialID(configurations.count)
    let configuration = try propose(trial)
    configurations.append(configuration)
    return issue(trial, from: .fresh, configuration, toRung: 0)
  }

  private mutating func issue(
    _ trial: TrialID, from origin: Origin, _ configuration: Configuration, toRung rung: Int
  ) -> Job {
    if rung < rungs.count - 1 { promising += 1 }
    return ledger.issue(trial, from: origin, configuration, to: ladder.budgets[rung])
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let rung = ladder.budgets.firstIndex(of: job.target) else {
      preconditionFailure("every job goes to a rung")
    }
    if rung < rungs.count - 1 { promising -= 1 }
    rungs[rung].insert(outcome.cost.map { Ranked(cost: $0, trial: job.trial) })
  }
}

/// The trials observed at one rung, and which of them may be promoted.
///
/// The best ⌊n / η⌋ are kept apart from the rest, each in a heap open towards the other, so that a member
/// crosses the border when n grows or a better one comes. A trial may be promoted when it is the best of
/// those not yet promoted and not beyond the border.
struct AsynchronousRung: Codable, Equatable, Sendable {
  private let reduction: Int
  /// n: all trials observed, failed ones included.
  private(set) var count = 0
  /// The best ⌊n / η⌋ (fewer when too many failed), the worst of them first.
  private var best = Heap<Descending<Ranked>>()
  /// All others that did not fail, the best of them first.
  private var rest = Heap<Ranked>()
  /// All that did not fail and were not promoted, the best of them first.
  private var waiting = Heap<Ranked>()

  init(reduction: Int) { self.reduction = reduction }

  var canPromote: Bool {
    guard let candidate = waiting.first, let border = best.first?.value else { return false }
    return candidate <= border
  }

  /// Takes out the best trial that may be promoted.
  mutating func promote() -> TrialID? {
    canPromote ? waiting.popFirst()?.trial : nil
  }

  /// Takes a trial's result; nil when it failed.
  mutating func insert(_ result: Ranked?) {
    count += 1
    if let result {
      waiting.insert(result)
      if let border = best.first?.value, result < border {
        best.insert(Descending(value: result))
      } else {
        rest.insert(result)
      }
    }
    let places = count / reduction
    if best.count > places, let worst = best.popFirst() { rest.insert(worst.value) }
    if best.count < places, let next = rest.popFirst() { best.insert(Descending(value: next)) }
  }
}
