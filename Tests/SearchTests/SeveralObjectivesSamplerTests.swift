import Foundation
import Randomness
import Search
import Testing

/// What the samplers of several objectives find, and what they are made of.
@Suite struct SeveralObjectivesSamplerTests {
  /// As Golden/hypervolume-improvement.py writes them.
  struct Golden: Decodable {
    var front: [[Double]]
    var reference: [Double]
    var means: [[Double]]
    var deviations: [[Double]]
    var values: [Double]
  }

  @Test func `expected hypervolume improvements are botorch's, for two objectives and three`() throws {
    for golden in try golden("hypervolume-improvement.json", as: [Golden].self) {
      let improvement = ExpectedHypervolumeImprovement(over: golden.front, below: golden.reference)
      for (place, expected) in golden.values.enumerated() {
        let own = improvement.value(means: golden.means[place], deviations: golden.deviations[place])
        #expect(isClose(own.value, expected, relative: 1e-8, absolute: 1e-12))
      }
    }
  }

  @Test(arguments: [2, 3])
  func `its derivatives are those of its values`(objectives: Int) {
    let front = ObjectivesTests.random(7, objectives: objectives, seed: 2)
    let improvement = ExpectedHypervolumeImprovement(over: front, below: front[0].map { _ in 1.2 })
    let (means, deviations) = (front[0].map { _ in 0.4 }, front[0].map { _ in 0.3 })
    let found = improvement.value(means: means, deviations: deviations)
    let step = 1e-6
    for j in 0..<objectives {
      func value(_ byMean: Double, _ byDeviation: Double) -> Double {
        var (means, deviations) = (means, deviations)
        means[j] += byMean
        deviations[j] += byDeviation
        return improvement.value(means: means, deviations: deviations).value
      }
      let byMean = (value(step, 0) - value(-step, 0)) / (2 * step)
      let byDeviation = (value(0, step) - value(0, -step)) / (2 * step)
      #expect(isClose(found.byMeans[j], byMean, relative: 1e-5))
      #expect(isClose(found.byDeviations[j], byDeviation, relative: 1e-5))
    }
  }

  @Test func `without doubt the improvement is the gain of volume`() {
    for objectives in [2, 3] {
      let front = ObjectivesTests.random(9, objectives: objectives, seed: 5)
      let reference = front[0].map { _ in 1.0 }
      let improvement = ExpectedHypervolumeImprovement(over: front, below: reference)
      for point in ObjectivesTests.random(9, objectives: objectives, seed: 6) {
        let gain =
          Hypervolume.volume(of: front + [point], below: reference)
          - Hypervolume.volume(of: front, below: reference)
        let found = improvement.value(means: point, deviations: point.map { _ in 1e-9 }).value
        #expect(isClose(found, gain, relative: 1e-6, absolute: 1e-8))
      }
    }
  }

  /// ZDT1's shape in `d` numbers (Zitzler, Deb and Thiele 2000): the front is f₂ = 1 - √f₁ at x₁ = ... = 0.
  static func costs(_ configuration: Configuration, dimension: Int) -> [Double] {
    let first = configuration.number("x0")
    let rest = (1..<dimension).reduce(0) { $0 + configuration.number("x\($1)") }
    let g = 1 + 9 * rest / Double(dimension - 1)
    return [first, g * (1 - (first / g).squareRoot())]
  }

  /// The volume below (1.1, 11) after so many trials, one after the other.
  static func volume(
    _ sampler: SamplerConfiguration, trials: Int, dimension: Int = 3, seed: UInt64,
    violation: (Configuration) -> Double = { _ in 0 }
  ) throws -> (volume: Double, kept: Int) {
    var kept = sampler.makeSampler()
    var evidence = Evidence()
    for trial in 0..<trials {
      var random = CounterGenerator(seed: seed, purpose: .proposal, index: trial)
      let configuration = try kept.propose(
        TrialID(trial), in: SampleSpaces.cube(dimension), given: evidence, using: &random)
      let costs = costs(configuration, dimension: dimension)
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: configuration, budget: 1, cost: costs[0],
          furtherCosts: [costs[1]], violation: violation(configuration)))
    }
    let feasible = evidence.completed.filter { $0.violation == 0 }
    return (Hypervolume.volume(of: feasible.map { $0.costVector.costs }, below: [1.1, 11]), feasible.count)
  }

  @Test(arguments: [
    (SamplerConfiguration.ehvi(EHVIOptions(candidates: 64, starts: 3)), 35),
    (.parego(ParEGOOptions(candidates: 64, starts: 3)), 35),
    (.nsga2(NSGA2Options(population: 20)), 200),
  ])
  func `each finds more volume than chance`(sampler: SamplerConfiguration, trials: Int) throws {
    var (own, chance) = (0.0, 0.0)
    for seed in 1...2 {
      own += try Self.volume(sampler, trials: trials, seed: UInt64(seed)).volume
      chance += try Self.volume(.random, trials: trials, seed: UInt64(seed)).volume
    }
    // The whole front's volume is 1.1 · 11 less the area below the front, 2/3 of 1.1 · 1 and its edge: about
    // 11.7.
    #expect(own > chance + 0.5, "\(own / 2) against \(chance / 2)")
    #expect(own / 2 < 1.1 * 11 - 1.0 / 3)
  }

  /// In four generations NSGA-II learns the limit, and gains no volume beside chance yet.
  @Test(arguments: [
    (SamplerConfiguration.ehvi(EHVIOptions(candidates: 64, starts: 3)), gain: Double?.some(2)),
    (.parego(ParEGOOptions(candidates: 64, starts: 3)), 2), (.nsga2(NSGA2Options(population: 10)), nil),
  ])
  func `limits are learned`(sampler: SamplerConfiguration, gain: Double?) throws {
    // Three quarters of the cube break the limit.
    let violation: (Configuration) -> Double = { max(0, 0.75 - $0.number("x2")) }
    var (own, chance) = ((volume: 0.0, kept: 0), (volume: 0.0, kept: 0))
    for seed in 3...6 {
      let found = try Self.volume(sampler, trials: 40, seed: UInt64(seed), violation: violation)
      let drawn = try Self.volume(.random, trials: 40, seed: UInt64(seed), violation: violation)
      own = (own.volume + found.volume, own.kept + found.kept)
      chance = (chance.volume + drawn.volume, chance.kept + drawn.kept)
    }
    // The front lies where x2 just keeps the limit, so that what looks for it often breaks it by a little.
    #expect(own.kept > chance.kept + 8, "\(own.kept) against \(chance.kept) of 160 keep the limit")
    if let gain {
      #expect(own.volume > chance.volume + gain, "\(own.volume / 4) against \(chance.volume / 4)")
    }
  }

  /// ZDT3's front has five parts (Zitzler, Deb and Thiele 2000), by the first objective.
  private static let parts = [0.0...0.09, 0.18...0.26, 0.40...0.46, 0.61...0.66, 0.82...0.86]

  @Test(arguments: [1, 2])
  func `a front with gaps is found beyond the part that was found first`(seed: UInt64) throws {
    var sampler = EHVISampler()
    var evidence = Evidence()
    for trial in 0..<45 {
      var random = CounterGenerator(seed: seed, purpose: .proposal, index: trial)
      let configuration = try sampler.propose(
        TrialID(trial), in: SampleSpaces.cube(3), given: evidence, using: &random)
      let x = configuration.number("x0")
      let g = 1 + 9 * (configuration.number("x1") + configuration.number("x2")) / 2
      let second = g * (1 - (x / g).squareRoot() - x / g * sin(10 * Double.pi * x))
      evidence.append(.init(TrialID(trial), configuration, at: 1, CostVector([x, second])))
    }
    let vectors = evidence.completed.map(\.costVector)
    let front = NondominatedSorting.front(of: vectors).map { vectors[$0].costs[0] }
    let counts = Self.parts.map { part in front.count(where: part.contains) }
    #expect(counts.count { $0 > 0 } >= 4, "\(counts) of \(front.count) members")
  }

  @Test func `three objectives are proposed for, and four where that can be`() throws {
    for (sampler, objectives) in [
      (SamplerTests.ehvi, 3), (SamplerTests.parego, 4), (SamplerTests.nsga2, 4),
    ] {
      try SamplerConformance(sampler: sampler).study("several objectives", in: SampleSpaces.mixed, trials: 14)
      {
        trial, configuration, evidence in
        let cost = SamplerConformance.cost(of: configuration)
        evidence.append(
          .init(
            trial: TrialID(trial), configuration: configuration, budget: 1, cost: cost,
            furtherCosts: (1..<objectives).map { (cost * Double($0 + 1)).truncatingRemainder(dividingBy: 1) },
            violation: trial % 4 == 0 ? 1 : 0))
      }
    }
  }

  @Test func `expected hypervolume improvement refuses four objectives`() {
    var evidence = Evidence()
    for trial in 0..<9 {
      let x = Double(trial) / 9
      evidence.append(
        .init(
          trial: TrialID(trial), configuration: Configuration(["x0": .number(x)]), budget: 1, cost: x,
          furtherCosts: [1 - x, x, x]))
    }
    var sampler = SamplerTests.ehvi.makeSampler()
    let error = #expect(throws: SearchError.self) {
      _ = try SamplerConformance.propose(9, by: &sampler, in: SampleSpaces.cube(1), given: evidence)
    }
    #expect(
      error?.description == "sampler ehvi: expected at most 3 objectives, found 4. "
        + "Choose parego or nsga2, which take any number.")
  }
}
