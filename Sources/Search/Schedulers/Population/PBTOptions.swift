/// Options of `PopulationBasedTraining`.
public struct PBTOptions: SchedulerOptions {
  /// Members, at least 2.
  public var population: Int
  /// How often the population is compared, at least 1.
  public var generations: Int
  /// The budget of a generation, in the study's unit, at least 1.
  public var interval: Int
  /// Until this cumulative budget nobody but failed members is replaced; 0 for no such period.
  public var burnIn: Int
  public var exploit: Exploit
  public var explore: Perturbation

  public init(
    population: Int, generations: Int, interval: Int, burnIn: Int = 0,
    exploit: Exploit = .truncation(fraction: 0.2), explore: Perturbation = Perturbation()
  ) {
    self.population = population
    self.generations = generations
    self.interval = interval
    self.burnIn = burnIn
    self.exploit = exploit
    self.explore = explore
  }

  public var extent: (option: String, value: Int) { ("generations", generations) }

  public func makeScheduler(_ study: SchedulerContext) throws(SearchError) -> any Scheduler {
    try PopulationBasedTraining(self, space: study.space, seed: study.seed, mutable: study.mutable)
  }

  /// Who copies whom (Jaderberg et al., 2017, §4.1.1).
  public enum Exploit: Hashable, Codable, Sendable {
    /// Each of the worst `fraction` of the population copies one of the best `fraction`, drawn uniformly; at
    /// least one member does. The fraction is above 0 and at most 0.5.
    case truncation(fraction: Double)
    /// Each member is compared with another one, drawn uniformly, and copies it if that one is better.
    case tournament
  }

  public func validate() throws(SearchError) {
    try check("population", population, atLeast: 2, remedy: "Write how many members to train side by side.")
    try check("generations", generations, atLeast: 1, remedy: "Write how often to compare the members.")
    try check("interval", interval, atLeast: 1, remedy: "Write how long each generation trains.")
    try check("burn_in", burnIn, atLeast: 0, remedy: "Write 0, or the budget before the first exploit.")
    if case .truncation(let fraction) = exploit, !(fraction > 0 && fraction <= 0.5) {
      throw SearchError(
        subject: "scheduler.exploit.fraction", expected: "a number above 0 and at most 0.5",
        found: "\(fraction)",
        remedy: "Write 0.2, so that the worst fifth copies the best fifth.")
    }
    try explore.validate()
  }
}
