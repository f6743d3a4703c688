/// Options of population based training.
public struct PBTOptions: SchedulerOptions {
  /// Members, at least 2.
  public var population: Int
  /// How often the population is compared, at least 1.
  public var generations: Int
  /// The budget of a generation, in the study's unit, at least 1.
  public var interval: Int
  /// Until this cumulative budget nobody but failed members is replaced; 0 for no such period.
  public var burnIn: Int
  public var decisions: Decisions
  public var exploit: Exploit
  public var explore: Explore
  public var replacement: Replacement

  public init(
    population: Int, generations: Int, interval: Int, burnIn: Int = 0, decisions: Decisions = .synchronous,
    exploit: Exploit = .truncation(fraction: 0.2), explore: Explore = .perturb(Perturbation()),
    replacement: Replacement = .best
  ) {
    self.population = population
    self.generations = generations
    self.interval = interval
    self.burnIn = burnIn
    self.decisions = decisions
    self.exploit = exploit
    self.explore = explore
    self.replacement = replacement
  }

  /// When members are compared.
  public enum Decisions: String, Codable, CaseIterable, Sendable {
    /// When the whole generation was observed.
    case synchronous
    /// Whenever a member is to go on, with those that have been where it is.
    case asynchronous
  }

  /// Who copies whom (Jaderberg et al., 2017, §4.1.1).
  public enum Exploit: Hashable, Codable, Sendable {
    /// Each of the worst `fraction` of the population copies one of the best `fraction`, drawn uniformly; at
    /// least one member does. The fraction is above 0 and at most 0.5.
    case truncation(fraction: Double)
    /// Each member is compared with another one, drawn uniformly, and copies it if that one is better.
    case tournament
    /// As in a tournament, but the other one is copied only if its last `measurements` costs, one a
    /// generation along its lineage, at least 2, are lower by Welch's t-test: one-sided, at a `level` above 0
    /// and below 1.
    case tTest(measurements: Int, level: Double)
  }

  /// What a clone's hyperparameters become.
  public enum Explore: Hashable, Sendable {
    /// Each number is multiplied by a factor, or drawn anew.
    case perturb(Perturbation)
    /// Population based bandits: the numbers that promise most by a Gaussian process over all that the
    /// population has been through.
    case bandit(BanditOptions)
  }

  /// Whom a failed member copies.
  public enum Replacement: String, Codable, CaseIterable, Sendable {
    /// One of the best, as the exploit draws it.
    case best
    /// The member that it was cloned from, if it was and that one did not fail; else one of the best.
    case parent
  }

  public var extent: (option: String, value: Int) { ("generations", generations) }

  public var needsStates: Bool { true }
  public var copiesStates: Bool { true }

  public var heeds: Heeding { [.outcomes, .limits, .priors, .budgets, .noise] }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    switch decisions {
    case .synchronous:
      try PopulationBasedTraining(self, space: study.space, seed: study.seed, mutable: study.mutable)
    case .asynchronous:
      try AsynchronousPopulation(self, space: study.space, seed: study.seed, mutable: study.mutable)
    }
  }

  public func validate() throws(SearchError) {
    try check(
      "population", population, atLeast: 2, atMost: 1_000_000,
      remedy: "Write how many members to train side by side.")
    try check("generations", generations, atLeast: 1, remedy: "Write how often to compare the members.")
    try check("interval", interval, atLeast: 1, remedy: "Write how long each generation trains.")
    try check("burn_in", burnIn, atLeast: 0, remedy: "Write 0, or the budget before the first exploit.")
    switch exploit {
    case .truncation(let fraction):
      try check(
        "exploit.fraction", fraction, "a number above 0 and at most 0.5",
        where: fraction > 0 && fraction <= 0.5,
        remedy: "Write 0.2, so that the worst fifth copies the best fifth.")
    case .tournament: break
    case .tTest(let measurements, let level):
      try check(
        "exploit.measurements", measurements, atLeast: 2, atMost: 1_000_000,
        remedy: "Write how many costs of a lineage to compare.")
      try check(
        "exploit.level", level, "a number above 0 and below 1", where: level > 0 && level < 1,
        remedy: "Write 0.05.")
    }
    switch explore {
    case .perturb(let perturbation): try perturbation.validate()
    case .bandit(let options): try options.validate()
    }
  }
}

extension PBTOptions.Explore: Codable {
  private enum CodingKeys: CodingKey { case perturb, bandit }

  /// `{"perturb": {"factors": [0.8, 1.2], ...}}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self =
      container.contains(.bandit)
      ? .bandit(try container.decode(BanditOptions.self, forKey: .bandit))
      : .perturb(try container.decode(Perturbation.self, forKey: .perturb))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .perturb(let options): try container.encode(options, forKey: .perturb)
    case .bandit(let options): try container.encode(options, forKey: .bandit)
    }
  }
}
