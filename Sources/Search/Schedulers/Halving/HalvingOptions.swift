/// What all options of halving share: where the rungs are.
public protocol HalvingOptions: SchedulerOptions {
  /// The first comparison takes place at this budget or a little above, at least 1.
  var minimumBudget: Int { get set }
  /// R: what the winners get.
  var maximumBudget: Int { get set }
  /// η: one trial in so many goes on, at least 2.
  var reduction: Int { get set }
}

/// Options of `SuccessiveHalving` with one kind of bracket.
public struct SuccessiveHalvingOptions: HalvingOptions {
  /// Configurations that start a bracket; enough for one of them to reach `maximumBudget`.
  public var trials: Int
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  /// How many brackets, at least 1.
  public var iterations: Int
  /// How many brackets may be at their first rung at once, at least 1: more of them keep more groups busy,
  /// and leave the sampler less to learn from.
  public var overlap: Int

  public init(
    trials: Int, minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1,
    overlap: Int = 1
  ) {
    self.trials = trials
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.overlap = overlap
  }

  public var extent: (option: String, value: Int) { ("iterations", iterations) }

  public var heeds: Heeding { [.outcomes, .objectives, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try SuccessiveHalving(self)
  }

  /// The bracket (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
  /// optimization", AISTATS 2016, with the rungs of Li et al., MLSys 2020, Algorithm 1).
  /// - Throws: what `BudgetLadder` throws, and `SearchError` when the trials are too few for one of them to
  ///   reach `maximumBudget`, or `iterations` or `overlap` is below 1.
  public func bracket() throws(SearchError) -> Bracket {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to start with.")
    try check("iterations", iterations, atLeast: 1, remedy: "Write how many brackets to run.")
    try check("overlap", overlap, atLeast: 1, remedy: "Write 1, or more for many groups.")
    let ladder = try BudgetLadder(self)
    let least = (1..<ladder.rungs).reduce(1) { power, _ in power * reduction }
    guard trials >= least else {
      let comparisons = ladder.budgets.dropLast().map(String.init)
      throw SearchError(
        subject: "scheduler.trials",
        expected: "at least \(least), so that one trial in \(reduction) can be promoted at each of "
          + "\(comparisons.count) comparisons (after \(comparisons.joined(separator: ", ")))",
        found: "\(trials)", remedy: "Start more trials, or raise minimum_budget.")
    }
    return Bracket(trials: trials, reduction: reduction, budgets: ladder.budgets)
  }
}

/// Options of Hyperband: a bracket of successive halving for every trade of trials against budget.
public struct HyperbandOptions: GuidedOptions {
  /// The smallest budget at which the boldest bracket compares, at least 1.
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  /// How many times the whole set of brackets is run, at least 1.
  public var iterations: Int
  public var decisions: Decisions
  /// How many brackets may be at their first rung at once, at least 1: more of them keep more groups busy,
  /// and leave the sampler less to learn from. For synchronous decisions only: the others never wait.
  public var overlap: Int

  /// When trials are promoted.
  public enum Decisions: String, Codable, CaseIterable, Sendable {
    /// When the whole rung was observed.
    case synchronous
    /// Whenever a group is free, among those observed so far, as in ASHA.
    case asynchronous
  }

  public init(
    minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1,
    decisions: Decisions = .synchronous, overlap: Int = 1
  ) {
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.decisions = decisions
    self.overlap = overlap
  }

  public var heeds: Heeding { [.outcomes, .objectives, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    switch decisions {
    case .synchronous: try SuccessiveHalving(self)
    case .asynchronous: try AsynchronousHalving(self)
    }
  }

  /// The brackets of one iteration, the boldest first (Li et al., JMLR 18:185 (2018), Algorithm 1): for s
  /// from s_max down to 0, n = ⌈(s_max + 1) ηˢ / (s + 1)⌉ trials start at the budget R η⁻ˢ.
  ///
  /// Budgets are in units of `minimumBudget` in the paper; here s_max is the largest s for which ⌊R / ηˢ⌋ is
  /// at least `minimumBudget`.
  /// - Throws: what `BudgetLadder` throws, and `SearchError` for `iterations` or `overlap` below 1.
  public func brackets() throws(SearchError) -> [Bracket] {
    try check("iterations", iterations, atLeast: 1, remedy: "Write how often to run all brackets.")
    try check("overlap", overlap, atLeast: 1, remedy: "Write 1, or more for many groups.")
    let ladder = try BudgetLadder(self)
    let largest = ladder.rungs - 1
    var brackets: [Bracket] = []
    for s in (0...largest).reversed() {
      let power = (0..<s).reduce(1) { power, _ in power * reduction }
      // (a + b - 1) / b is ⌈a / b⌉.
      let trials = ((largest + 1) * power + s) / (s + 1)
      brackets.append(Bracket(trials: trials, reduction: reduction, budgets: ladder.upper(s + 1)))
    }
    return brackets
  }
}

/// Options of ASHA, asynchronous successive halving.
public struct ASHAOptions: HalvingOptions {
  /// Configurations to try, at least 1.
  public var trials: Int
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  public var variant: Variant

  /// What happens to a trial at a rung.
  public enum Variant: String, Codable, CaseIterable, Sendable {
    /// It waits there until it is among the best.
    case promotion
    /// It goes on at once if it is among the best, and ends otherwise.
    case stopping
  }

  public init(
    trials: Int, minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 4, variant: Variant = .promotion
  ) {
    self.trials = trials
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.variant = variant
  }

  public var extent: (option: String, value: Int) { ("trials", trials) }

  public var heeds: Heeding {
    variant == .promotion
      ? [.outcomes, .objectives, .limits, .priors, .budgets, .noise]
      : [.outcomes, .limits, .priors, .budgets, .noise]
  }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    switch variant {
    case .promotion: try AsynchronousHalving(self)
    case .stopping: EarlyStopping(RungStopping(try bracket()), trials: trials)
    }
  }

  /// All trials, in one bracket.
  /// - Throws: what `BudgetLadder` throws, and `SearchError` for `trials` below 1.
  func bracket() throws(SearchError) -> Bracket {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
    return Bracket(trials: trials, reduction: reduction, budgets: try BudgetLadder(self).budgets)
  }
}
