/// Which scheduler a study uses, with its options, as plain data: the only place where schedulers have names.
public enum SchedulerConfiguration: Hashable, Sendable {
  case full(FullRunOptions)
  case median(MedianStoppingOptions)
  case extrapolation(ExtrapolationOptions)
  case successiveHalving(SuccessiveHalvingOptions)
  case hyperband(HyperbandOptions)
  case asha(ASHAOptions)
  case freezeThaw(FreezeThawOptions)
  case bohb(BOHBOptions)
  case dehb(DEHBOptions)
  case priorband(PriorBandOptions)
  case pbt(PBTOptions)
  case replay(ReplayOptions)

  /// The names, as files write them.
  public enum Kind: String, CaseIterable, Codable, CodingKey, Sendable {
    case full
    case median
    case extrapolation
    case successiveHalving = "successive_halving"
    case hyperband
    case asha
    case freezeThaw = "freeze_thaw"
    case bohb
    case dehb
    case priorband
    case pbt
    case replay = "pbt_replay"
  }

  private var named: (kind: Kind, options: any SchedulerOptions) {
    switch self {
    case .full(let options): (.full, options)
    case .median(let options): (.median, options)
    case .extrapolation(let options): (.extrapolation, options)
    case .successiveHalving(let options): (.successiveHalving, options)
    case .hyperband(let options): (.hyperband, options)
    case .asha(let options): (.asha, options)
    case .freezeThaw(let options): (.freezeThaw, options)
    case .bohb(let options): (.bohb, options)
    case .dehb(let options): (.dehb, options)
    case .priorband(let options): (.priorband, options)
    case .pbt(let options): (.pbt, options)
    case .replay(let options): (.replay, options)
    }
  }

  public var kind: Kind { named.kind }
  public var options: any SchedulerOptions { named.options }

  /// The option that makes a study longer, as files write it, and its value: a finished study goes on with a
  /// larger one.
  public var extent: (option: String, value: Int) { options.extent }

  /// The budgets at which trials are compared, ascending, where each may be a training of its own; empty for
  /// a scheduler that follows one training from budget to budget.
  ///
  /// - Throws: what `BudgetLadder` throws.
  public func rungs() throws(SearchError) -> [Int] {
    guard let options = options as? any HalvingOptions else { return [] }
    return try BudgetLadder(options).budgets
  }

  /// The sampler that a study has when nobody names one.
  public var usualSampler: SamplerConfiguration { options.usualSampler }

  /// Whether it changes hyperparameters while a trial trains, or copies states from trial to trial.
  public var needsStates: Bool { options.needsStates }

  /// Whether a trial may go on from another trial's state.
  public var copiesStates: Bool { options.copiesStates }

  /// The scheduler at its start.
  ///
  /// - Parameters:
  ///   - seed: the study's.
  ///   - mutable: the names of the hyperparameters that may change while a trial trains; names that the space
  ///     does not have are ignored.
  ///   - replicates: how often every trial is trained.
  ///   - trainsAnew: whether every job begins with new weights.
  ///   - issuesEarly: whether a synchronous scheduler's jobs are issued as early as they can be, as a controller
  ///     does, so that all that may begin together take memory together.
  /// - Throws: `SearchError`, whose subject names the option, such as `scheduler.reduction`.
  public func makeScheduler(
    space: SearchSpace, seed: UInt64, mutable: Set<String>, replicates: Replicates = Replicates(1),
    trainsAnew: Bool = false, issuesEarly: Bool = false
  ) throws(SearchError) -> any Scheduler {
    guard replicates.count <= Self.mostReplicates else {
      throw SearchError(
        subject: "replicates", expected: "at most \(Self.mostReplicates)", found: "\(replicates.count)",
        remedy: "Write how often each configuration is trained, such as 3.")
    }
    let scheduler = try options.makeScheduler(
      SchedulerContext(space: space, seed: seed, mutable: mutable, trainsAnew: trainsAnew))
    let atOnce = scheduler.isSynchronous && issuesEarly ? scheduler.plan.concurrency : 1
    guard atOnce.timesSaturating(replicates.count) <= Self.mostAtOnce else {
      throw SearchError(
        subject: "scheduler", expected: "at most \(Self.mostAtOnce) trials that begin together",
        found: "\(atOnce.timesSaturating(replicates.count))",
        remedy:
          "Begin fewer trials, lower overlap or replicates, raise minimum_budget, or use an asynchronous "
          + "scheduler.")
    }
    return replicates.count > 1 ? Self.replicating(scheduler, replicates) : scheduler
  }

  private static let mostReplicates = 1000
  private static let mostAtOnce = 1_000_000

  private static func replicating(_ scheduler: some Scheduler, _ replicates: Replicates) -> any Scheduler {
    ReplicatingScheduler(scheduler, replicates: replicates)
  }
}

extension SchedulerConfiguration: Codable {
  /// `{"hyperband": {"maximumBudget": 81, ...}}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: container.codingPath,
          debugDescription:
            "expected one scheduler of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"))
    }
    func options<Options: SchedulerOptions>() throws -> Options {
      try container.decode(Options.self, forKey: kind)
    }
    switch kind {
    case .full: self = .full(try options())
    case .median: self = .median(try options())
    case .extrapolation: self = .extrapolation(try options())
    case .successiveHalving: self = .successiveHalving(try options())
    case .hyperband: self = .hyperband(try options())
    case .asha: self = .asha(try options())
    case .freezeThaw: self = .freezeThaw(try options())
    case .bohb: self = .bohb(try options())
    case .dehb: self = .dehb(try options())
    case .priorband: self = .priorband(try options())
    case .pbt: self = .pbt(try options())
    case .replay: self = .replay(try options())
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    try container.encode(options, forKey: kind)
  }
}
