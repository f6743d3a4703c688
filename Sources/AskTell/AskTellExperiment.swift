public import Search

/// A study that was described elsewhere, such as by an experiment file: what `init` says otherwise.
public struct AskTellExperiment: Sendable {
  public var seed: UInt64
  public var objective: Objective
  public var space: SearchSpace
  public var starting: StartingConfigurations
  public var sampler: SamplerConfiguration
  public var scheduler: SchedulerConfiguration
  /// What grows with the budget in the place of the length of training; nil when that does.
  public var fidelity: Fidelity?
  /// The names of the parameters that may change while a trial trains.
  public var mutable: Set<String>
  /// Whether a trial goes on where it stopped.
  public var isResumable: Bool

  public init(
    seed: UInt64, objective: Objective, space: SearchSpace,
    starting: StartingConfigurations = StartingConfigurations(), sampler: SamplerConfiguration,
    scheduler: SchedulerConfiguration, fidelity: Fidelity? = nil, mutable: Set<String>,
    isResumable: Bool = true
  ) {
    self.seed = seed
    self.objective = objective
    self.space = space
    self.starting = starting
    self.sampler = sampler
    self.scheduler = scheduler
    self.fidelity = fidelity
    self.mutable = mutable
    self.isResumable = isResumable
  }

  /// The study at its beginning.
  func study() throws(SearchError) -> AskTellStudy {
    let scheduler = try scheduler.makeScheduler(
      space: space, seed: seed, mutable: mutable, trainsAnew: fidelity != nil || !isResumable)
    let rungs = try self.scheduler.rungs()
    let terms = StudyTerms(
      space: SpokenSpace(space), starting: starting, seed: seed, objective: objective,
      fidelity: fidelity.map { SpokenFidelity($0, rungs: rungs) }
        ?? SpokenFidelity(from: 1, to: scheduler.plan.fullBudget),
      plannedTrials: scheduler.plan.trials)
    return AskTellStudy(terms, sampler: sampler, scheduler: scheduler)
  }
}
