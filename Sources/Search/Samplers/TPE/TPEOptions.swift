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
  /// How many are good at least, and how many bad.
  public var least: Least

  public enum Least: String, Codable, CaseIterable, Sendable {
    /// One of each: the share decides.
    case one
    /// One more than a density has coordinates, as in BOHB (Falkner, Klein and Hutter, ICML 2018, equation 3 and
    /// N_min); a budget is learned from when it has two measurements more than the space has parameters and one. A good
    /// one is among the bad, too, while there are fewer than both take.
    case dimension

    /// Of a density of so many coordinates.
    func count(_ coordinates: Int) -> Int { self == .one ? 1 : coordinates + 1 }
  }

  public init(
    initialTrials: Int = 10, candidates: Int = 24, goodShare: Double = 0.15, maximumGood: Int = 25,
    maximumBad: Int = 512, least: Least = .one
  ) {
    self.initialTrials = initialTrials
    self.candidates = candidates
    self.goodShare = goodShare
    self.maximumGood = maximumGood
    self.maximumBad = maximumBad
    self.least = least
  }

  /// How many of n measurements of so many coordinates are good.
  func goodCount(of n: Int, coordinates: Int) -> Int {
    let (share, least) = (Int((goodShare * Double(n)).rounded(.up)), least.count(coordinates))
    return min(max(min(share, maximumGood), least), max(n - 1, least))
  }

  /// How many of them, the best ones, are good and not bad.
  func goodAloneCount(of n: Int, coordinates: Int) -> Int {
    min(goodCount(of: n, coordinates: coordinates), max(0, n - least.count(coordinates)))
  }

  /// How many measurements of a space a budget must have to be learned from.
  func measurements(in space: SearchSpace) -> Int {
    least == .one ? initialTrials : max(initialTrials, least.count(space.dimension) + 2)
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

extension TPEOptions {
  /// What a journal of an earlier version does not name has its default.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init()
    initialTrials = try container.decode(Int.self, forKey: .initialTrials)
    candidates = try container.decode(Int.self, forKey: .candidates)
    goodShare = try container.decode(Double.self, forKey: .goodShare)
    maximumGood = try container.decode(Int.self, forKey: .maximumGood)
    maximumBad = try container.decode(Int.self, forKey: .maximumBad)
    least = try container.decodeIfPresent(Least.self, forKey: .least) ?? least
  }
}
