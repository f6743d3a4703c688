import Randomness
import Testing

@testable import Search

/// CMA-ES: its arithmetic, and what it learns from what.
@Suite struct CMAESSamplerTests {
  /// Made by Golden/cma.py.
  private struct Golden: Decodable {
    struct Step: Decodable {
      var points: [[Double]]
      var mean: [Double]
      var sigma: Double
      var covariance: [Double]
    }
    var dimension, population: Int
    var weights: [Double]
    var steps: [Step]
  }

  @Test func `every generation leads where the package cmaes goes`() throws {
    let runs: [Golden] = try golden("cma.json")
    for run in runs {
      let parameters = CMAParameters(dimension: run.dimension, population: run.population)
      #expect(zip(parameters.weights, run.weights).allSatisfy { isClose($0, $1) })
      var strategy = EvolutionStrategy(
        parameters, mean: Array(repeating: 0.5, count: run.dimension), sigma: 0.3)
      for step in run.steps {
        strategy.update(by: step.points)
        let place = "\(run.dimension) dimensions, generation \(strategy.generation)"
        #expect(isClose(strategy.sigma, step.sigma, relative: 1e-10), "\(place)")
        for (own, expected) in zip(strategy.mean + strategy.covariance, step.mean + step.covariance) {
          #expect(isClose(own, expected, relative: 1e-10, absolute: 1e-10), "\(place)")
        }
      }
    }
  }

  @Test(arguments: [(1, 4), (2, 6), (3, 7), (10, 10), (20, 12)])
  func `the default population is the tutorial's`(dimension: Int, population: Int) {
    #expect(CMAParameters.defaultPopulation(dimension: dimension) == population)
  }

  @Test func `a matrix is its eigenvectors and values`() {
    var random = CounterGenerator(seed: 6, purpose: .simulation)
    let n = 7
    var matrix = Array(repeating: 0.0, count: n * n)
    for i in 0..<n {
      for j in 0...i {
        matrix[i * n + j] = random.nextNormal()
        matrix[j * n + i] = matrix[i * n + j]
      }
    }
    let eigen = SymmetricEigendecomposition(matrix, order: n)
    let x = (0..<n).map { _ in random.nextNormal() }
    let product = (0..<n).map { i in (0..<n).reduce(0) { $0 + matrix[i * n + $1] * x[$1] } }
    #expect(zip(eigen.applying({ $0 }, to: x), product).allSatisfy { isClose($0, $1, absolute: 1e-12) })
    #expect(zip(eigen.values, eigen.values.dropFirst()).allSatisfy { $0 <= $1 })
  }

  @Test(arguments: [1, 2, 7])
  func `the unit matrix decomposes as LAPACK decomposes it, bit for bit`(n: Int) {
    let unit = (0..<n * n).map { $0 % (n + 1) == 0 ? 1.0 : 0 }
    let (expected, found) = (
      SymmetricEigendecomposition(unit, order: n), SymmetricEigendecomposition(ofIdentity: n)
    )
    #expect(found.values == expected.values)
    #expect(found.vectors == expected.vectors)
  }

  @Test(arguments: [OptimizationTests.branin, OptimizationTests.hartmann, OptimizationTests.mixed])
  func `it comes nearer to the minimum than random search`(problem: OptimizationTests.Problem) throws {
    var problem = problem
    problem.trials = 100
    let seeds = Array(1...5) as [UInt64]
    let cma = SamplerConfiguration(.cmaES)
    let own = try seeds.map { try OptimizationTests.leastRegret(problem, by: cma, seed: $0) }.sorted()
    let random = try seeds.map { try OptimizationTests.leastRegret(problem, by: .random, seed: $0) }.sorted()
    #expect(own[2] < random[2], "\(problem.name): \(own), random \(random)")
  }

  /// Where `count` trials after `evidence` lie, which know nothing of one another.
  private static func proposals(
    _ count: Int, in space: SearchSpace, given evidence: Evidence
  ) throws -> [Configuration] {
    try (1000..<1000 + count).map { trial in
      var sampler: any Sampler = CMAESSampler()
      return try SamplerConformance.propose(trial, by: &sampler, in: space, given: evidence)
    }
  }

  @Test func `a generation is complete with its last report, in whatever order they come`() throws {
    var evidence = Evidence()
    let space = SampleSpaces.cube(2)
    let first = try Self.proposals(3, in: space, given: evidence)
    for trial in [4, 0, 5, 2, 1, 3] {
      #expect(try Self.proposals(3, in: space, given: evidence) == first)
      var random = CounterGenerator(seed: 1, purpose: .simulation, index: trial)
      SamplerConformance.measure(trial, space.randomConfiguration(using: &random), in: &evidence)
    }
    #expect(try Self.proposals(3, in: space, given: evidence) != first)
  }

  @Test func `a failed trial is the worst of its generation`() throws {
    // Five good ones on the left; the sixth is on the right, failed or the best of all.
    func mean(lastFails: Bool) throws -> Double {
      var evidence = Evidence()
      for trial in 0..<5 {
        let x = 0.2 + 0.02 * Double(trial)
        evidence.append(
          .init(
            trial: TrialID(trial), configuration: Configuration(["x0": .number(x), "x1": .number(0.5)]),
            budget: 1,
            cost: 1))
      }
      let right = Configuration(["x0": .number(0.9), "x1": .number(0.5)])
      if lastFails {
        evidence.failed[TrialID(5)] = right
      } else {
        evidence.append(.init(trial: TrialID(5), configuration: right, budget: 1, cost: 0))
      }
      // The failed one joins the generation of the next measurement.
      for trial in 6..<7 {
        evidence.append(
          .init(
            trial: TrialID(trial), configuration: Configuration(["x0": .number(0.3), "x1": .number(0.5)]),
            budget: 1, cost: 1))
      }
      let places = try Self.proposals(50, in: SampleSpaces.cube(2), given: evidence)
      return places.reduce(0) { $0 + $1.number("x0") } / 50
    }
    #expect(try mean(lastFails: true) < 0.35)
    #expect(try mean(lastFails: false) > 0.4)
  }

  @Test func `choices follow the better half, and none dies out`() throws {
    let space = SearchSpace([
      Parameter(name: "c", domain: .categorical([.text("a"), .text("b"), .text("d")])),
      Parameter(name: "x0", domain: .float(low: 0, high: 1, scale: .linear)),
    ])
    var evidence = Evidence()
    for trial in 0..<120 {
      var sampler: any Sampler = CMAESSampler()
      let configuration = try SamplerConformance.propose(trial, by: &sampler, in: space, given: evidence)
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: configuration, budget: 1,
          cost: configuration["c"] == .text("b") ? configuration.number("x0") : 2))
    }
    let chosen = try Self.proposals(100, in: space, given: evidence).map { $0["c"] }
    #expect(chosen.filter { $0 == .text("b") }.count > 60)
    #expect(Set(chosen).count == 3)
  }

  @Test func `a run that stands still is followed by a larger one`() throws {
    let space = CMAESSpace(SampleSpaces.cube(2))
    let start = CMAESReplay(SampleSpaces.cube(2), options: CMAESOptions(), seed: 5)
    #expect(start.run.population == 6)
    var run = start.run
    var generations = 0
    // Equal costs: no generation is better than an earlier one.
    var random = CounterGenerator(seed: 2, purpose: .simulation)
    while !run.isExhausted {
      run.learn(from: (0..<6).map { _ in run.draw(using: &random) }, best: 1)
      generations += 1
    }
    #expect(generations <= 10 + 10 + 1, "\(generations)")
    #expect(space.numbers == [0, 1])
    var evidence = Evidence()
    for trial in 0..<(6 * generations) {
      var sampler: any Sampler = CMAESSampler()
      let configuration = try SamplerConformance.propose(
        trial, by: &sampler, in: SampleSpaces.cube(2), given: evidence)
      evidence.append(.init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: 1))
    }
    let ranked = try RankedMeasurements.advanced(nil, to: evidence, in: SampleSpaces.cube(2))
    var replay = start
    try replay.advance(to: CMAESReplay.members(of: evidence, at: 1, in: ranked.table), in: ranked)
    #expect(replay.run.population == 12)
  }

  @Test func `an integer goes on changing when its deviation has gone`() throws {
    let space = SearchSpace([
      Parameter(name: "x0", domain: .float(low: 0, high: 1, scale: .linear)),
      Parameter(name: "n", domain: .integer(low: 1, high: 9, scale: .linear)),
    ])
    var run = CMAESRun(CMAESSpace(space), mean: [0.5, 0.5], sigma: 1e-6, population: 6)
    var random = CounterGenerator(seed: 3, purpose: .simulation)
    // Once in λn = 12 draws, on average.
    let changed = (0..<1200).filter { _ in
      space.configuration(at: run.draw(using: &random)).number("n") != 5
    }
    #expect(changed.count > 60 && changed.count < 140)
    run.learn(from: (0..<6).map { _ in [0.5, 0.5] }, best: 1)
    #expect(run.strategy?.mean[1] == 0.5)
  }

  @Test(arguments: [
    (
      CMAESOptions(population: 3),
      "sampler cma-es: expected population of at least 4, found 3. Raise it, or leave it out for the default."
    ),
    (
      CMAESOptions(sigma: 0),
      "sampler cma-es: expected sigma above 0 and at most 1, found 0.0. Change it, or leave it out for the default."
    ),
  ])
  func `wrong options are refused`(options: CMAESOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.validate() }
    #expect(error?.description == message)
  }
}
