import Foundation
import Randomness
import Testing

@testable import Search

/// What the tree-structured Parzen estimator learns from what.
@Suite struct TPESamplerTests {
  private static let tpe = SamplerConfiguration.tpe(TPEOptions())

  /// Proposals for the 20 trials after `evidence`, which know nothing of one another.
  private static func proposals(
    in space: SearchSpace, given evidence: Evidence, options: TPEOptions = TPEOptions()
  ) throws -> [Configuration] {
    try (1000..<1020).map { trial in
      var sampler: any Sampler = TPESampler(options)
      return try SamplerConformance.propose(trial, by: &sampler, in: space, given: evidence)
    }
  }

  /// Trials 0 ..< count at even places of one dimension.
  private static func line(
    _ count: Int, measuring: (Double, inout Evidence, TrialID, Configuration) -> Void
  ) -> Evidence {
    var evidence = Evidence()
    for trial in 0..<count {
      let x = (Double(trial) + 0.5) / Double(count)
      measuring(x, &evidence, TrialID(trial), Configuration(["x0": .number(x)]))
    }
    return evidence
  }

  @Test(arguments: [(OptimizationTests.branin, 0.1), (OptimizationTests.mixed, 0.05)])
  func `it comes nearer to the minimum than random search`(
    problem: OptimizationTests.Problem, bound: Double
  ) throws {
    let seeds = Array(1...5) as [UInt64]
    let own = try seeds.map { try OptimizationTests.leastRegret(problem, by: Self.tpe, seed: $0) }.sorted()
    let random = try seeds.map { try OptimizationTests.leastRegret(problem, by: .random, seed: $0) }.sorted()
    #expect(own[2] < random[2] / 3, "\(problem.name): \(own), random \(random)")
    #expect(own[0] < bound, "\(problem.name): \(own)")
  }

  @Test func `measurements that violate a constraint come after all that do not`() throws {
    // Costs fall towards 1, and everything above 0.5 violates a constraint.
    let evidence = Self.line(40) { x, evidence, trial, configuration in
      evidence.append(
        .init(
          trial: trial, configuration: configuration, budget: 1, cost: -x, violation: max(0, x - 0.5)))
    }
    let next = try Self.proposals(in: SampleSpaces.cube(1), given: evidence)
    let places = next.map { $0.number("x0") }.sorted()
    #expect(places[10] > 0.3 && places[10] < 0.55, "\(places)")
  }

  @Test func `where trials failed, or are at work, is avoided`() throws {
    for isFailed in [true, false] {
      // Equal costs left of 0.5; of the right half nothing is known but that trials are there.
      let evidence = Self.line(60) { x, evidence, trial, configuration in
        if x < 0.5 {
          evidence.append(.init(trial: trial, configuration: configuration, budget: 1, cost: x))
        } else if isFailed {
          evidence.failed[trial] = configuration
        } else {
          evidence.pending[trial] = configuration
        }
      }
      let next = try Self.proposals(in: SampleSpaces.cube(1), given: evidence)
      #expect(next.filter { $0.number("x0") > 0.5 }.count <= 2)
    }
  }

  @Test func `a trial promoted from the budget that is learned from is not avoided`() throws {
    var evidence = Self.line(40) { x, evidence, trial, configuration in
      evidence.append(.init(trial: trial, configuration: configuration, budget: 1, cost: abs(x - 0.3)))
    }
    let before = try Self.proposals(in: SampleSpaces.cube(1), given: evidence)
    evidence.pending[TrialID(12)] = evidence.completed[12].configuration
    #expect(try Self.proposals(in: SampleSpaces.cube(1), given: evidence) == before)
  }

  @Test func `the largest budget with enough measurements is learned from`() throws {
    var evidence = Evidence()
    for trial in 0..<20 {
      let x = Double(trial) / 19
      for (budget, cost) in [(1, x), (9, 1 - x)] {
        evidence.append(
          .init(
            trial: TrialID(trial), configuration: Configuration(["x0": .number(x)]), budget: budget,
            cost: cost))
      }
    }
    evidence.append(
      .init(trial: TrialID(0), configuration: Configuration(["x0": .number(0)]), budget: 27, cost: -9))
    let places = try Self.proposals(in: SampleSpaces.cube(1), given: evidence).map { $0.number("x0") }
    #expect(places.sorted()[10] > 0.8)
  }

  @Test func `a branch learns from its own trials`() throws {
    // With sgd the momentum should be high; adamw is never as good.
    var evidence = Evidence()
    for trial in 0..<60 {
      var random = CounterGenerator(seed: 8, purpose: .simulation, index: trial)
      let configuration = SampleSpaces.conditional.randomConfiguration(using: &random)
      let momentum = configuration.number("momentum")
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: configuration, budget: 1,
          cost: momentum.isNaN ? 3 : 1 - momentum))
    }
    let next = try Self.proposals(in: SampleSpaces.conditional, given: evidence)
    let momenta = next.map { $0.number("momentum") }.filter { !$0.isNaN }.sorted()
    #expect(momenta.count >= 12)
    #expect(momenta[momenta.count / 2] > 0.75)
  }

  /// Scott's exponent is 1 / (4 + d) for a density of d numbers, and choices beside them count for none.
  @Test(arguments: [1, 2, 6])
  func `the kernels of several numbers are as wide as a density of so many needs`(numbers: Int) {
    let centers = (0..<20).map { 0.3 + 0.4 * Double($0) / 19 }
    let deviation = (0.4 / 19) * (20.0 * 21 / 12).squareRoot()
    let expected = deviation * pow(20.0, -1 / (4 + Double(numbers)))
    #expect(
      BandwidthRule.scott(numbers: numbers).bandwidths(of: centers).allSatisfy {
        isClose($0, expected, relative: 1e-9)
      })
  }

  /// BOHB's densities of d parameters have d + 1 points each (N_min), its first model d + 3 measurements.
  @Test(arguments: [
    (measured: 16, coordinates: 8, share: 3, good: 9, alone: 7), (11, 8, 2, 9, 2), (9, 8, 2, 9, 0),
    (100, 3, 15, 15, 15), (1000, 3, 25, 25, 25), (12, 1, 2, 2, 2),
  ])
  func `as many are good as a density has coordinates and one`(
    measured: Int, coordinates: Int, share: Int, good: Int, alone: Int
  ) {
    let bohb = TPEOptions(initialTrials: 2, least: .dimension)
    #expect(TPEOptions().goodCount(of: measured, coordinates: coordinates) == share)
    #expect(TPEOptions().goodAloneCount(of: measured, coordinates: coordinates) == share)
    #expect(bohb.goodCount(of: measured, coordinates: coordinates) == good)
    #expect(bohb.goodAloneCount(of: measured, coordinates: coordinates) == alone)
    #expect(bohb.measurements(in: SampleSpaces.cube(coordinates)) == coordinates + 3)
    #expect(TPEOptions().measurements(in: SampleSpaces.cube(coordinates)) == 10)
  }

  @Test func `options of an earlier version's journal have the default`() throws {
    let text = #"{"initialTrials":3,"candidates":4,"goodShare":0.2,"maximumGood":5,"maximumBad":60}"#
    let options = try JSONDecoder().decode(TPEOptions.self, from: Data(text.utf8))
    #expect(options.least == .one && options.maximumBad == 60)
    let bohb = TPEOptions(least: .dimension)
    #expect(try JSONDecoder().decode(TPEOptions.self, from: JSONEncoder().encode(bohb)).least == .dimension)
  }

  @Test func `every configuration of a small space is tried before one again`() throws {
    var proposed: Set<Configuration> = []
    try SamplerConformance(sampler: .tpe(TPEOptions(initialTrials: 2, candidates: 200))).study(
      "finite", in: SampleSpaces.finite, trials: 14
    ) { trial, configuration, evidence in
      if trial >= 2, proposed.count < 12 { #expect(!proposed.contains(configuration), "trial \(trial)") }
      proposed.insert(configuration)
      SamplerConformance.measure(trial, configuration, in: &evidence)
    }
    #expect(proposed.count == 12)
  }

  @Test func `of many bad ones an even selection stands for the others`() throws {
    // More than `maximumBad` measurements: the good are still the best of all.
    let evidence = Self.line(2000) { x, evidence, trial, configuration in
      evidence.append(.init(trial: trial, configuration: configuration, budget: 1, cost: abs(x - 0.7)))
    }
    let places = try Self.proposals(
      in: SampleSpaces.cube(1), given: evidence, options: TPEOptions(maximumBad: 100)
    ).map { $0.number("x0") }
    #expect(places.allSatisfy { abs($0 - 0.7) < 0.2 })
  }

  @Test(arguments: [
    (
      TPEOptions(candidates: 0),
      "sampler tpe: expected candidates of at least 1, found 0. Raise it, or leave it out for the default."
    ),
    (
      TPEOptions(goodShare: 1),
      "sampler tpe: expected good share above 0 and below 1, found 1.0. Change it, or leave it out for the default."
    ),
  ])
  func `wrong options are refused`(options: TPEOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.validate() }
    #expect(error?.description == message)
  }
}
