public import Search

/// Which sampler and which scheduler a session's studies use; the sizes that a scheduler needs follow from
/// the `init`.
public struct AskTellStrategy: Sendable {
  /// Reads earlier studies from where an `init` says that they are, as the new one can learn from them.
  /// - Throws: `SearchError` that names the place and what does not fit.
  public typealias StudyReader =
    @Sendable ([String], Objective, SearchSpace) throws(SearchError) -> [PriorStudy]

  /// Nil chooses: the one that the scheduler is usually used with; where there are earlier studies,
  /// `transfer`.
  public var sampler: SamplerConfiguration?
  /// Nil chooses: full runs without a fidelity; with one freeze-thaw, or where the sampler has no model of
  /// budgets, or not for the study's objectives, asynchronous Hyperband.
  public var scheduler: SchedulerConfiguration.Kind?
  /// Nil where nothing is to be read.
  public var readStudies: StudyReader?

  public init(
    sampler: SamplerConfiguration? = nil, scheduler: SchedulerConfiguration.Kind? = nil,
    readingStudiesBy readStudies: StudyReader? = nil
  ) {
    self.sampler = sampler
    self.scheduler = scheduler
    self.readStudies = readStudies
  }

  func study(_ request: InitRequest) throws(LineError) -> AskTellStudy {
    let space = request.terms.space.space
    do throws(SearchError) {
      let chosen = try transferring(request) ?? sampler
      let configuration = try configuration(for: request, chosen)
      let scheduler = try configuration.makeScheduler(
        space: space, seed: request.terms.seed, mutable: Set(space.parameters.map(\.name)))
      let sampler = chosen ?? configuration.usualSampler
      try Self.check(sampler, for: request.terms.objective, in: space)
      return AskTellStudy(request.terms, sampler: sampler, scheduler: scheduler)
    } catch {
      throw LineError(error)
    }
  }

  /// What is asked of one objective only is found when it is proposed for.
  private static func check(
    _ sampler: SamplerConfiguration, for objective: Objective, in space: SearchSpace
  ) throws(SearchError) {
    if let blindness = sampler.blindness(for: objective) { throw blindness }
    if !objective.further.isEmpty { try sampler.validate(for: objective, in: space) }
  }

  private func configuration(
    for request: InitRequest, _ sampler: SamplerConfiguration?
  ) throws(SearchError) -> SchedulerConfiguration {
    let full = request.terms.fullBudget
    let usual = request.terms.fidelity == nil ? .full : usualScheduler(request.terms.objective, sampler)
    return try .endless(
      scheduler ?? usual, from: request.terms.fidelity?.least ?? full, to: full, parallel: request.parallel)
  }

  /// With a fidelity: freeze-thaw for a sampler that says which trial goes on.
  private func usualScheduler(
    _ objective: Objective, _ sampler: SamplerConfiguration?
  ) -> SchedulerConfiguration.Kind {
    let isPlain = objective.further.isEmpty && objective.limits.isEmpty
    return isPlain && (sampler ?? SamplerConfiguration(.auto)).makeSampler().choosesAmongPaused
      ? .freezeThaw : .hyperband
  }

  /// The sampler that learns from the earlier studies; nil where the request names none.
  private func transferring(_ request: InitRequest) throws(SearchError) -> SamplerConfiguration? {
    guard !request.transfer.isEmpty else { return nil }
    guard sampler == nil || sampler?.transfer != nil else {
      throw SearchError(
        subject: "transfer", expected: "the sampler transfer, which learns from earlier studies",
        found: sampler?.kind.rawValue ?? "", remedy: "Name no sampler, or leave transfer out.")
    }
    var options = sampler?.transfer ?? TransferOptions(studies: [])
    let objective = request.terms.objective
    if let blindness = SamplerConfiguration.transfer(options).blindness(for: objective) { throw blindness }
    guard let readStudies else {
      throw SearchError(
        subject: "transfer", expected: "a session that may read files", found: "one that may not",
        remedy: "Tell the measurements with \"id\":null.")
    }
    options.from = request.transfer
    options.studies = try readStudies(request.transfer, objective, request.terms.space.space)
    return .transfer(options)
  }
}
