/// What may be chosen about a `CMAESSampler`; the defaults serve.
public struct CMAESOptions: SamplerOptions {
  /// λ of the first run, 0 for 4 + ⌊3 ln n⌋ of n numbers; else at least 4.
  public var population: Int
  /// σ at the start of a run, as a part of each parameter's range; above 0, at most 1.
  public var sigma: Double
  /// By how much λ grows with every restart, at least 1.
  public var growth: Int

  public init(population: Int = 0, sigma: Double = 0.2, growth: Int = 2) {
    self.population = population
    self.sigma = sigma
    self.growth = growth
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.cmaES
    if population != 0 { try kind.check("population", population, atLeast: 4, atMost: 100_000) }
    try kind.check("sigma", sigma, "above 0 and at most 1", where: sigma > 0 && sigma <= 1)
    // Steps are divided by it.
    try kind.check("sigma", sigma, "of at least 1e-9", where: sigma >= 1e-9)
    try kind.check("growth", growth, atLeast: 1, atMost: 1000)
  }

  public var heeds: Heeding { [.outcomes, .limits, .budgets, .noise, .pending] }

  public func makeSampler() -> any Sampler { CMAESSampler(self) }
}
