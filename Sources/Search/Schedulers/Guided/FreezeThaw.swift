/// Freeze-thaw optimization: every trial pauses at each rung, and whenever a group is free the sampler says
/// which paused trial is thawed for one more stretch, or that a new one begins.
///
/// After Swersky, Snoek and Adams, "Freeze-thaw Bayesian optimization" (2014, arXiv 1406.3896): many trials
/// are begun for little, a model of all learning curves foretells where each of them ends, and only the most
/// promising go on. There the model is a process of exponential decays, and trials compete by the entropy of
/// the optimum; here it is the sampler's, and so is the measure of promise (`Sampler.choose`).
///
/// Where the sampler has no opinion, the best paused trial of a rung goes on as soon as fewer have left it in
/// this way than ⌊n / η⌋ of the n observed there, looking from the highest rung down; else a trial begins:
/// nearly ASHA's rule (`AsynchronousHalving`).
///
/// An outcome and a job cost O(`paused` + rungs), a job that the sampler chooses O(`paused` · rungs) besides
/// the choice.
struct FreezeThaw: Scheduler, Equatable {
  private let options: FreezeThawOptions
  private let ladder: BudgetLadder
  private let trainsAnew: Bool
  /// The first rung first.
  private var rungs: [Rung]
  private var ledger = JobLedger()
  /// By trial.
  private var configurations: [Configuration] = []
  /// Budget units of all issued jobs.
  private var handedOut = 0

  private struct Rung: Codable, Equatable, Sendable {
    var observed = 0
    /// How many went on without the sampler's choice.
    var promoted = 0
    /// The best first; none at the top.
    var paused: [Ranked] = []

    mutating func pause(_ result: Ranked) {
      var (low, high) = (0, paused.count)
      while low < high {
        let middle = (low + high) / 2
        if result < paused[middle] { high = middle } else { low = middle + 1 }
      }
      paused.insert(result, at: low)
    }
  }

  /// - Throws: what `FreezeThawOptions.validate()` and `BudgetLadder` throw.
  init(_ options: FreezeThawOptions, trainsAnew: Bool) throws(SearchError) {
    try options.validate()
    self.options = options
    self.trainsAnew = trainsAnew
    ladder = try BudgetLadder(options)
    rungs = Array(repeating: Rung(), count: ladder.rungs)
  }

  var isSynchronous: Bool { false }
  var isFinished: Bool { handedOut >= options.totalBudget }

  /// Which trials are thawed depends on the curves: about three begin for each full run's budget, and as many
  /// stretches follow.
  var plan: SchedulePlan {
    let trials = options.runs.timesSaturating(ladder.rungs > 1 ? 3 : 1)
    return SchedulePlan(
      trials: trials, jobs: trials.timesSaturating(ladder.rungs > 1 ? 2 : 1), budget: options.totalBudget,
      longestTrial: options.maximumBudget, concurrency: options.totalBudget / ladder.budgets[0],
      warning: budgetBeforeTop < options.totalBudget
        ? nil
        : "no trial can reach maximum_budget \(options.maximumBudget) unless the sampler chooses which one goes "
          + "on, as auto and gp do: promotions by rank take the budget of \(runsForTop) runs. Raise runs or "
          + "minimum_budget.")
  }

  /// What is handed out before the first trial goes on to the top, when one in η of each rung does.
  private var budgetBeforeTop: Int {
    let stretches = zip(ladder.budgets, [0] + ladder.budgets).map { $0 - $1 }
    var (budget, size) = (0, 1)
    for step in (trainsAnew ? ladder.budgets : stretches).dropLast().reversed() {
      size = size.timesSaturating(options.reduction)
      budget = budget.plusSaturating(size.timesSaturating(step))
    }
    return budget
  }

  private var runsForTop: Int { budgetBeforeTop / options.maximumBudget + 1 }

  var progress: ScheduleProgress {
    guard !isFinished || ledger.observed < ledger.issued else { return ledger.progress(.finished) }
    let begun = configurations.count
    return ledger.progress(
      .rungs(observed: rungs.map(\.observed), begun: begun, total: max(plan.trials, begun)))
  }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    guard !isFinished else { return nil }
    if let job = promote() { return job }
    return begin(try propose(TrialID(configurations.count)))
  }

  /// A choice of a trial that is not paused is none.
  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?
  ) throws(SearchError) -> Job? {
    guard !isFinished else { return nil }
    let paused = paused
    switch paused.isEmpty ? nil : try choose(TrialID(configurations.count), paused) {
    case .begin(let configuration): return begin(configuration)
    case .goOn(let trial): if let job = thaw(trial) { return job }
    case nil: break
    }
    return try nextJob(proposing: propose)
  }

  private var paused: [PausedTrial] {
    zip(rungs, ladder.budgets).flatMap { rung, budget in
      rung.paused.map {
        PausedTrial(
          trial: $0.trial, configuration: configurations[$0.trial.rawValue],
          remaining: options.maximumBudget - (trainsAnew ? 0 : budget))
      }
    }
  }

  private mutating func begin(_ configuration: Configuration) -> Job {
    configurations.append(configuration)
    return issue(TrialID(configurations.count - 1), from: .fresh, to: ladder.budgets[0])
  }

  /// The best trial of the highest rung from which fewer were promoted than one in η.
  private mutating func promote() -> Job? {
    for r in rungs.indices.reversed() where rungs[r].promoted < rungs[r].observed / options.reduction {
      guard let best = rungs[r].paused.first else { continue }
      rungs[r].promoted += 1
      return thaw(best.trial)
    }
    return nil
  }

  /// Nil where the trial is not paused.
  private mutating func thaw(_ trial: TrialID) -> Job? {
    for r in rungs.indices {
      guard let place = rungs[r].paused.firstIndex(where: { $0.trial == trial }) else { continue }
      rungs[r].paused.remove(at: place)
      return issue(trial, from: .resume(from: ladder.budgets[r]), to: ladder.budgets[r + 1])
    }
    return nil
  }

  private mutating func issue(_ trial: TrialID, from origin: Origin, to budget: Int) -> Job {
    let job = ledger.issue(trial, from: origin, configurations[trial.rawValue], to: budget)
    handedOut = handedOut.plusSaturating(trainsAnew ? job.target : job.work)
    return job
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    let job = try ledger.settle(outcome)
    guard let rung = ladder.budgets.firstIndex(of: job.target) else {
      preconditionFailure("every job goes to a rung")
    }
    rungs[rung].observed += 1
    guard rung < rungs.count - 1, let result = Ranked(outcome) else {
      ledger.abandon(job.trial)
      return
    }
    rungs[rung].pause(result)
    if rungs[rung].paused.count > options.paused, let worst = rungs[rung].paused.popLast() {
      ledger.abandon(worst.trial)
    }
  }

  mutating func takeAbandoned() -> [TrialID] { ledger.takeAbandoned() }
}

/// Options of freeze-thaw optimization.
public struct FreezeThawOptions: HalvingOptions {
  /// How many full runs' budget is handed out, at least 1.
  public var runs: Int
  public var minimumBudget: Int
  public var maximumBudget: Int
  /// η: how much longer each stretch of a trial is than the one before.
  public var reduction: Int
  /// How many trials pause at a rung at most, at least 1; worse ones are given up, with their checkpoints.
  public var paused: Int

  public init(runs: Int, minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, paused: Int = 200) {
    self.runs = runs
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.paused = paused
  }

  public var extent: (option: String, value: Int) { ("runs", runs) }

  var totalBudget: Int { runs.timesSaturating(maximumBudget) }

  public var heeds: Heeding { [.outcomes, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try FreezeThaw(self, trainsAnew: study.trainsAnew)
  }

  func validate() throws(SearchError) {
    try check("runs", runs, atLeast: 1, remedy: "Write how many full runs' budget to spend.")
    try check("paused", paused, atLeast: 1, remedy: "Write how many trials may wait at a rung.")
  }
}
