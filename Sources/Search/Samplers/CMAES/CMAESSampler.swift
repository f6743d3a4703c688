public import Randomness

/// CMA-ES: a normal distribution that moves, grows and turns towards the better half of each generation.
///
/// Hansen, "The CMA evolution strategy: a tutorial", arXiv 1604.00772. A generation is any λ measurements in a row, in the
/// order of reports, whether they were drawn from the newest distribution, from an older one or come from elsewhere; so any
/// number of groups may ask at once and none waits. Drawing is within the unit cube, borders mirror.
///
/// - A failed trial belongs to the generation of the next measurement of a later trial, and is the worst there. Violated
///   constraints come after all that hold.
/// - Integers are drawn with a lower bound on their deviation; choices by weights that follow the parents'.
/// - Restarts: an exhausted run is followed by one from a random place with `growth` times the population (Auger and
///   Hansen, "A restart CMA evolution strategy with increasing population size", CEC 2005).
/// - The largest budget with λ measurements is learned from.
public struct CMAESSampler: Sampler {
  public var options: CMAESOptions
  private var ranked: RankedMeasurements?
  private var replay: CMAESReplay?

  public init(_ options: CMAESOptions = CMAESOptions()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given observations: Observations,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    let isSame = ranked?.table.isBeginning(of: observations, in: space) ?? false
    let kept = ranked.take()
    let ranked = try RankedMeasurements.advanced(kept, to: observations, in: space)
    self.ranked = ranked
    var start = CMAESReplay(space, options: options, seed: random.seed)
    let budget = ranked.budget(atLeast: start.run.population)
    start.budget = budget
    var replay = start
    if let budget {
      let members = try CMAESReplay.members(of: observations, at: budget, in: ranked)
      if isSame, let old = self.replay, old.isBeginning(of: members, like: start) { replay = old }
      replay.advance(to: members, in: ranked)
    }
    self.replay = replay
    let outstanding = try OutstandingTrials(observations, unmeasuredAt: budget ?? 0, in: ranked)
    return space.configuration(at: replay.proposal(avoiding: outstanding, in: ranked, using: &random))
  }
}

/// The runs so far, as a function of the measurements.
struct CMAESReplay: Sendable {
  /// A measurement, or a failed trial between two of them.
  enum Member: Hashable, Sendable {
    case measured(row: Int)
    case failed(TrialID, [Double])
  }

  let options: CMAESOptions
  let seed: UInt64
  let space: CMAESSpace
  var budget: Int?
  private(set) var run: CMAESRun
  private var restarts = 0
  /// Those that whole generations were made of.
  private var learned: [Member] = []

  init(_ space: SearchSpace, options: CMAESOptions, seed: UInt64) {
    self.options = options
    self.seed = seed
    self.space = CMAESSpace(space)
    let numbers = self.space.numbers.count
    let population =
      options.population == 0 ? CMAParameters.defaultPopulation(dimension: numbers) : options.population
    run = CMAESRun(
      self.space, mean: Array(repeating: 0.5, count: numbers), sigma: options.sigma, population: population)
  }

  /// Measurements at `budget` in the order of reports, each failed trial before the first one of a later trial.
  static func members(
    of observations: Observations, at budget: Int, in ranked: RankedMeasurements
  ) throws(SearchError) -> [Member] {
    let failed = observations.failed.filter { !ranked.isMeasured($0.key, at: budget) }
      .sorted { $0.key < $1.key }
    var members: [Member] = []
    var next = 0
    for row in ranked.reported(at: budget) {
      while next < failed.count, failed[next].key < ranked.table.trials[row] {
        let row = try ranked.table.space.row(of: failed[next].value)
        members.append(.failed(failed[next].key, row.map { $0.isNaN ? -1 : $0 }))
        next += 1
      }
      members.append(.measured(row: row))
    }
    return members
  }

  /// Whether this is what a replay of `members` that begins as `start` comes by.
  func isBeginning(of members: [Member], like start: CMAESReplay) -> Bool {
    budget == start.budget && options == start.options && seed == start.seed
      && learned.count <= members.count && learned.elementsEqual(members.prefix(learned.count))
  }

  /// Learns from the whole generations among what is new.
  mutating func advance(to members: [Member], in ranked: RankedMeasurements) {
    while members.count - learned.count >= run.population {
      let generation = members[learned.count..<learned.count + run.population]
      learn(from: generation, in: ranked)
      learned += generation
      if run.isExhausted { restart() }
    }
  }

  private mutating func learn(from generation: ArraySlice<Member>, in ranked: RankedMeasurements) {
    var measured: [Int] = []
    var failed: [[Double]] = []
    for member in generation {
      switch member {
      case .measured(let row): measured.append(row)
      case .failed(_, let row): failed.append(row.map { $0 < 0 ? .nan : $0 })
      }
    }
    measured = ranked.sorted(measured)
    let feasible = measured.filter { ranked.table.violations[$0] <= 0 }.map { ranked.table.costs[$0] }
    run.learn(from: measured.map { Array(ranked.table.point($0)) } + failed, best: feasible.min())
  }

  private mutating func restart() {
    restarts += 1
    var random = CounterGenerator(seed: seed, purpose: .restart, index: restarts)
    let mean = space.numbers.map { _ in random.nextUniform() }
    let population = min(run.population * options.growth, 1_000_000)
    run = CMAESRun(space, mean: mean, sigma: options.sigma, population: population)
  }

  /// A snapped point; a new one, unless many draws are known, as where all is discrete and nearly settled.
  func proposal(
    avoiding outstanding: OutstandingTrials, in ranked: RankedMeasurements,
    using random: inout CounterGenerator
  ) -> [Double] {
    var point = space.features.snapped(run.draw(using: &random))
    for _ in 0..<20 where outstanding.isKnown(point, of: space.features, in: ranked) {
      point = space.features.snapped(run.draw(using: &random))
    }
    return point
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
