/// Where the configurations of Hyperband's new trials come from, when not from the sampler alone.
protocol ProposalPolicy: Codable, Equatable, Sendable {
  /// A configuration for a new trial.
  ///
  /// - Parameters:
  ///   - bracket: where the trial begins.
  ///   - propose: asks the study's sampler.
  func proposal(
    for trial: TrialID, in bracket: Bracket, asking propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Configuration

  /// Learns how a job ended.
  mutating func learn(_ job: Job, _ outcome: Outcome) throws(SearchError)
}

/// Hyperband, synchronous or not, whose new trials get their configurations by a policy: BOHB and PriorBand.
struct GuidedHyperband<Base: Scheduler & Equatable, Policy: ProposalPolicy>: BreedingScheduler, Equatable {
  private var base: Base
  private var policy: Policy
  private let brackets: [Bracket]
  private var atWork: [JobID: Job] = [:]

  init(_ base: Base, brackets: [Bracket], policy: Policy) {
    self.base = base
    self.brackets = brackets
    self.policy = policy
  }

  var isSynchronous: Bool { base.isSynchronous }
  var isFinished: Bool { base.isFinished }
  var plan: SchedulePlan { base.plan }
  var progress: ScheduleProgress { base.progress }

  mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    let (policy, brackets) = (policy, brackets)
    let job = try base.nextJob { trial throws(SearchError) in
      var isOwn = true
      let proposal = try policy.proposal(for: trial, in: brackets[brackets.bracket(of: trial)]) {
        trial throws(SearchError) in
        isOwn = false
        return try propose(trial)
      }
      return isOwn ? try revise(trial, .fresh, proposal) : proposal
    }
    if let job { atWork[job.id] = job }
    return job
  }

  mutating func observe(_ outcome: Outcome) throws(SearchError) {
    try base.observe(outcome)
    guard let job = atWork.removeValue(forKey: outcome.job) else {
      preconditionFailure("what the base has settled was at work")
    }
    try policy.learn(job, outcome)
  }

  mutating func takeAbandoned() -> [TrialID] { base.takeAbandoned() }
}

/// Options of a guided Hyperband: those of Hyperband, and some more.
public protocol GuidedOptions: HalvingOptions {
  /// How many times the whole set of brackets is run, at least 1.
  var iterations: Int { get set }
  /// When trials are promoted.
  var decisions: HyperbandOptions.Decisions { get set }
  /// How many brackets may be at their first rung at once, at least 1; for synchronous decisions only.
  var overlap: Int { get set }
}

extension GuidedOptions {
  public var extent: (option: String, value: Int) { ("iterations", iterations) }

  var hyperband: HyperbandOptions {
    HyperbandOptions(
      minimumBudget: minimumBudget, maximumBudget: maximumBudget, reduction: reduction,
      iterations: iterations, decisions: decisions, overlap: overlap)
  }

  /// - Throws: what `HyperbandOptions.brackets()` throws.
  func makeScheduler(guidedBy policy: some ProposalPolicy) throws(SearchError) -> any Scheduler {
    let brackets = try hyperband.brackets()
    switch decisions {
    case .synchronous:
      return GuidedHyperband(try SuccessiveHalving(hyperband), brackets: brackets, policy: policy)
    case .asynchronous:
      return GuidedHyperband(try AsynchronousHalving(hyperband), brackets: brackets, policy: policy)
    }
  }
}
