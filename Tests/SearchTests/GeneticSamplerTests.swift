import Randomness
import Testing

@testable import Search

/// What the genetic sampler breeds from what.
@Suite struct GeneticSamplerTests {
  /// Made by Golden/variation.py.
  private struct Golden: Decodable {
    struct Crossed: Decodable { var a, b, uniform, low, high: Double }
    struct Mutated: Decodable { var x, uniform, value: Double }
    var index: Double
    var crossed: [Crossed]
    var mutated: [Mutated]
  }

  @Test func `crossover and mutation are DEAP's`() throws {
    let golden: Golden = try golden("variation.json")
    for row in golden.crossed {
      let children = Variation.crossed(row.a, row.b, at: row.uniform, index: golden.index)
      #expect(isClose(children.low, row.low) && isClose(children.high, row.high), "\(row)")
    }
    for row in golden.mutated {
      let mutant = Variation.mutated(row.x, at: row.uniform, index: golden.index)
      #expect(isClose(mutant, row.value), "\(row): \(mutant)")
    }
  }

  @Test(arguments: [OptimizationTests.branin, OptimizationTests.mixed])
  func `it comes nearer to the minimum than random search`(problem: OptimizationTests.Problem) throws {
    let seeds = Array(1...5) as [UInt64]
    let genetic = SamplerConfiguration(.genetic)
    let own = try seeds.map { try OptimizationTests.leastRegret(problem, by: genetic, seed: $0) }.sorted()
    let random = try seeds.map { try OptimizationTests.leastRegret(problem, by: .random, seed: $0) }.sorted()
    #expect(own[2] < random[2], "\(problem.name): \(own), random \(random)")
  }

  /// Measured: `count` random configurations of `space`, at the cost that `cost` gives each.
  private static func measured(
    _ count: Int, in space: SearchSpace, cost: (Int, Configuration) -> Double
  ) -> Evidence {
    var evidence = Evidence()
    for trial in 0..<count {
      var random = CounterGenerator(seed: 4, purpose: .simulation, index: trial)
      let configuration = space.randomConfiguration(using: &random)
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: configuration, budget: 1, cost: cost(trial, configuration)))
    }
    return evidence
  }

  private static func children(
    _ options: GeneticOptions, in space: SearchSpace, given evidence: Evidence
  ) throws -> [Configuration] {
    try (100..<140).map { trial in
      var sampler: any Sampler = GeneticSampler(options)
      return try SamplerConformance.propose(trial, by: &sampler, in: space, given: evidence)
    }
  }

  @Test func `the best are the parents, however old they are`() throws {
    // The first four are the best; without mutation choices come from them alone.
    let space = SearchSpace(
      (0..<4).map { Parameter(name: "c\($0)", domain: .categorical((0..<50).map { .number(Double($0)) })) })
    let evidence = Self.measured(60, in: space) { trial, _ in Double(trial) }
    let options = GeneticOptions(population: 4, mutations: 1e-9)
    let parents = evidence.completed.prefix(4).map(\.configuration)
    for child in try Self.children(options, in: space, given: evidence) {
      for name in ["c0", "c1", "c2", "c3"] {
        #expect(parents.contains { $0[name] == child[name] })
      }
      #expect(!parents.contains(child))
    }
  }

  @Test func `without crossover a child differs from one parent where it mutated`() throws {
    let space = SampleSpaces.cube(6)
    let evidence = Self.measured(40, in: space) { trial, _ in Double(trial) }
    let options = GeneticOptions(population: 4, crossover: 0, mutations: 1)
    var changes = 0
    let children = try Self.children(options, in: space, given: evidence)
    for child in children {
      let differences = evidence.completed.prefix(4).map { parent in
        (0..<6).filter { parent.configuration["x\($0)"] != child["x\($0)"] }.count
      }
      changes += differences.min() ?? 0
    }
    // One in expectation, but never none.
    #expect(changes >= children.count && changes < 3 * children.count)
  }

  @Test func `integers mutate by one at least`() throws {
    let space = SearchSpace([
      Parameter(name: "n", domain: .integer(low: 1, high: 1000, scale: .linear)),
      Parameter(name: "m", domain: .integer(low: 1, high: 3, scale: .linear)),
    ])
    let evidence = Self.measured(20, in: space) { _, configuration in configuration.number("n") }
    let options = GeneticOptions(population: 2, crossover: 0, mutations: 2)
    let known = Set(evidence.completed.map(\.configuration))
    for child in try Self.children(options, in: space, given: evidence) {
      #expect(!known.contains(child))
    }
  }

  @Test func `failed trials and those at work are not bred again`() throws {
    let space = SearchSpace(
      (0..<4).map { Parameter(name: "c\($0)", domain: .categorical((0..<6).map { .number(Double($0)) })) })
    var evidence = Self.measured(16, in: space) { trial, _ in Double(trial) }
    let options = GeneticOptions(population: 4)
    let before = try Self.children(options, in: space, given: evidence)
    evidence.failed[TrialID(50)] = before[0]
    evidence.pending[TrialID(51)] = before[1]
    let children = try Self.children(options, in: space, given: evidence)
    #expect(!children.contains(before[0]) && !children.contains(before[1]))
  }

  @Test(arguments: [
    (
      GeneticOptions(population: 1),
      "sampler genetic: expected population of at least 2, found 1. Raise it, or leave it out for the default."
    ),
    (
      GeneticOptions(crossover: 2),
      "sampler genetic: expected crossover from 0 to 1, found 2.0. Change it, or leave it out for the default."
    ),
  ])
  func `wrong options are refused`(options: GeneticOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.validate() }
    #expect(error?.description == message)
  }
}
