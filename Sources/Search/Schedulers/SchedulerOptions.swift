// The options of every scheduler, with their defaults. Budgets are cumulative, in the study's unit (steps or
// epochs); η of the papers is `reduction`.

/// Options of `FullRunScheduler`.
public struct FullRunOptions: Hashable, Codable, Sendable {
  /// Configurations to try, at least 1.
  public var trials: Int
  /// What each of them gets, at least 1.
  public var budget: Int

  public init(trials: Int, budget: Int) {
    self.trials = trials
    self.budget = budget
  }

  public func validate() throws(SearchError) {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
    try check("budget", budget, atLeast: 1, remedy: "Write how long each trial trains.")
  }
}

/// Options of `SuccessiveHalving` with one kind of bracket.
public struct SuccessiveHalvingOptions: Hashable, Codable, Sendable {
  /// Configurations that start a bracket; enough for one of them to reach `maximumBudget`.
  public var trials: Int
  /// The first comparison takes place at this budget or a little above, at least 1.
  public var minimumBudget: Int
  /// What the winners get.
  public var maximumBudget: Int
  /// One trial in so many is promoted, at least 2.
  public var reduction: Int
  /// How many brackets, at least 1.
  public var iterations: Int
  /// How many brackets may be at their first rung at once, at least 1: more of them keep more groups busy, and
  /// leave the sampler less to learn from.
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
}

/// Options of Hyperband: `SuccessiveHalving` with a bracket for every trade of trials against budget.
public struct HyperbandOptions: Hashable, Codable, Sendable {
  /// The smallest budget at which the boldest bracket compares, at least 1.
  public var minimumBudget: Int
  /// R: what the winners get.
  public var maximumBudget: Int
  /// η: one trial in so many is promoted, at least 2.
  public var reduction: Int
  /// How many times the whole set of brackets is run, at least 1.
  public var iterations: Int
  /// How many brackets may be at their first rung at once, at least 1: more of them keep more groups busy, and
  /// leave the sampler less to learn from.
  public var overlap: Int

  public init(
    minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1, overlap: Int = 1
  ) {
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.overlap = overlap
  }
}

/// Options of `ASHA`.
public struct ASHAOptions: Hashable, Codable, Sendable {
  /// Configurations to try, at least 1.
  public var trials: Int
  /// The first comparison takes place at this budget or a little above, at least 1.
  public var minimumBudget: Int
  /// R: what the winners get.
  public var maximumBudget: Int
  /// η: the best one in so many is promoted, at least 2.
  public var reduction: Int

  public init(trials: Int, minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 4) {
    self.trials = trials
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
  }

  public func validate() throws(SearchError) {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to try.")
  }
}
