import Randomness

/// The runs so far, as a function of the measurements.
struct CMAESReplay: Sendable {
  /// A measurement, or a failed trial between two of them.
  enum Member: Hashable, Sendable {
    /// A configuration's first measurement, and the means over all its readings: a generation that was learned is
    /// learned again where they have changed.
    case measured(row: Int, mean: Double, violation: Double)
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

  /// Measurements at `budget` in the order of reports, each failed trial before the first one of a later
  /// trial.
  static func members(
    of evidence: Evidence, at budget: Int, in table: ObservationTable
  ) throws(SearchError) -> [Member] {
    let failed = evidence.outstanding(unmeasuredAt: budget).failed
    var members: [Member] = []
    var next = 0
    for row in evidence.firstRows(at: budget) {
      while next < failed.count, failed[next].trial < table.trials[row] {
        let row = try table.space.row(of: failed[next].configuration)
        members.append(.failed(failed[next].trial, row.map { $0.isNaN ? -1 : $0 }))
        next += 1
      }
      members.append(.measured(row: row, mean: table.means[row], violation: table.meanViolations[row]))
    }
    return members
  }

  /// Whether this is what a replay of `members` that begins as `start` comes by.
  func isBeginning(of members: [Member], like start: CMAESReplay) -> Bool {
    budget == start.budget && options == start.options && seed == start.seed
      && learned.count <= members.count && learned.elementsEqual(members.prefix(learned.count))
  }

  /// Learns from the whole generations among what is new.
  mutating func advance(to members: [Member], in ranked: RankedMeasurements) throws(SearchError) {
    while members.count - learned.count >= run.population {
      try LinearAlgebra.load()
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
      case .measured(let row, _, _): measured.append(row)
      case .failed(_, let row): failed.append(row.map { $0 < 0 ? .nan : $0 })
      }
    }
    measured = ranked.sorted(measured)
    let feasible = measured.filter { ranked.table.meanViolations[$0] <= 0 }.map { ranked.table.means[$0] }
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
