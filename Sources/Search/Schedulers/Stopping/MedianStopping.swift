/// Median automated stopping (Golovin, Solnik, Moitra, Kochanski, Karro and Sculley, "Google Vizier: a
/// service for black-box optimization", KDD 2017, §3.2.2): a trial is stopped at a budget when its best cost
/// so far is worse than the median, over the other trials, of their costs' running averages up to that
/// budget. A measurement that breaks a limit is none here, and a trial without any is worse than the others.
///
/// The paper compares with completed trials; here all that have reached the budget count, so that trials
/// which start together can be stopped, too. O(log n) an outcome for n trials.
struct MedianStopping: StoppingRule {
  private let options: MedianStoppingOptions
  /// The running averages at each budget.
  private var averages: [Int: Leaders] = [:]
  /// Of each trial at work.
  private var curves: [TrialID: Curve] = [:]

  private struct Curve: Codable, Equatable, Sendable {
    var sum = 0.0
    var count = 0
    var best: Double?
  }

  init(_ options: MedianStoppingOptions) { self.options = options }

  func budget(after budget: Int) -> Int? { options.stretches.budget(after: budget) }
  func plan(trials: Int) -> SchedulePlan { options.stretches.plan(trials: trials) }

  mutating func goesOn(_ outcome: Outcome, at budget: Int) -> Bool {
    let trial = outcome.trial
    var curve = curves[trial] ?? Curve()
    if let vector = outcome.costVector, vector.isFeasible {
      curve.sum += vector.costs[0]
      curve.count += 1
      curve.best = min(curve.best ?? vector.costs[0], vector.costs[0])
    }
    let (others, median) = averages[budget].map { ($0.count, $0.median) } ?? (0, .infinity)
    let average = curve.count > 0 ? curve.sum / Double(curve.count) : nil
    averages[budget, default: Leaders(reduction: 2, rounding: .up)].insert(
      outcome.cost == nil ? nil : average.map { Ranked(cost: $0, trial: trial) })
    let isJudged = budget >= options.graceBudget && others >= options.minimumTrials
    let goesOn = outcome.cost != nil && !(isJudged && (curve.best ?? .infinity) > median)
    curves[trial] = goesOn && options.stretches.budget(after: budget) != nil ? curve : nil
    return goesOn
  }
}

/// Options of median stopping.
public struct MedianStoppingOptions: SchedulerOptions {
  /// Configurations to try, at least 1.
  public var trials: Int
  /// What a trial gets that is never stopped, at least 1.
  public var maximumBudget: Int
  /// A trial is judged whenever it has trained for so long, at least 1.
  public var interval: Int
  /// No trial is stopped below this budget.
  public var graceBudget: Int
  /// No trial is stopped at a budget that fewer others have reached, at least 1.
  public var minimumTrials: Int

  public init(
    trials: Int, maximumBudget: Int, interval: Int = 1, graceBudget: Int = 0, minimumTrials: Int = 5
  ) {
    self.trials = trials
    self.maximumBudget = maximumBudget
    self.interval = interval
    self.graceBudget = graceBudget
    self.minimumTrials = minimumTrials
  }

  var stretches: Stretches { Stretches(interval: interval, maximum: maximumBudget) }

  public var extent: (option: String, value: Int) { ("trials", trials) }

  public var heeds: Heeding { [.outcomes, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try validate()
    return EarlyStopping(MedianStopping(self), trials: trials)
  }

  public func validate() throws(SearchError) {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
    try stretches.validate()
    try check(
      "grace_budget", graceBudget, atLeast: 0, remedy: "Write 0, or the budget of the first judgement.")
    try check("minimum_trials", minimumTrials, atLeast: 1, remedy: "Write how many others a median needs.")
  }
}
