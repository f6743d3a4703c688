/// What may be chosen about a `TPESampler`; the defaults serve.
public struct TPEOptions: SamplerOptions {
  /// How many trials are drawn from a Sobol sequence first, at least 2.
  public var initialTrials: Int
  /// How many draws from the good ones' density compete for each proposal, at least 1.
  public var candidates: Int
  /// Which share of the measurements is good (γ), above 0 and below 1.
  public var goodShare: Double
  /// How many are good at most, at least 1.
  public var maximumGood: Int
  /// How many bad ones are looked at, at most, at least 10.
  public var maximumBad: Int

  public init(
    initialTrials: Int = 10, candidates: Int = 24, goodShare: Double = 0.15, maximumGood: Int = 25,
    maximumBad: Int = 512
  ) {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.goodShare = goodShare
    self.maximumGood = maximumGood
    self.maximumBad = maximumBad
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.tpe
    try kind.check("initial trials", initialTrials, atLeast: 2, atMost: 1_000_000)
    try kind.check("candidates", candidates, atLeast: 1, atMost: 100_000)
    try kind.check("good share", goodShare, "above 0 and below 1", where: goodShare > 0 && goodShare < 1)
    try kind.check("maximum good", maximumGood, atLeast: 1, atMost: 100_000)
    try kind.check("maximum bad", maximumBad, atLeast: 10, atMost: 100_000)
  }

  public var heeds: Heeding { [.outcomes, .limits, .priors, .budgets, .noise, .pending] }

  public func makeSampler() -> any Sampler { TPESampler(self) }
}
