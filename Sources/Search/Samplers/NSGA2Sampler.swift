public import Randomness
import RealModule

/// NSGA-II (Deb, Pratap, Agarwal and Meyarivan, IEEE Transactions on Evolutionary Computation 6(2), 2002)
/// without generations: every proposal is one child of the population as it stands, every measurement enters
/// the population at once and the worst member leaves it (steady state: Durillo, Nebro, Luna and Alba, "On
/// the effect of the steady-state selection scheme in multi-objective genetic algorithms", EMO 2009). So no
/// group waits, whatever its trial takes.
///
/// - The population is a fold of the measurements: front by front under constraint-domination, the last front
///   by crowding distance.
/// - Parents by two binary tournaments of front and crowding; numbers by simulated binary crossover and
///   polynomial mutation, choices by exchange and by a new draw (`NSGA2Variation`).
/// - Where trials are measured at several budgets, the largest with half a population of measurements counts.
/// - Failed trials never enter the population. A child that was tried before, or that the space's constraints
///   do not allow, is mutated again.
public struct NSGA2Sampler: Sampler {
  public var options: NSGA2Options
  private var table: ObservationTable?
  private var population = VectorPopulation()
  /// How many rows the population has seen.
  private var folded = 0
  /// The configurations of the table.
  private var measured: Set<Configuration> = []

  public init(_ options: NSGA2Options = NSGA2Options()) { self.options = options }

  public mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    try space.validate()
    try options.validate()
    try advance(to: evidence, in: space)
    guard evidence.trialCount(upTo: options.population) == options.population,
      population.members.count > 1,
      let table
    else {
      return space.configuration(at: SobolSampler.opening(trial, in: space, using: &random))
    }
    let variation = NSGA2Variation(space: space, options: options)
    let outstanding = evidence.outstanding()
    let others = Set((outstanding.failed + outstanding.pending).map(\.configuration))
    let parents = (0..<2).map { _ in population.tournament(using: &random) }.map { Array(table.point($0)) }
    var child = variation.child(of: parents[0], parents[1], using: &random)
    var configuration = space.configuration(at: child)
    // The last tries are fresh draws, so that a small space is not exhausted near the parents alone.
    for attempt in 0..<20 {
      let isTried = measured.contains(configuration) || others.contains(configuration)
      guard isTried || !space.isAllowed(configuration) else { break }
      child = attempt < 15 ? variation.mutated(child, using: &random) : space.randomPoint(using: &random)
      configuration = space.configuration(at: child)
    }
    return configuration
  }

  private mutating func advance(to evidence: Evidence, in space: SearchSpace) throws(SearchError) {
    let kept = table.take()
    let isKept = kept?.isBeginning(of: evidence, in: space) ?? false
    let known = isKept ? kept?.count ?? 0 : 0
    let wasMixed = kept?.hasSeveralBudgets ?? false
    let table = try ObservationTable.advanced(kept, to: evidence, in: space)
    let isMixed = evidence.hasSeveralBudgets
    self.table = table
    if !isKept || isMixed || wasMixed { (population, folded) = (VectorPopulation(), 0) }
    let rows =
      isMixed ? evidence.rows(preferring: max(2, options.population / 2)) : Array(folded..<table.count)
    if !isKept { measured = [] }
    for measurement in evidence.completed[known...] {
      measured.insert(measurement.configuration)
    }
    for row in rows {
      population.insert(row, evidence.completed[row].costVector, limit: options.population)
    }
    folded = table.count
  }
}

/// The members of a steady-state population, with their fronts and crowding distances.
struct VectorPopulation: Sendable {
  /// Rows of the table, in the order in which they came.
  private(set) var members: [Int] = []
  private var vectors: [CostVector] = []
  private(set) var ranks: [Int] = []
  private(set) var crowding: [Double] = []

  /// Takes a row in, and the worst of all out where there are more than `limit`.
  mutating func insert(_ row: Int, _ vector: CostVector, limit: Int) {
    // Vectors of fewer objectives, from another study, cannot be compared.
    if let first = vectors.first, first.costs.count != vector.costs.count { return }
    members.append(row)
    vectors.append(vector)
    rank()
    guard members.count > limit else { return }
    // The last front's most crowded one; of equal ones the oldest, so that newcomers are tried.
    let worst = members.indices.max { (ranks[$0], -crowding[$0], -$0) < (ranks[$1], -crowding[$1], -$1) } ?? 0
    members.remove(at: worst)
    vectors.remove(at: worst)
    rank()
  }

  private mutating func rank() {
    ranks = NondominatedSorting.ranks(of: vectors)
    crowding = Array(repeating: 0, count: vectors.count)
    let fronts = Dictionary(grouping: vectors.indices) { ranks[$0] }
    for front in fronts.values {
      for (index, distance) in zip(front, Crowding.distances(of: front.map { vectors[$0] })) {
        crowding[index] = distance
      }
    }
  }

  /// The row of the better of two members drawn at random (Deb et al.'s crowded-comparison operator, section
  /// III-B).
  func tournament(using random: inout CounterGenerator) -> Int {
    let (a, b) = (random.nextIndex(below: members.count), random.nextIndex(below: members.count))
    return members[(ranks[a], -crowding[a]) <= (ranks[b], -crowding[b]) ? a : b]
  }
}

/// What may be chosen about an `NSGA2Sampler`; the defaults are those of the paper but for the smaller
/// population.
public struct NSGA2Options: SamplerOptions {
  /// Members, and how many trials are drawn from a Sobol sequence first, at least 2.
  public var population: Int
  /// How likely two parents are crossed, from 0 to 1.
  public var crossover: Double
  /// η_c: how near to their parents children lie, at least 0.
  public var crossoverIndex: Double
  /// η_m: how small mutations are, at least 0.
  public var mutationIndex: Double

  public init(
    population: Int = 40, crossover: Double = 0.9, crossoverIndex: Double = 20, mutationIndex: Double = 20
  ) {
    self.population = population
    self.crossover = crossover
    self.crossoverIndex = crossoverIndex
    self.mutationIndex = mutationIndex
  }

  public func validate() throws(SearchError) {
    let kind = SamplerConfiguration.Kind.nsga2
    try kind.check("population", population, atLeast: 2, atMost: 10_000)
    try kind.check("crossover", crossover, "from 0 to 1", where: crossover >= 0 && crossover <= 1)
    try kind.check("crossover index", crossoverIndex, "of at least 0", where: crossoverIndex >= 0)
    try kind.check("mutation index", mutationIndex, "of at least 0", where: mutationIndex >= 0)
    for (option, index) in [("crossover index", crossoverIndex), ("mutation index", mutationIndex)] {
      try kind.check(option, index, "of at most 1000000", where: index <= 1_000_000)
    }
  }

  public var heeds: Heeding { [.outcomes, .objectives, .limits, .budgets] }

  public func makeSampler() -> any Sampler { NSGA2Sampler(self) }
}

extension NSGA2Sampler: Codable {
  /// The options alone: what is cached follows from the observations.
  public init(from decoder: any Decoder) throws { self.init(try NSGA2Options(from: decoder)) }

  public func encode(to encoder: any Encoder) throws { try options.encode(to: encoder) }
}
