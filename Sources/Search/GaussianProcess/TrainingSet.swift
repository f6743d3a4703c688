/// What a Gaussian process is fitted to, chosen from everything that was observed.
struct TrainingSet {
  /// Measurements at one budget, in the order in which they were reported.
  var completed: [Observations.Completed]
  /// Failed trials without a measurement at that budget, by trial.
  var failed: [Configuration]
  /// Trials at work without a measurement at that budget, by trial.
  var pending: [Configuration]

  /// Costs at different budgets are different functions. As in BOHB (Falkner, Klein and Hutter, "BOHB: robust
  /// and efficient hyperparameter optimization at scale", ICML 2018) only the largest budget counts at
  /// which there are at least `minimum` measurements; nil if there is none.
  init?(_ observations: Observations, atLeast minimum: Int) {
    var counts: [Int: Int] = [:]
    for measurement in observations.completed { counts[measurement.budget, default: 0] += 1 }
    guard let budget = counts.filter({ $0.value >= minimum }).keys.max() else { return nil }
    completed = observations.completed
    if counts.count > 1 { completed.removeAll { $0.budget != budget } }
    let measured = Set(completed.map(\.trial))
    failed = Self.sorted(observations.failed, without: measured)
    pending = Self.sorted(observations.pending, without: measured)
  }

  /// By trial, because a dictionary's order changes from run to run.
  private static func sorted(
    _ trials: [TrialID: Configuration], without measured: Set<TrialID>
  ) -> [Configuration] {
    trials.filter { !measured.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// At most `count` of the numbers 0 ..< costs.count, in order: a quarter of them for the lowest costs, the
  /// rest evenly over the others. All, if there are no more.
  static func representatives(of costs: some Collection<Double>, count: Int) -> [Int] {
    let costs = Array(costs)
    guard costs.count > count else { return Array(costs.indices) }
    let order = costs.indices.sorted { costs[$0] < costs[$1] }
    let best = order.prefix(count / 4)
    let others = order.dropFirst(count / 4).sorted()
    let wanted = count - best.count
    return (best + (0..<wanted).map { others[$0 * others.count / wanted] }).sorted()
  }
}
