extension SchedulerConfiguration {
  /// More trials than any dialogue has.
  private static let endless = 1_000_000_000

  /// A scheduler of this kind for a study that its user ends, not the scheduler.
  ///
  /// - Parameters:
  ///   - least: the smallest budget at which trials can be compared.
  ///   - full: the budget of a complete trial.
  ///   - parallel: how many jobs will be at work at once.
  /// - Throws: `SearchError` for a kind that needs more than these.
  public static func endless(
    _ kind: Kind, from least: Int, to full: Int, parallel: Int
  ) throws(SearchError) -> Self {
    switch kind {
    case .full: return .full(FullRunOptions(trials: endless, budget: full))
    case .median:
      return .median(
        MedianStoppingOptions(trials: endless, maximumBudget: full, interval: least, graceBudget: least))
    case .extrapolation:
      return .extrapolation(
        ExtrapolationOptions(trials: endless, maximumBudget: full, interval: least))
    case .successiveHalving:
      return .successiveHalving(
        SuccessiveHalvingOptions(
          trials: bracketTrials(least, full), minimumBudget: least, maximumBudget: full, iterations: endless,
          overlap: parallel))
    case .hyperband:
      return .hyperband(
        HyperbandOptions(
          minimumBudget: least, maximumBudget: full, iterations: endless, decisions: .asynchronous))
    case .asha:
      return .asha(ASHAOptions(trials: endless, minimumBudget: least, maximumBudget: full, reduction: 3))
    case .freezeThaw:
      return .freezeThaw(FreezeThawOptions(runs: endless, minimumBudget: least, maximumBudget: full))
    case .bohb:
      return .bohb(
        BOHBOptions(minimumBudget: least, maximumBudget: full, iterations: endless, overlap: parallel))
    case .priorband:
      return .priorband(
        PriorBandOptions(minimumBudget: least, maximumBudget: full, iterations: endless, overlap: parallel))
    case .replay:
      throw SearchError(
        subject: "scheduler", expected: "one that tries configurations", found: kind.rawValue,
        remedy: "Replay a schedule by an experiment file.")
    case .dehb:
      return .dehb(DEHBOptions(minimumBudget: least, maximumBudget: full, iterations: endless))
    case .pbt:
      let generations = min(20, full)
      return .pbt(
        PBTOptions(
          population: max(2, parallel), generations: generations, interval: max(1, full / generations)))
    }
  }

  /// The fewest trials of which one can reach the full budget when one in three is promoted.
  private static func bracketTrials(_ least: Int, _ full: Int) -> Int {
    var trials = 1
    var budget = full
    while budget / 3 >= least {
      budget /= 3
      trials *= 3
    }
    return trials
  }
}
