public import Search
public import Training

/// A study as it runs: the experiment file with every default written out. Part of every journal's first line.
public struct Study: Codable, Equatable, Sendable {
  public var name: String
  public var seed: UInt64
  public var objective: Objective
  /// The unit in which the scheduler counts budgets.
  public var budgetUnit: BudgetUnit
  public var space: SearchSpace
  /// Ranks in a group.
  public var ranksPerTrial: Int
  /// A job that works longer than this saves its state in between, about so often; 0 switches it off.
  public var secondsBetweenMidJobCheckpoints: Double

  public init(
    name: String, seed: UInt64, objective: Objective, budgetUnit: BudgetUnit, space: SearchSpace,
    ranksPerTrial: Int = 1, secondsBetweenMidJobCheckpoints: Double = 60
  ) {
    self.name = name
    self.seed = seed
    self.objective = objective
    self.budgetUnit = budgetUnit
    self.space = space
    self.ranksPerTrial = ranksPerTrial
    self.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
  }
}
