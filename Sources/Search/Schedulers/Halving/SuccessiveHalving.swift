/// Starts many trials on a small budget, promotes the best of each rung to the next budget, and so on to the
/// last: one bracket after the other. With Hyperband's brackets it is Hyperband (Li et al., JMLR 18:185
/// (2018), Algorithm 1).
///
/// Synchronous: a rung is ranked when all its trials have been observed, failed ones as the worst; by fronts
/// where there are several objectives, as in `VectorRung`. So that
/// groups are not idle while the few trials of the late rungs train, the next bracket starts as soon as the
/// first rung of the one before it is complete, and not earlier, because its configurations should profit
/// from what that rung showed; with an `overlap` above 1, as many brackets are at their first rung at once.
/// Promotions go before new trials, older brackets before younger ones.
public struct SuccessiveHalving: Scheduler, Equatable {
  /// The brackets of one iteration.
  public let brackets: [Bracket]
  private let iterations: Int
  private let overlap: Int
  /// The brackets that have started and are not complete, the oldest first.
  private var running: [BracketRun] = []
  /// How many brackets have started.
  private var started = 0
  private var ledger = JobLedger()
  /// By trial; what a promoted trial goes on with.
  private var configurations: [Configuration] = []
  /// The bracket of each unfinished job.
  private var bracketOfJob: [JobID: Int] = [:]

  /// - Throws: what `SuccessiveHalvingOptions.bracket()` throws.
  public init(_ options: SuccessiveHalvingOptions) throws(SearchError) {
    brackets = [try options.bracket()]
    iterations = options.iterations
    overlap = options.overlap
  }

  /// Hyperband.
  /// - Throws: what `HyperbandOptions.brackets()` throws.
  public init(_ options: HyperbandOptions) throws(SearchError) {
    brackets = try options.brackets()
    iterations = options.iterations
    overlap = options.overlap
  }

  public var isSynchronous: Bool { true }

  /// Brackets of the whole study.
  private var total: Int { brackets.count * iterations }

  public var isFinished: Bool { started == total && running.allSatisfy(\.hasIssuedAll) }

  public var plan: SchedulePlan {
    let sizes = brackets.map(\.trials)
    let (cycles, rest) = min(overlap, total).quotientAndRemainder(dividingBy: brackets.count)
    let concurrency = sizes.sumSaturating.timesSaturating(cycles)
      .plusSaturating(sizes.prefix(rest).sumSaturating)
    return SchedulePlan(of: brackets, iterations: iterations, concurrency: concurrency)
  }

  public var progress: ScheduleProgress {
    guard let oldest = running.first else {
      return ledger.progress(
        started == total
          ? .finished
          : .bracket(
            started, brackets: total, rung: 0, rungs: brackets[started % brackets.count].budgets.count))
    }
    return ledger.progress(
      .bracket(oldest.number, brackets: total, rung: oldest.rung, rungs: oldest.bracket.budgets.count))
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    for index in running.indices {
      guard let trial = running[index].nextPromotion() else { continue }
      let run = running[index]
      return issue(
        trial, from: .resume(from: run.bracket.budgets[run.rung - 1]), configurations[trial.rawValue], in: run
      )
    }
    let place = running.firstIndex(where: \.needsTrials) ?? startBracket()
    guard let place else { return nil }
    let trial = TrialID(configurations.count)
    let configuration = try propose(trial)
    configurations.append(configuration)
    running[place].begin()
    return issue(trial, from: .fresh, configuration, in: running[place])
  }

  /// The place of the next bracket among the running ones, or nil when it may not start yet.
  private mutating func startBracket() -> Int? {
    guard started < total, running.count(where: { !$0.isFirstRungComplete }) < overlap else { return nil }
    running.append(BracketRun(number: started, bracket: brackets[started % brackets.count]))
    started += 1
    return running.count - 1
  }

  private mutating func issue(
    _ trial: TrialID, from origin: Origin, _ configuration: Configuration, in run: BracketRun
  ) -> Job {
    let job = ledger.issue(trial, from: origin, configuration, to: run.bracket.budgets[run.rung])
    bracketOfJob[job.id] = run.number
    return job
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let number = bracketOfJob.removeValue(forKey: job.id),
      let index = running.firstIndex(where: { $0.number == number })
    else { preconditionFailure("every unfinished job belongs to a running bracket") }
    if outcome.cost == nil { ledger.abandon(job.trial) }
    for trial in running[index].observe(outcome) { ledger.abandon(trial) }
    running.removeAll(where: \.isComplete)
  }

  public mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

/// A bracket at work.
struct BracketRun: Codable, Equatable, Sendable {
  /// Among the study's brackets, from 0.
  let number: Int
  let bracket: Bracket
  /// The rung that trials are being brought to.
  private(set) var rung = 0
  /// Trials that were begun at the first rung.
  private var begun = 0
  /// Trials of this rung that have not been observed; all those to be begun included.
  private var missing: Int
  /// Promoted trials whose jobs have not been issued, the best last.
  private var promotions: [TrialID] = []
  /// Trials that reached this rung.
  private var results: [Outcome] = []

  init(number: Int, bracket: Bracket) {
    self.number = number
    self.bracket = bracket
    missing = bracket.trials
  }

  var needsTrials: Bool { begun < bracket.trials }
  var isFirstRungComplete: Bool { rung > 0 || isComplete }
  var isComplete: Bool { missing == 0 }
  /// True when no job will be issued any more.
  var hasIssuedAll: Bool { isComplete || (rung == bracket.s && !needsTrials && promotions.isEmpty) }

  mutating func begin() { begun += 1 }

  mutating func nextPromotion() -> TrialID? { promotions.popLast() }

  /// Takes the outcome of one of the rung's trials; ranks the rung when it was the last one.
  /// - Returns: trials that are not promoted.
  mutating func observe(_ outcome: Outcome) -> [TrialID] {
    missing -= 1
    if outcome.cost != nil { results.append(outcome) }
    guard missing == 0 else { return [] }
    // The sizes of the plan, whatever failed before: failed trials are ranked last, and not promoted even so.
    let best = leaders(rung < bracket.s ? bracket.rungSizes[rung + 1] : 0)
    let others = Set(results.map(\.trial)).subtracting(best).sorted()
    promotions = best.reversed()
    results = []
    missing = best.count
    if rung < bracket.s { rung += 1 }
    return others
  }

  /// The best `count` trials of the rung, the best first.
  private func leaders(_ count: Int) -> [TrialID] {
    guard results.contains(where: { !$0.furtherCosts.isEmpty }) else {
      return results.compactMap(Ranked.init).sorted().prefix(count).map(\.trial)
    }
    return VectorRung.leaders(results.compactMap(\.costVector), count: count).map { results[$0].trial }
  }
}
