/// Gives every job of another scheduler to k trials, the replicates of its trial, and answers it with their
/// mean cost.
///
/// A trial fails when one of its replicates does: a configuration that diverges under one seed in three is no
/// good one. The other scheduler sees nothing of all this, so it decides by means; the study's record has
/// every replicate, so a run goes on in the middle of a trial.
public struct ReplicatingScheduler<Base: Scheduler>: Scheduler {
  private let replicates: Replicates
  private var base: Base
  /// The base's newest job; nil when all of its replicates were issued.
  private var opened: Opened?
  private var ledger = JobLedger()
  private var answers: ReplicateAnswers

  private struct Opened: Codable, Sendable {
    var job: Job
    /// How many of its replicates were issued.
    var issued: Int
  }

  public init(_ base: Base, replicates: Replicates) {
    self.base = base
    self.replicates = replicates
    answers = ReplicateAnswers(replicates)
  }

  public var isSynchronous: Bool { base.isSynchronous }
  public var isFinished: Bool { opened == nil && base.isFinished }

  public var plan: SchedulePlan {
    let (plan, k) = (base.plan, replicates.count)
    return SchedulePlan(
      trials: plan.trials.timesSaturating(k), jobs: plan.jobs.timesSaturating(k),
      budget: plan.budget.timesSaturating(k), budgetAnew: plan.budgetAnew.timesSaturating(k),
      longestTrial: plan.longestTrial, fullBudget: plan.fullBudget,
      concurrency: plan.concurrency.timesSaturating(k), warning: plan.warning)
  }

  public var progress: ScheduleProgress { ledger.progress(isFinished ? .finished : base.progress.stage) }

  public var population: Generation? {
    guard var generation = base.population else { return nil }
    generation.members = generation.members.flatMap { member in
      (0..<replicates.count).map { number in
        var replicate = member
        replicate.trial = replicates.trial(number, of: member.trial)
        replicate.origin = origin(member.origin, of: number)
        return replicate
      }
    }
    return generation
  }

  /// `propose`, `choose` and `revise` are asked with the base's trials, once for all replicates of one.
  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose) { _, _ in
      nil
    } revising: { _, _, configuration in
      configuration
    }
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?
  ) throws(SearchError) -> Job? {
    try nextJob(proposing: propose, choosing: choose) { _, _, configuration in configuration }
  }

  public mutating func nextJob(
    proposing propose: (TrialID) throws(SearchError) -> Configuration,
    choosing choose: (TrialID, [PausedTrial]) throws(SearchError) -> NextTrial?,
    revising revise: (TrialID, Origin, Configuration) throws(SearchError) -> Configuration
  ) throws(SearchError) -> Job? {
    if opened == nil,
      let job = try base.nextJob(proposing: propose, choosing: choose, revising: revise)
    {
      opened = Opened(job: job, issued: 0)
    }
    guard let job = opened?.job, let number = opened?.issued else { return nil }
    opened = number + 1 < replicates.count ? Opened(job: job, issued: number + 1) : nil
    return ledger.issue(
      replicates.trial(number, of: job.trial), from: origin(job.origin, of: number), job.configuration,
      to: job.target)
  }

  /// A fork goes on from the same replicate of its parent.
  private func origin(_ origin: Origin, of number: Int) -> Origin {
    switch origin {
    case .fresh, .resume: origin
    case .fork(let parent, let budget): .fork(of: replicates.trial(number, of: parent), at: budget)
    }
  }

  public mutating func observe(_ outcome: Outcome) throws(SearchError) {
    _ = try ledger.settle(outcome)
    guard let all = answers.take(outcome) else { return }
    try base.observe(combined(all))
  }

  private func combined(_ all: [Outcome]) -> Outcome {
    let (job, trial) = (replicates.original(of: all[0].job), replicates.original(of: all[0].trial))
    guard let mean = all.meanCosts else {
      let failure = all.first { $0.cost == nil } ?? all[0]
      return Outcome(job: job, trial: trial, result: failure.result)
    }
    return Outcome(of: job, trial, mean)
  }

  public mutating func takeAbandoned() -> [TrialID] {
    base.takeAbandoned().flatMap { trial in (0..<replicates.count).map { replicates.trial($0, of: trial) } }
  }
}
