/// One run of successive halving, as planned: how many trials start, and at which budgets they are compared.
public struct Bracket: Hashable, Codable, Sendable {
  /// n: trials at the first rung.
  public let trials: Int
  /// η: of n trials at a rung, the best ⌊n / η⌋ are promoted.
  public let reduction: Int
  /// The cumulative budget of each rung, ascending.
  public let budgets: [Int]

  init(trials: Int, reduction: Int, budgets: [Int]) {
    self.trials = trials
    self.reduction = reduction
    self.budgets = budgets
  }

  /// How often trials are promoted; s of the Hyperband paper.
  public var s: Int { budgets.count - 1 }

  /// r: what every trial gets.
  public var firstBudget: Int { budgets[0] }

  /// How many trials reach each rung when none fails: ⌊n / ηⁱ⌋.
  public var rungSizes: [Int] {
    var sizes = [trials]
    for _ in budgets.dropFirst() { sizes.append(sizes[sizes.count - 1] / reduction) }
    return sizes
  }

  /// Jobs of all rungs.
  public var jobs: Int { rungSizes.reduce(0) { $0.plusSaturating($1) } }

  /// Budget units that all jobs take together; a promoted trial goes on from where it was.
  public var work: Int {
    let steps = zip(budgets, [0] + budgets).map { $0 - $1 }
    return zip(rungSizes, steps).reduce(0) { $0.plusSaturating($1.0.timesSaturating($1.1)) }
  }
}

extension HyperbandOptions {
  /// The brackets of one iteration, the boldest first (Li et al., JMLR 18:185 (2018), Algorithm 1): for s
  /// from s_max down to 0, n = ⌈(s_max + 1) ηˢ / (s + 1)⌉ trials start at the budget R η⁻ˢ.
  ///
  /// Budgets are in units of `minimumBudget` in the paper; here s_max is the largest s for which ⌊R / ηˢ⌋ is
  /// at least `minimumBudget`.
  /// - Throws: what `BudgetLadder` throws, and `SearchError` for `iterations` or `overlap` below 1.
  public func brackets() throws(SearchError) -> [Bracket] {
    try check("iterations", iterations, atLeast: 1, remedy: "Write how often to run all brackets.")
    try check("overlap", overlap, atLeast: 1, remedy: "Write 1, or more for many groups.")
    let ladder = try BudgetLadder(minimum: minimumBudget, maximum: maximumBudget, reduction: reduction)
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

extension SuccessiveHalvingOptions {
  /// The bracket (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter
  /// optimization", AISTATS 2016, with the rungs of Li et al., MLSys 2020, Algorithm 1).
  /// - Throws: what `BudgetLadder` throws, and `SearchError` when the trials are too few for one of them to
  ///   reach `maximumBudget`, or `iterations` or `overlap` is below 1.
  public func bracket() throws(SearchError) -> Bracket {
    try check("trials", trials, atLeast: 1, remedy: "Write how many configurations to start with.")
    try check("iterations", iterations, atLeast: 1, remedy: "Write how many brackets to run.")
    try check("overlap", overlap, atLeast: 1, remedy: "Write 1, or more for many groups.")
    let ladder = try BudgetLadder(minimum: minimumBudget, maximum: maximumBudget, reduction: reduction)
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
