import Randomness
import Search
import Testing

/// What is promised of the forest beyond the conformance suite.
@Suite struct ForestSamplerTests {
  static let forest = SamplerConfiguration.forest(
    ForestOptions(initialTrials: 5, candidates: 64, starts: 4, randomShare: 0))

  /// Over 20 seeds the medians are 0.06, 0.5 and 0.01, those of random search 1.4, 1.5 and 0.23. The bounds
  /// leave room for three seeds.
  @Test(arguments: [
    (OptimizationTests.branin, 0.5), (OptimizationTests.hartmann, 1.0), (OptimizationTests.mixed, 0.12),
  ])
  func `the forest comes nearer to the minimum than random search`(
    problem: OptimizationTests.Problem, bound: Double
  ) throws {
    let seeds = Array(1...3) as [UInt64]
    let options = ForestOptions(candidates: 128)
    let own = try seeds.map { try OptimizationTests.leastRegret(problem, by: .forest(options), seed: $0) }
      .sorted()
    let random = try seeds.map { try OptimizationTests.leastRegret(problem, by: .random, seed: $0) }.sorted()
    #expect(own[1] < bound, "\(problem.name): \(own) by the forest, \(random) at random")
    #expect(own[1] < random[1], "\(problem.name): \(own) by the forest, \(random) at random")
  }

  @Test func `the forest tries every configuration of a small space before one again`() throws {
    var proposed: Set<Configuration> = []
    try SamplerConformance(sampler: Self.forest).study("finite", in: SampleSpaces.finite, trials: 16) {
      trial, configuration, evidence in
      if trial >= 5, proposed.count < 12 { #expect(!proposed.contains(configuration), "trial \(trial)") }
      proposed.insert(configuration)
      SamplerConformance.measure(trial, configuration, in: &evidence)
    }
    #expect(proposed.count == 12)
  }

  @Test func `the forest keeps away from where trials fail, or violate a constraint`() throws {
    for fails in [true, false] {
      // Costs fall towards x0 = 1, and everything above 0.6 is no good.
      var late: [Double] = []
      try SamplerConformance(sampler: Self.forest).study("failures", in: SampleSpaces.cube(1), trials: 30) {
        trial, configuration, evidence in
        let x = configuration.number("x0")
        if trial >= 20 { late.append(x) }
        if fails, x > 0.6 {
          evidence.failed[TrialID(trial)] = configuration
        } else {
          evidence.append(
            .init(
              trial: TrialID(trial), configuration: configuration, budget: 1, cost: -x,
              violation: max(0, x - 0.6)))
        }
      }
      #expect(late.filter { $0 > 0.65 }.count <= 3, "\(late)")
      #expect(late.contains { $0 > 0.5 && $0 <= 0.6 }, "\(late)")
    }
  }

  @Test func `sixteen trials at work are spread, not crowded`() throws {
    var evidence = Evidence()
    for trial in 0..<20 {
      let x = Double(trial) / 19
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: Configuration(["x0": .number(x)]), budget: 1,
          cost: (x - 0.4) * (x - 0.4)))
    }
    var sampler = Self.forest.makeSampler()
    var places: [Double] = []
    for trial in 20..<36 {
      let next = try SamplerConformance.propose(
        trial, by: &sampler, in: SampleSpaces.cube(1), given: evidence)
      evidence.pending[TrialID(trial)] = next
      places.append(next.number("x0"))
    }
    places.sort()
    #expect(places.last! - places[0] > 0.05)
    #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test(arguments: [
    (
      ForestOptions(trees: 0),
      "sampler forest: expected trees of at least 1, found 0. Raise it, or leave it out for the default."
    ),
    (
      ForestOptions(randomShare: 1.5),
      "sampler forest: expected random share from 0 to 1, found 1.5. Change it, or leave it out for the default."
    ),
  ])
  func `wrong options are refused`(options: ForestOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.validate() }
    #expect(error?.description == message)
  }
}
