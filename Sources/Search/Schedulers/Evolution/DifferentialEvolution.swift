import Randomness

/// One step of DE/rand/1/bin on points of the unit cube (Storn and Price, "Differential evolution: a simple
/// and efficient heuristic for global optimization over continuous spaces", Journal of Global Optimization 11
/// (1997)).
struct DifferentialEvolution: Hashable, Codable, Sendable {
  /// F: the mutant is a + F (b − c).
  var mutation: Double
  /// p: with this probability a coordinate is the mutant's.
  var crossover: Double

  /// The child of `target` and the mutant of three parents: each coordinate the mutant's or the target's, at
  /// least one the mutant's. A coordinate of the mutant outside [0, 1] is drawn anew, uniformly.
  func child(
    of target: [Double], _ a: [Double], _ b: [Double], _ c: [Double], using random: inout CounterGenerator
  ) -> [Double] {
    let coins = target.map { _ in random.nextUniform() }
    let certain = random.nextIndex(below: target.count)
    let takesAny = coins.contains { $0 < crossover }
    return target.indices.map { j in
      // Drawn for every coordinate, so that one coordinate's luck never shifts the next one's.
      let anew = random.nextUniform()
      guard coins[j] < crossover || (!takesAny && j == certain) else { return target[j] }
      let moved = a[j] + mutation * (b[j] - c[j])
      return (0...1).contains(moved) ? moved : anew
    }
  }
}

/// The individuals that were evaluated at one budget: the best known for each of a fixed number of places.
struct Subpopulation: Codable, Equatable, Sendable {
  struct Individual: Codable, Equatable, Sendable {
    var trial: TrialID
    /// In the unit cube.
    var point: [Double]
    var configuration: Configuration
    var cost: Double
    /// True when its trial went on to the next budget.
    var isPromoted = false
  }

  private struct Entry: Codable, Equatable, Sendable {
    var rank: Ranked
    var place: Int
  }

  /// How many places there are; filled one after the other.
  let size: Int
  private var individuals: [Int: Individual] = [:]
  /// All individuals, the best first.
  private var order: [Entry] = []
  /// The place whose individual is the next target.
  private var next = 0

  init(size: Int) { self.size = size }

  var count: Int { order.count }

  /// The next place to evolve, one after the other, over and over.
  mutating func takePlace() -> Int {
    defer { next = (next + 1) % size }
    return next
  }

  /// The place that `takePlace` will give.
  var nextPlace: Int { next }

  func individual(at place: Int) -> Individual? { individuals[place] }

  /// The `rank`-th best, from 0.
  func ranked(_ rank: Int) -> Individual {
    guard let individual = individuals[order[rank].place] else {
      preconditionFailure("every entry has an individual")
    }
    return individual
  }

  /// Selection: the newcomer takes the place unless who is there is better.
  /// - Returns: the loser, if there are two.
  mutating func select(_ newcomer: Individual, at place: Int) -> Individual? {
    let resident = individuals[place]
    if let resident {
      guard newcomer.cost <= resident.cost else { return newcomer }
      order.remove(at: position(of: Ranked(cost: resident.cost, trial: resident.trial)))
    }
    individuals[place] = newcomer
    let rank = Ranked(cost: newcomer.cost, trial: newcomer.trial)
    order.insert(Entry(rank: rank, place: place), at: position(of: rank))
    return resident
  }

  /// The best individual that was not promoted, which it is now; nil when there is none.
  mutating func promote() -> Individual? {
    guard let entry = order.first(where: { individuals[$0.place]?.isPromoted == false }) else { return nil }
    individuals[entry.place]?.isPromoted = true
    return individuals[entry.place]
  }

  private func position(of rank: Ranked) -> Int { order.place { $0.rank < rank } }
}
