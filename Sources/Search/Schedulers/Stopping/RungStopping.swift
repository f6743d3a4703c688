/// Asynchronous successive halving by stopping, as Ray Tune and Syne Tune have it beside the promotion of Li
/// et al. (MLSys 2020): a trial that reports at a rung goes on at once when it is among the best ⌈n / η⌉ of
/// the n trials observed there, itself included, and ends otherwise.
///
/// No state has to wait for a later promotion; in exchange the first trials at a rung go on however bad they
/// are. Failed trials count as the worst. O(log n) an outcome.
struct RungStopping: StoppingRule {
  private let bracket: Bracket
  /// The first rung first.
  private var rungs: [Leaders]

  init(_ bracket: Bracket) {
    self.bracket = bracket
    rungs = Array(
      repeating: Leaders(reduction: bracket.reduction, rounding: .up), count: bracket.budgets.count)
  }

  func budget(after budget: Int) -> Int? { bracket.budgets.first { $0 > budget } }

  func plan(trials: Int) -> SchedulePlan {
    SchedulePlan(of: [bracket], iterations: 1, concurrency: trials)
  }

  mutating func goesOn(_ outcome: Outcome, at budget: Int) -> Bool {
    guard let rung = bracket.budgets.firstIndex(of: budget) else {
      preconditionFailure("every job goes to a rung")
    }
    let result = Ranked(outcome)
    rungs[rung].insert(result)
    return result.map(rungs[rung].contains) ?? false
  }
}
