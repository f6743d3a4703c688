public import Search

/// Which sampler and which scheduler a session's studies use; the sizes that a scheduler needs follow from
/// the `init`.
public struct AskTellStrategy: Sendable {
  /// Nil chooses: the one that the scheduler is usually used with.
  public var sampler: SamplerConfiguration?
  /// Nil chooses: full runs without a fidelity; with one freeze-thaw, or where the sampler has no model of
  /// budgets asynchronous Hyperband.
  public var scheduler: SchedulerConfiguration.Kind?

  public init(
    sampler: SamplerConfiguration? = nil,
    scheduler: SchedulerConfiguration.Kind? = nil
  ) {
    self.sampler = sampler
    self.scheduler = scheduler
  }

  func study(_ request: InitRequest) throws(LineError) -> AskTellStudy {
    let space = request.space.space
    do throws(SearchError) {
      let configuration = try configuration(for: request)
      let scheduler = try configuration.makeScheduler(
        space: space, seed: request.seed, mutable: Set(space.parameters.map(\.name)))
      let sampler = sampler ?? configuration.usualSampler
      return AskTellStudy(request, sampler: sampler.makeSampler(), scheduler: scheduler)
    } catch {
      throw LineError(error)
    }
  }

  private func configuration(for request: InitRequest) throws(SearchError) -> SchedulerConfiguration {
    let full = request.fidelity?.full ?? AskTellStudy.fullBudget
    let least = request.fidelity?.least ?? full
    return try .endless(
      scheduler ?? (request.fidelity == nil ? .full : usualScheduler), from: least, to: full,
      parallel: request.parallel)
  }

  /// With a fidelity: freeze-thaw for a sampler that says which trial goes on.
  private var usualScheduler: SchedulerConfiguration.Kind {
    (sampler ?? SamplerConfiguration(.auto)).makeSampler().choosesAmongPaused ? .freezeThaw : .hyperband
  }
}
