/// What may be chosen about a `GeneticSampler`; the defaults serve.
public struct GeneticOptions: SamplerOptions {
  /// How many of the best measurements may become parents, at least 2; so many trials come from a Sobol
  /// sequence first.
  public var population: Int
  /// How many of the population compete to become a parent, at least 1.
  public var tournament: Int
  /// How likely a child has two parents, from 0 to 1.
  public var crossover: Double
  /// How many parameters of a child mutate, in expectation; above 0.
  public var mutations: Double

  public init(
    population: Int = 16, tournament: Int = 2, crossover: Double = 0.9, mutations: Double = 1
  ) {
    self.population = population
    self.tournament = tournament
    self.crossover = crossover
    self.mutations = mutations
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.genetic
    try kind.check("population", population, atLeast: 2, atMost: 100_000)
    try kind.check("tournament", tournament, atLeast: 1, atMost: 100_000)
    try kind.check("crossover", crossover, "from 0 to 1", where: crossover >= 0 && crossover <= 1)
    try kind.check("mutations", mutations, "above 0", where: mutations > 0)
    try kind.check("mutations", mutations, "of at most 1000000", where: mutations <= 1_000_000)
  }

  public var heeds: Heeding { [.outcomes, .limits, .budgets, .noise, .pending] }

  public func makeSampler() -> any Sampler { GeneticSampler(self) }
}
