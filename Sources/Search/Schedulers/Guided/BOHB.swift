import Randomness

/// BOHB's share of random configurations (Falkner, Klein and Hutter, "BOHB: robust and efficient
/// hyperparameter optimization at scale", ICML 2018, Algorithm 2): each new trial is drawn uniformly with a
/// probability, and proposed by the sampler otherwise. It keeps Hyperband's guarantees, whatever the sampler
/// believes.
struct RandomShare: ProposalPolicy {
  let share: Double
  let space: SearchSpace
  let seed: UInt64

  func proposal(
    for trial: TrialID, in bracket: Bracket, asking propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Configuration {
    var random = CounterGenerator(seed: seed, purpose: .explore, index: trial.rawValue)
    guard random.nextUniform() < share else { return try propose(trial) }
    return space.randomConfiguration(using: &random)
  }

  mutating func learn(_ job: Job, _ outcome: Outcome) {}
}

/// Options of BOHB: Hyperband's brackets, configurations by a model of the largest budget that was measured
/// often enough, which is what the sampler `tpe` has.
public struct BOHBOptions: GuidedOptions {
  public var minimumBudget: Int
  public var maximumBudget: Int
  public var reduction: Int
  public var iterations: Int
  public var decisions: HyperbandOptions.Decisions
  public var overlap: Int
  /// ρ: the share of configurations that are drawn uniformly, from 0 to 1.
  public var randomShare: Double

  public init(
    minimumBudget: Int = 1, maximumBudget: Int, reduction: Int = 3, iterations: Int = 1,
    decisions: HyperbandOptions.Decisions = .synchronous, overlap: Int = 1, randomShare: Double = 1.0 / 3
  ) {
    self.minimumBudget = minimumBudget
    self.maximumBudget = maximumBudget
    self.reduction = reduction
    self.iterations = iterations
    self.decisions = decisions
    self.overlap = overlap
    self.randomShare = randomShare
  }

  /// The one that the paper pairs it with.
  public var usualSampler: SamplerConfiguration { SamplerConfiguration(.tpe) }

  public var heeds: Heeding { [.outcomes, .objectives, .limits, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try check(
      "random_share", randomShare, "a number from 0 to 1", where: (0...1).contains(randomShare),
      remedy: "Write 0.33.")
    return try makeScheduler(guidedBy: RandomShare(share: randomShare, space: study.space, seed: study.seed))
  }
}
