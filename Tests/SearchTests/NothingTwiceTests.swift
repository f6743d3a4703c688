import Randomness
import Search
import Testing

/// Nothing that was tried is proposed again while something of a finite space is left.
@Suite struct NothingTwiceTests {
  /// Small spaces, and how many configurations each has.
  static let spaces: [(name: String, space: SearchSpace, count: Int)] = [
    ("finite", SampleSpaces.finite, 12),
    (
      "ordered",
      SearchSpace([
        Parameter(name: "size", domain: .ordinal([.text("s"), .text("m"), .text("l")])),
        Parameter(name: "depth", domain: .integer(low: 1, high: 6, scale: .log)),
        Parameter(name: "constant", domain: .fixed(.number(3))),
      ]), 18
    ),
    (
      "conditional",
      SearchSpace([
        Parameter(name: "kind", domain: .categorical([.text("a"), .text("b"), .text("c")])),
        Parameter(
          name: "depth", domain: .integer(low: 1, high: 3, scale: .linear),
          condition: Condition(parameter: "kind", values: [.text("b"), .text("c")])),
        Parameter(
          name: "rate", domain: .quantized(low: 0.1, high: 0.3, step: 0.1, scale: .linear),
          condition: Condition(parameter: "depth", low: 3, high: nil)),
      ]), 1 + 2 * (2 + 3)
    ),
    ("constrained", constrained, 10),
    ("single", SampleSpaces.single, 1),
  ]

  private static let constrained: SearchSpace = {
    do {
      return SearchSpace(
        [
          Parameter(name: "x", domain: .quantized(low: 0.3, high: 1.5, step: 0.3, scale: .linear)),
          Parameter(name: "y", domain: .quantized(low: 0.3, high: 1.5, step: 0.3, scale: .log)),
        ], constraints: [try Constraint("x + y <= 1.5")])
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// Samplers that draw hundreds of candidates for a proposal, which takes seconds without optimization where
  /// constraints are evaluated for each.
  private static func isModelled(_ kind: SamplerConfiguration.Kind) -> Bool {
    [.auto, .gp, .turbo, .forest, .ehvi, .parego, .transfer].contains(kind)
  }

  @Test(arguments: SamplerTests.all)
  func `every configuration of a small space is tried before any is tried again`(
    sampler: SamplerConfiguration
  ) throws {
    for (place, (name, space, count)) in Self.spaces.enumerated()
    where name != "constrained" || !Self.isModelled(sampler.kind) {
      let scheduler = SchedulerConfiguration.full(FullRunOptions(trials: count + 2, budget: 1))
      var study = try SourcedStudy(scheduler, sampler, in: space, seed: UInt64(place))
      study.workers = place % 2 == 0 ? 1 : 4
      // What failed was tried, too.
      study.fails = { place > 1 && $0.id.rawValue % 5 == 2 }
      try study.run()
      #expect(Set(study.begun.prefix(count)).count == count, "\(name)")
      #expect(study.begun.count == count + 2, "\(name)")
      for configuration in study.begun { try space.validate(configuration) }
    }
  }

  @Test(arguments: SamplerTests.all)
  func `a study that was interrupted proposes what it would have`(sampler: SamplerConfiguration) throws {
    let scheduler = SchedulerConfiguration.full(FullRunOptions(trials: 14, budget: 1))
    var whole = try SourcedStudy(scheduler, sampler, in: SampleSpaces.finite)
    try whole.run()
    var resumed = try SourcedStudy(scheduler, sampler, in: SampleSpaces.finite)
    try resumed.replay(Array(whole.log.prefix(15)))
    try resumed.run()
    #expect(resumed.log == whole.log)
  }

  /// These make configurations themselves.
  @Test(arguments: [
    SchedulerConfiguration.bohb(BOHBOptions(maximumBudget: 9, randomShare: 0.7)),
    .priorband(PriorBandOptions(maximumBudget: 9)), .dehb(DEHBOptions(maximumBudget: 9, iterations: 2)),
    .hyperband(HyperbandOptions(maximumBudget: 9)), .asha(ASHAOptions(trials: 12, maximumBudget: 9)),
    .pbt(PBTOptions(population: 6, generations: 3, interval: 1)),
  ])
  func `new trials of every scheduler differ`(_ configuration: SchedulerConfiguration) throws {
    let space = SearchSpace([
      Parameter(name: "learning_rate", domain: .integer(low: 1, high: 5, scale: .log)),
      Parameter(name: "optimizer", domain: .categorical(["a", "b", "c", "d", "e"].map { .text($0) })),
    ])
    for sampler in [SamplerConfiguration.random, SamplerTests.tpe] {
      var study = try SourcedStudy(configuration, sampler, in: space)
      try study.run()
      let first = study.begun.prefix(25)
      #expect(Set(first).count == first.count)
    }
  }

  @Test func `in a space with too many points to count, a repeated branch is left for another one`() throws {
    // Half of the draws are one and the same configuration.
    let space = SearchSpace([
      Parameter(name: "kind", domain: .categorical([.text("plain"), .text("decayed")])),
      Parameter(
        name: "rate", domain: .float(low: 0, high: 1, scale: .linear),
        condition: Condition(parameter: "kind", values: [.text("decayed")])),
    ])
    var study = try SourcedStudy(
      .full(FullRunOptions(trials: 40, budget: 1)), SamplerConfiguration.random, in: space)
    try study.run()
    #expect(Set(study.begun).count == 40)
  }

  @Test func `what the user wants tried is tried again, and what he left open is new`() throws {
    let first = Configuration(["layers": .number(2), "activation": .text("relu")])
    let part = Configuration(["layers": .number(2)])
    var study = try SourcedStudy(
      .full(FullRunOptions(trials: 12, budget: 1)), .random, in: SampleSpaces.finite,
      starting: StartingConfigurations(baseline: first, first: [first, part, part]))
    try study.run()
    #expect(study.begun[1] == first)
    #expect(
      Set(study.begun[1...3]).count == 3 && study.begun[2...3].allSatisfy { $0["layers"] == .number(2) })
    #expect(Set(study.begun).count == 11)
  }
}
