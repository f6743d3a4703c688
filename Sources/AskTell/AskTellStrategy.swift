public import Search

/// Which sampler and which scheduler a session's studies use; the sizes that a scheduler needs follow from the `init`.
public struct AskTellStrategy: Sendable {
  public var sampler: SamplerConfiguration
  /// Nil chooses: full runs without a fidelity, asynchronous halving with one.
  public var scheduler: SchedulerConfiguration.Kind?

  public init(sampler: SamplerConfiguration = .gp(GaussianProcessOptions()), scheduler: SchedulerConfiguration.Kind? = nil) {
    self.sampler = sampler
    self.scheduler = scheduler
  }

  /// More trials than any dialogue has: the client ends the study, not the scheduler.
  private static let endless = 1_000_000_000

  func study(_ request: InitRequest) throws(LineError) -> AskTellStudy {
    let space = request.space.space
    do throws(SearchError) {
      let scheduler = try configuration(for: request).makeScheduler(
        space: space, seed: request.seed, mutable: Set(space.parameters.map(\.name)))
      return AskTellStudy(request, sampler: sampler.makeSampler(), scheduler: scheduler)
    } catch {
      throw LineError(error)
    }
  }

  private func configuration(for request: InitRequest) -> SchedulerConfiguration {
    let full = request.fidelity?.full ?? AskTellStudy.fullBudget
    let least = request.fidelity?.least ?? full
    switch scheduler ?? (request.fidelity == nil ? .full : .asha) {
    case .full:
      return .full(FullRunOptions(trials: Self.endless, budget: full))
    case .asha:
      return .asha(ASHAOptions(trials: Self.endless, minimumBudget: least, maximumBudget: full, reduction: 3))
    case .hyperband:
      return .hyperband(
        HyperbandOptions(
          minimumBudget: least, maximumBudget: full, iterations: Self.endless, overlap: request.parallel))
    case .successiveHalving:
      return .successiveHalving(
        SuccessiveHalvingOptions(
          trials: Self.bracketTrials(least, full), minimumBudget: least, maximumBudget: full,
          iterations: Self.endless, overlap: request.parallel))
    case .pbt:
      let generations = min(20, full)
      return .pbt(
        PBTOptions(
          population: max(2, request.parallel), generations: generations, interval: max(1, full / generations)))
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
