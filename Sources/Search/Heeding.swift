/// What of a study a sampler or a scheduler takes into account. Its options declare it; the conformance suites put
/// every declaration to the test, and `check` warns of what a study asks for beyond it.
public struct Heeding: OptionSet, Hashable, Sendable {
  public let rawValue: Int

  public init(rawValue: Int) { self.rawValue = rawValue }

  /// What trials came to. What does not learn from it misses none of the rest but the prior.
  public static let outcomes = Heeding(rawValue: 1)
  /// All objectives, and not the first one alone.
  public static let objectives = Heeding(rawValue: 2)
  /// Limits of metrics: what keeps them comes before what breaks them.
  public static let limits = Heeding(rawValue: 4)
  /// The user's guess of the optimum; of a scheduler, that it leaves new trials to the sampler or draws them from it.
  public static let priors = Heeding(rawValue: 8)
  /// That costs at different budgets are different functions.
  public static let budgets = Heeding(rawValue: 16)
  /// That a reading is one of several that might have been: means over replicates, not the luckiest of them.
  public static let noise = Heeding(rawValue: 32)
  /// Trials at work.
  public static let pending = Heeding(rawValue: 64)

  public static let everything: Heeding = [
    .outcomes, .objectives, .limits, .priors, .budgets, .noise, .pending,
  ]

  /// What a study asks to be heeded.
  ///
  /// - Parameters:
  ///   - isMeasuredAtSeveralBudgets: whether trials are compared before they are complete.
  ///   - isNoisy: whether a configuration is measured several times, or each trial on data of its own.
  ///   - isParallel: whether trials are begun while others are at work.
  public init(
    askedBy objective: Objective, in space: SearchSpace, isMeasuredAtSeveralBudgets: Bool = false,
    isNoisy: Bool = false, isParallel: Bool = false
  ) {
    self = []
    if !objective.further.isEmpty { insert(.objectives) }
    if !objective.limits.isEmpty { insert(.limits) }
    if space.hasPrior { insert(.priors) }
    if isMeasuredAtSeveralBudgets { insert(.budgets) }
    if isNoisy { insert(.noise) }
    if isParallel { insert(.pending) }
  }

  /// Of what is asked for what something that heeds this much drops.
  public func dropped(of asked: Heeding) -> Heeding {
    contains(.outcomes) ? asked.subtracting(self) : asked.intersection(.priors).subtracting(self)
  }

  /// What it holds, in words.
  public var names: [String] {
    let all: [(Heeding, String)] = [
      (.outcomes, "outcomes"), (.objectives, "objectives after the first"), (.limits, "limits"),
      (.priors, "priors"), (.budgets, "budgets"), (.noise, "replicates"), (.pending, "trials at work"),
    ]
    return all.compactMap { contains($0.0) ? $0.1 : nil }
  }
}

extension SamplerConfiguration {
  /// Why the sampler is the wrong one for `objective`, as an error that names it; nil where it is not.
  public func blindness(for objective: Objective) -> SearchError? {
    let asked = Heeding(askedBy: objective, in: SearchSpace([]))
    let dropped = options.heeds.dropped(of: asked)
    guard !dropped.isEmpty else { return nil }
    let isAboutObjectives = dropped.contains(.objectives)
    return SearchError(
      subject: "sampler \(kind.rawValue)",
      expected: isAboutObjectives
        ? "one objective, because it learns from the first alone"
        : "no limits, because it learns from costs alone",
      found: isAboutObjectives
        ? "\(objective.parts.count)" : objective.limits.map(\.inequality).joined(separator: ", "),
      remedy: "Choose \(Self.learners(heeding: asked).orList).")
  }

  /// What the sampler drops of what a study asks for, as a warning; nil where it drops nothing.
  public func warning(asked: Heeding) -> String? {
    let dropped = options.heeds.dropped(of: asked)
    guard !dropped.isEmpty else { return nil }
    return "sampler \(kind.rawValue) does not heed \(dropped.names.orList): "
      + "\(Self.learners(heeding: asked).orList) would"
  }

  /// The names of those that learn and heed this much.
  private static func learners(heeding asked: Heeding) -> [String] {
    Kind.allCases.filter { SamplerConfiguration($0).options.heeds.isSuperset(of: asked.union(.outcomes)) }
      .map(\.rawValue)
  }
}

extension SchedulerConfiguration {
  /// What the scheduler drops of what a study asks for, as a warning; nil where it drops nothing. All of them keep a
  /// record of the trials at work.
  public func warning(asked: Heeding) -> String? {
    let dropped = options.heeds.dropped(of: asked.subtracting(.pending))
    return dropped.isEmpty ? nil : "scheduler \(kind.rawValue) does not heed \(dropped.names.orList)"
  }
}

extension [String] {
  /// `a`, `a or b`, `a, b or c`.
  fileprivate var orList: String {
    count < 2 ? first ?? "" : "\(dropLast().joined(separator: ", ")) or \(self[count - 1])"
  }
}
