public import Randomness

/// CMA-ES: a normal distribution that moves, grows and turns towards the better half of each generation.
///
/// Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772. A generation is any λ measurements in
/// a row, in the order of reports, whether they were drawn from the newest distribution, from an older one or
/// come from elsewhere; so any number of groups may ask at once and none waits. Drawing is within the unit
/// cube, borders mirror.
///
/// - A failed trial belongs to the generation of the next measurement of a later trial, and is the worst
///   there. Violated constraints come after all that hold.
/// - Integers are drawn with a lower bound on their deviation; choices by weights that follow the parents'.
/// - Restarts: an exhausted run is followed by one from a random place with `growth` times the population
///   (Auger and Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005).
/// - The largest budget with λ measurements is learned from.
public struct CMAESSampler: Sampler {
  public var options: CMAESOptions
  private var ranked: RankedMeasurements?
  private var replay: CMAESReplay?

  public init(_ options: CMAESOptions = CMAESOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let isSame = ranked?.table.isBeginning(of: evidence, in: space) ?? false
    let kept = ranked.take()
    let ranked = try RankedMeasurements.advanced(kept, to: evidence, in: space)
    self.ranked = ranked
    var start = CMAESReplay(space, options: options, seed: random.seed)
    let budget = evidence.budget(atLeast: start.run.population)
    start.budget = budget
    var replay = start
    if let budget {
      let members = try CMAESReplay.members(of: evidence, at: budget, in: ranked.table)
      if isSame, let old = self.replay, old.isBeginning(of: members, like: start) { replay = old }
      try replay.advance(to: members, in: ranked)
    }
    self.replay = replay
    let outstanding = try OutstandingTrials(evidence, unmeasuredAt: budget ?? 0, in: ranked)
    return space.configuration(at: replay.proposal(avoiding: outstanding, in: ranked, using: &random))
  }
}

extension CMAESSampler: Equatable {
  public static func == (left: Self, right: Self) -> Bool { left.options == right.options }
}

extension CMAESSampler: Codable {
  /// The options alone: what is kept follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try CMAESOptions(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
