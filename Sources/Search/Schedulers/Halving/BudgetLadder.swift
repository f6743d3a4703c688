/// The budgets at which trials are compared: from `minimum` or a little above it up to `maximum`, each about
/// `reduction` times the one before.
///
/// Rungs are counted down from the top in integers, ⌊maximum / reductionᵏ⌋, so that the last one is `maximum`
/// itself (Li et al., MLSys 2020, count up from the bottom and may end below R), and no rung is lost to
/// rounding: ⌊ln 243 / ln 3⌋ is 4 in `Double`.
public struct BudgetLadder: Hashable, Codable, Sendable {
  /// η of the papers.
  public let reduction: Int
  /// Ascending; the last one is the maximum.
  public let budgets: [Int]

  /// - Throws: `SearchError` when `reduction` is below 2, `minimum` below 1 or `maximum` below `minimum`.
  public init(minimum: Int, maximum: Int, reduction: Int) throws(SearchError) {
    try check("reduction", reduction, atLeast: 2, remedy: "Write 3 or 4: one trial in so many is promoted.")
    try check(
      "minimum_budget", minimum, atLeast: 1,
      remedy: "Write the budget after which a first comparison means something.")
    guard maximum >= minimum else {
      throw SearchError(
        subject: "scheduler.maximum_budget", expected: "at least minimum_budget, which is \(minimum)",
        found: "\(maximum)", remedy: "Raise maximum_budget, or lower minimum_budget.")
    }
    try check("maximum_budget", maximum, atLeast: 1, remedy: "Use a larger unit of budget.")
    var descending = [maximum]
    var divisor = 1
    // Divided, because a product could overflow: maximum / divisor >= minimum * reduction.
    while maximum / divisor / reduction >= minimum {
      divisor *= reduction
      descending.append(maximum / divisor)
    }
    self.reduction = reduction
    budgets = descending.reversed()
  }

  /// - Throws: what `init(minimum:maximum:reduction:)` throws.
  init(_ options: some HalvingOptions) throws(SearchError) {
    try self.init(
      minimum: options.minimumBudget, maximum: options.maximumBudget, reduction: options.reduction)
  }

  public var rungs: Int { budgets.count }

  /// The upper `rungs` rungs.
  func upper(_ rungs: Int) -> [Int] { Array(budgets.suffix(rungs)) }
}

extension Int {
  /// The product of numbers that are not negative, at most `Int.max`.
  func timesSaturating(_ factor: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }

  /// The sum of numbers that are not negative, at most `Int.max`.
  func plusSaturating(_ term: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(term)
    return overflow ? .max : sum
  }
}

extension Sequence<Int> {
  /// The sum of numbers that are not negative, at most `Int.max`.
  var sumSaturating: Int { reduce(0) { $0.plusSaturating($1) } }
}
