/// Options of DEHB.
public struct DEHBOptions: HalvingOptions {
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  /// How many times the whole set of brackets is run, at least 1.
  public var iterations: Int
  /// F: how far a mutant moves along the difference of two parents, above 0 and at most 2.
  public var mutation: Double
  /// p: with this probability a child's coordinate is the mutant's, from 0 to 1.
  public var crossover: Double

  public init(
    minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1,
    mutation: Double = 0.5, crossover: Double = 0.5
  ) {
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.mutation = mutation
    self.crossover = crossover
  }

  public var extent: (option: String, value: Int) { ("iterations", iterations) }

  public var heeds: Heeding { [.outcomes, .limits, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try DEHB(self, space: study.space, seed: study.seed)
  }

  /// Hyperband's.
  /// - Throws: what `HyperbandOptions.brackets()` throws, and `SearchError` for the other options.
  func brackets() throws(SearchError) -> [Bracket] {
    try check(
      "mutation", mutation, "a number above 0 and at most 2", where: mutation > 0 && mutation <= 2,
      remedy: "Write 0.5.")
    try check(
      "crossover", crossover, "a number from 0 to 1", where: (0...1).contains(crossover), remedy: "Write 0.5."
    )
    return try HyperbandOptions(
      minimumBudget: minimumBudget, maximumBudget: maximumBudget, reduction: reduction, iterations: iterations
    ).brackets()
  }
}
