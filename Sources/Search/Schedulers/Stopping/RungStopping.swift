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
    var sizes = [Double(trials)]
    for _ in bracket.budgets.dropFirst() { sizes.append(expectedLeaders(of: sizes[sizes.count - 1])) }
    let steps = zip(bracket.budgets, [0] + bracket.budgets).map { $0 - $1 }
    func total(_ weights: [Int]) -> Int {
      // Options end at 10⁹, so that their products are far below the largest integer.
      Int(zip(sizes, weights).reduce(0) { $0 + $1.0 * Double($1.1) }.rounded())
    }
    return SchedulePlan(
      trials: trials, jobs: total(sizes.map { _ in 1 }), budget: total(steps),
      budgetAnew: total(bracket.budgets),
      longestTrial: bracket.budgets[bracket.s], concurrency: trials)
  }

  /// How many of `count` trials that come in a random order go on: the n-th with a probability of ⌈n / η⌉ / n,
  /// and the first in any case.
  private func expectedLeaders(of count: Double) -> Double {
    let most = 10_000
    var (sum, left) = (0.0, count)
    for n in 1...most {
      guard left > 0 else { break }
      sum += min(left, 1) * Double((n + bracket.reduction - 1) / bracket.reduction) / Double(n)
      left -= 1
    }
    // From there on it is one in η to less than a thousandth.
    return sum + max(0, left) / Double(bracket.reduction)
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
