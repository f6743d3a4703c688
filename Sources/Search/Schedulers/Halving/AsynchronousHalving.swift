/// Asynchronous successive halving by promotion (Li et al., "A system for massively parallel hyperparameter
/// tuning", MLSys 2020, arXiv 1810.05934, Algorithm 2): a free group promotes the best trial that is among
/// the best 1/η of its rung and has not been promoted, looking from the highest budget down; if there is
/// none, it starts a new trial.
///
/// With one bracket it is ASHA; with those of Hyperband, through which new trials loop, asynchronous
/// Hyperband. Every bracket has rungs of its own.
///
/// With several objectives the best are those of the first fronts: MO-ASHA (`VectorRung`).
///
/// Failed trials count as the worst of the rung that they were on the way to. An observation and a job cost
/// O(log n + rungs) for n trials.
struct AsynchronousHalving: Scheduler, Equatable {
  /// The brackets through which new trials loop; each names how many begin before it is the next one's turn.
  private let brackets: [Bracket]
  private let iterations: Int
  /// By bracket, the first rung first.
  private var rungs: [[AsynchronousRung]]
  /// All rungs from which trials are promoted, those with the highest budget to come first.
  private let ways: [Way]
  private var ledger = JobLedger()
  /// By trial; what a promoted trial goes on with.
  private var configurations: [Configuration] = []
  /// The rung that each unfinished job is on the way to.
  private var destinations: [JobID: Place] = [:]
  /// Unfinished jobs after which a trial may be promoted: all but those on the way to a top.
  private var promising = 0

  /// A rung, and the bracket whose rung it is.
  private struct Place: Codable, Equatable, Sendable {
    var bracket: Int
    var rung: Int
  }

  /// A promotion from one rung to the next.
  private struct Way: Codable, Equatable, Sendable {
    var from: Place
    var target: Int
  }

  /// ASHA.
  /// - Throws: what `ASHAOptions.validate()` and `BudgetLadder` throw.
  init(_ options: ASHAOptions) throws(SearchError) {
    self.init(brackets: [try options.bracket()], iterations: 1)
  }

  /// Asynchronous Hyperband.
  /// - Throws: what `HyperbandOptions.brackets()` throws.
  init(_ options: HyperbandOptions) throws(SearchError) {
    self.init(brackets: try options.brackets(), iterations: options.iterations)
  }

  private init(brackets: [Bracket], iterations: Int) {
    self.brackets = brackets
    self.iterations = iterations
    rungs = brackets.map { bracket in
      Array(repeating: AsynchronousRung(reduction: bracket.reduction), count: bracket.budgets.count)
    }
    var ways: [Way] = []
    for (index, bracket) in brackets.enumerated() {
      for rung in 0..<bracket.s {
        ways.append(Way(from: Place(bracket: index, rung: rung), target: bracket.budgets[rung + 1]))
      }
    }
    self.ways = ways.sorted { ($1.target, $0.from.bracket) < ($0.target, $1.from.bracket) }
  }

  var isSynchronous: Bool { false }

  var isFinished: Bool {
    configurations.count == trials && promising == 0 && !ways.contains { canPromote($0) }
  }

  private func canPromote(_ way: Way) -> Bool { rungs[way.from.bracket][way.from.rung].canPromote }

  /// Trials of the whole study.
  private var trials: Int { brackets.map(\.trials).sumSaturating.timesSaturating(iterations) }

  /// All iterations share the rungs.
  var plan: SchedulePlan {
    let whole = brackets.map { bracket in
      Bracket(
        trials: bracket.trials.timesSaturating(iterations), reduction: bracket.reduction,
        budgets: bracket.budgets)
    }
    var plan = SchedulePlan(of: whole, iterations: 1, concurrency: trials)
    if plan.longestTrial < plan.fullBudget { plan.warning = whole[0].shortfall }
    return plan
  }

  var progress: ScheduleProgress {
    guard !isFinished || ledger.observed < ledger.issued else { return ledger.progress(.finished) }
    // By rung from the bottom of the lowest bracket: brackets share the top of their ladders.
    var observed = Array(repeating: 0, count: rungs.map(\.count).max() ?? 0)
    for rungs in rungs {
      for (rung, place) in zip(rungs, observed.indices.suffix(rungs.count)) { observed[place] += rung.count }
    }
    return ledger.progress(.rungs(observed: observed, begun: configurations.count, total: trials))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    for way in ways where canPromote(way) {
      guard let trial = rungs[way.from.bracket][way.from.rung].promote() else { continue }
      let budget = brackets[way.from.bracket].budgets[way.from.rung]
      return issue(
        trial, from: .resume(from: budget), configurations[trial.rawValue],
        to: Place(bracket: way.from.bracket, rung: way.from.rung + 1))
    }
    guard configurations.count < trials else { return nil }
    let trial = TrialID(configurations.count)
    let configuration = try propose(trial)
    configurations.append(configuration)
    return issue(
      trial, from: .fresh, configuration, to: Place(bracket: brackets.bracket(of: trial), rung: 0))
  }

  private mutating func issue(
    _ trial: TrialID, from origin: Origin, _ configuration: Configuration, to place: Place
  ) -> Job {
    let bracket = brackets[place.bracket]
    if place.rung < bracket.s { promising += 1 }
    let job = ledger.issue(trial, from: origin, configuration, to: bracket.budgets[place.rung])
    destinations[job.id] = place
    return job
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let place = destinations.removeValue(forKey: job.id) else {
      preconditionFailure("every job goes to a rung")
    }
    let isTop = place.rung == brackets[place.bracket].s
    if !isTop { promising -= 1 }
    if isTop || outcome.cost == nil { ledger.abandon(job.trial) }
    rungs[place.bracket][place.rung].insert(outcome)
  }

  mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

extension Bracket {
  /// In words, that the trials are too few for one of them to be promoted to the top.
  fileprivate var shortfall: String {
    let needed = (0..<s).reduce(1) { power, _ in power.timesSaturating(reduction) }
    // At most, a rung promotes each of its trials from the one that fills the first share on: when each is
    // better than all before it.
    let most = (0..<s).reduce(trials) { size, _ in max(0, size - reduction + 1) }
    return (most > 0 ? "a trial reaches" : "no trial can reach")
      + " maximum_budget \(budgets[s])\(most > 0 ? " by luck alone" : ""): one in \(reduction) goes on at each of "
      + "\(s) comparisons, which takes \(needed) trials, and there are \(trials). "
      + "Start more trials, or raise minimum_budget."
  }
}
