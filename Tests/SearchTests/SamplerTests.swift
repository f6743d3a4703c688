import Randomness
import Search
import Testing

/// The conformance suite over every sampler that has a name, and what is promised of each.
@Suite struct SamplerTests {
  /// A small search, so that a debug build is quick.
  static let gp = SamplerConfiguration.gp(
    GaussianProcessOptions(initialTrials: 4, candidates: 32, starts: 2))

  static let cma = SamplerConfiguration.cmaES(CMAESOptions(population: 4))
  static let genetic = SamplerConfiguration.genetic(GeneticOptions(population: 4))
  static let tpe = SamplerConfiguration.tpe(TPEOptions(initialTrials: 4))

  static let thompson = SamplerConfiguration.gp(
    GaussianProcessOptions(initialTrials: 4, candidates: 32, acquisition: .thompson, neighbourhood: false))
  static let bound = SamplerConfiguration.gp(
    GaussianProcessOptions(initialTrials: 4, candidates: 32, starts: 2, acquisition: .lowerConfidenceBound))
  static let warped = SamplerConfiguration.gp(
    GaussianProcessOptions(initialTrials: 4, candidates: 32, starts: 2, inputWarping: true))
  static let turbo = SamplerConfiguration.turbo(TurboOptions(initialTrials: 4, candidates: 32))

  static let forest = SamplerConfiguration.forest(
    ForestOptions(initialTrials: 4, candidates: 32, starts: 4, randomShare: 0.1))

  static let auto = SamplerConfiguration.auto(AutoOptions(initialTrials: 4))
  static let nsga2 = SamplerConfiguration.nsga2(NSGA2Options(population: 6))
  static let parego = SamplerConfiguration.parego(ParEGOOptions(initialTrials: 4, candidates: 32, starts: 2))
  static let ehvi = SamplerConfiguration.ehvi(EHVIOptions(initialTrials: 4, candidates: 32, starts: 2))

  static let all: [SamplerConfiguration] = [
    auto, .random, .sobol, SamplerConfiguration(.grid), cma, genetic, tpe, gp, thompson, bound, warped, turbo,
    forest, nsga2, parego, ehvi, SamplerConfiguration(.transfer),
  ]

  @Test(arguments: all)
  func `proposals are valid, and equal for a new, a used and a restored sampler`(
    sampler: SamplerConfiguration
  ) throws {
    for (name, space) in SamplerConformance.spaces {
      try SamplerConformance(sampler: sampler).study(name, in: space, trials: 16) {
        trial, configuration, evidence in
        SamplerConformance.measure(trial, configuration, in: &evidence)
      }
    }
  }

  @Test(arguments: all)
  func `trials may fail, one in three or all of them`(sampler: SamplerConfiguration) throws {
    for share in [3, 1] {
      try SamplerConformance(sampler: sampler).study(
        "one in \(share) fails", in: SampleSpaces.conditional, trials: 16
      ) { trial, configuration, evidence in
        if trial % share == 0 {
          evidence.failed[TrialID(trial)] = configuration
        } else {
          SamplerConformance.measure(trial, configuration, in: &evidence)
        }
      }
    }
  }

  @Test(arguments: all)
  func `eight trials may be at work at once, and differ`(sampler: SamplerConfiguration) throws {
    var proposed: [Configuration] = []
    try SamplerConformance(sampler: sampler).study(
      "eight at work", in: SampleSpaces.cube(2), trials: 24
    ) { trial, configuration, evidence in
      proposed.append(configuration)
      evidence.pending[TrialID(trial)] = configuration
      if trial >= 8 {
        evidence.pending[TrialID(trial - 8)] = nil
        SamplerConformance.measure(trial - 8, proposed[trial - 8], in: &evidence)
      }
    }
    #expect(Set(proposed).count == proposed.count)
  }

  @Test(arguments: all)
  func `trials may be measured at several budgets`(sampler: SamplerConfiguration) throws {
    try SamplerConformance(sampler: sampler).study(
      "three budgets", in: SampleSpaces.mixed, trials: 16
    ) { trial, configuration, evidence in
      for budget in [1, 3, 9].prefix(1 + trial % 3) {
        SamplerConformance.measure(trial, configuration, budget: budget, in: &evidence)
      }
    }
  }

  @Test(arguments: all)
  func `a configuration may be measured several times, with other outcomes`(
    sampler: SamplerConfiguration
  ) throws {
    try SamplerConformance(sampler: sampler).study("replicates", in: SampleSpaces.mixed, trials: 12) {
      trial, configuration, evidence in
      for replicate in 0..<3 {
        let cost = SamplerConformance.cost(of: configuration) + Double((trial + replicate) % 3) / 10
        evidence.append(
          .init(
            trial: TrialID(1_000 * replicate + trial), configuration: configuration, budget: 1, cost: cost))
      }
    }
  }

  @Test(arguments: all)
  func `costs may be equal or enormous`(sampler: SamplerConfiguration) throws {
    let costs: [(String, (Int) -> Double)] = [
      ("equal", { _ in 1 }), ("enormous", { $0 % 2 == 0 ? 1e300 : -1e300 }),
      ("outliers", { $0 == 3 ? 1e12 : Double($0 % 5) }),
    ]
    for (name, cost) in costs {
      try SamplerConformance(sampler: sampler).study(name, in: SampleSpaces.cube(2), trials: 12) {
        trial, configuration, evidence in
        evidence.append(
          .init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: cost(trial)))
      }
    }
  }

  @Test(arguments: all)
  func `a wrong space is refused`(sampler: SamplerConfiguration) {
    var sampler = sampler.makeSampler()
    #expect(throws: SearchError.self) {
      _ = try SamplerConformance.propose(0, by: &sampler, in: SearchSpace([]), given: Evidence())
    }
  }

  @Test func `random draws do not depend on what was observed`() throws {
    var sampler: any Sampler = RandomSampler()
    var evidence = Evidence()
    let first = try SamplerConformance.propose(7, by: &sampler, in: SampleSpaces.mixed, given: evidence)
    SamplerConformance.measure(0, first, in: &evidence)
    #expect(
      try SamplerConformance.propose(7, by: &sampler, in: SampleSpaces.mixed, given: evidence) == first)
  }

  @Test func `Sobol trials fill the space evenly in any order`() throws {
    let space = SampleSpaces.cube(3)
    var cells: Set<Int> = []
    for trial in (0..<64).reversed() {
      var random = CounterGenerator(seed: 11, purpose: .proposal, index: trial)
      let configuration = try SobolSampler().propose(
        TrialID(trial), in: space, given: Evidence(), using: &random)
      cells.insert(Int(configuration.number("x0") * 8) * 8 + Int(configuration.number("x1") * 8))
    }
    #expect(cells.count == 64)
  }

  @Test func `Sobol draws what it has no direction numbers for`() throws {
    let space = SampleSpaces.cube(130)
    var random = CounterGenerator(seed: 1, purpose: .proposal)
    let configuration = try SobolSampler().propose(
      TrialID(0), in: space, given: Evidence(), using: &random)
    try space.validate(configuration)
    #expect(random.position == 2, "two uniform numbers for two parameters too many")
  }

  @Test func `the Gaussian process tries every configuration of a small space before one again`() throws {
    var proposed: Set<Configuration> = []
    // The Sobol beginning of four may repeat itself; after it nothing does.
    try SamplerConformance(sampler: Self.gp).study("finite", in: SampleSpaces.finite, trials: 15) {
      trial, configuration, evidence in
      if trial >= 4, proposed.count < 12 { #expect(!proposed.contains(configuration), "trial \(trial)") }
      proposed.insert(configuration)
      SamplerConformance.measure(trial, configuration, in: &evidence)
    }
    #expect(proposed.count == 12)
  }

  @Test(arguments: [Self.gp, .turbo(TurboOptions(initialTrials: 4))])
  func `Gaussian processes keep away from where trials fail`(sampler: SamplerConfiguration) throws {
    // Costs fall towards x0 = 1, and everything above 0.6 fails.
    var late: [Double] = []
    try SamplerConformance(sampler: sampler).study("failures", in: SampleSpaces.cube(1), trials: 30) {
      trial, configuration, evidence in
      let x = configuration.number("x0")
      if trial >= 20 { late.append(x) }
      if x > 0.6 {
        evidence.failed[TrialID(trial)] = configuration
      } else {
        evidence.append(
          .init(trial: TrialID(trial), configuration: configuration, budget: 1, cost: -x))
      }
    }
    #expect(late.filter { $0 > 0.65 }.count <= 2)
    #expect(late.contains { $0 > 0.55 && $0 <= 0.6 })
  }

  @Test func `the Gaussian process asks about the full budget`() throws {
    // At budget 1 the best is at 0, at budget 9 at 1.
    var evidence = Evidence()
    for trial in 0..<12 {
      let x = Double(trial) / 11
      let configuration = Configuration(["x0": .number(x)])
      for (budget, cost) in [(1, x), (9, (1 - x) * (1 - x))] {
        evidence.append(
          .init(trial: TrialID(trial), configuration: configuration, budget: budget, cost: cost))
      }
    }
    for trial in [12, 13] {
      var sampler = Self.gp.makeSampler()
      let next = try SamplerConformance.propose(
        trial, by: &sampler, in: SampleSpaces.cube(1), given: evidence)
      #expect(next.number("x0") > 0.8, "trial \(trial)")
    }
  }

  @Test func `the Gaussian process refuses an observation from another space`() {
    var evidence = Evidence()
    for trial in 0..<8 {
      evidence.append(
        .init(trial: TrialID(trial), configuration: Configuration(["x0": .number(7)]), budget: 1, cost: 1))
    }
    var sampler = Self.gp.makeSampler()
    let error = #expect(throws: SearchError.self) {
      _ = try SamplerConformance.propose(8, by: &sampler, in: SampleSpaces.cube(1), given: evidence)
    }
    #expect(
      error?.description
        == "parameter x0: expected a number from 0 to 1, found 7. Give it a value of its domain.")
  }

  @Test(arguments: [
    (
      GaussianProcessOptions(initialTrials: 1),
      "sampler gp: expected initial trials of at least 2, found 1. Raise it, or leave it out for the default."
    ),
    (
      GaussianProcessOptions(candidates: 0),
      "sampler gp: expected candidates of at least 2, found 0. Raise it, or leave it out for the default."
    ),
  ])
  func `wrong options are refused`(options: GaussianProcessOptions, message: String) {
    let error = #expect(throws: SearchError.self) { try options.validate() }
    #expect(error?.description == message)
  }
}
