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

  /// The largest budget that a trial comes to.
  var longest: Int { zip(rungSizes, budgets).reduce(0) { $1.0 > 0 ? $1.1 : $0 } }

  /// Jobs of all rungs.
  public var jobs: Int { rungSizes.sumSaturating }

  /// Budget units that all jobs take together; a promoted trial goes on from where it was.
  public var work: Int {
    let steps = zip(budgets, [0] + budgets).map { $0 - $1 }
    return zip(rungSizes, steps).reduce(0) { $0.plusSaturating($1.0.timesSaturating($1.1)) }
  }

  /// Budget units when every trial of every rung starts from new weights.
  var workAnew: Int { zip(rungSizes, budgets).map { $0.timesSaturating($1) }.sumSaturating }
}

extension [Bracket] {
  /// The place of the bracket in which a trial begins, when each bracket in turn takes as many trials as it
  /// starts with, over and over.
  func bracket(of trial: TrialID) -> Int {
    var place = trial.rawValue % Swift.max(1, map(\.trials).sumSaturating)
    for (index, bracket) in enumerated() {
      if place < bracket.trials { return index }
      place -= bracket.trials
    }
    preconditionFailure("there is no study without brackets")
  }
}

extension SchedulePlan {
  /// So many runs of all the brackets, each rung promoting what it should.
  init(of brackets: [Bracket], iterations: Int, concurrency: Int) {
    func study(_ value: (Bracket) -> Int) -> Int {
      brackets.map(value).sumSaturating.timesSaturating(iterations)
    }
    self.init(
      trials: study(\.trials), jobs: study(\.jobs), budget: study(\.work), budgetAnew: study(\.workAnew),
      longestTrial: brackets.map(\.longest).max() ?? 0, fullBudget: brackets[0].budgets.last,
      concurrency: concurrency)
  }
}
