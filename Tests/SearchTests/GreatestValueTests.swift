import Foundation
import Randomness
import Search
import Testing

/// Any number of any option, bound or step is refused with a message or served: nothing traps, and nothing is
/// sized by it without limit.
@Suite struct GreatestValueTests {
  static let extremes: [NumberTree] = [
    .whole(0), .whole(-1), .whole(1), .whole(1_000_000), .whole(1_000_000_000), .whole(1 << 31),
    .whole(1 << 40), .whole(.max), .number(1e300), .number(.leastNonzeroMagnitude),
  ]

  /// What these options become when a number of them is extreme; those that their types cannot hold left out.
  private static func variants<Options: Codable>(of options: Options) throws -> [Options] {
    let tree = try JSONDecoder().decode(NumberTree.self, from: JSONEncoder().encode(options))
    let changed = extremes.flatMap { tree.replacing(by: $0) + [tree.replacingAll(by: $0)] }
    return try changed.compactMap { changed in
      let text = try JSONEncoder().encode(changed)
      do {
        return try JSONDecoder().decode(Options.self, from: text)
      } catch is DecodingError {
        return nil
      }
    }
  }

  @Test(arguments: SchedulerConformanceTests.configurations)
  func `a scheduler with an extreme option is refused, or begins`(_ configuration: SchedulerConfiguration)
    throws
  {
    // Most kinds have several configurations here: a third of each one's numbers are all of the kind's.
    let offset = try #require(SchedulerConformanceTests.configurations.firstIndex(of: configuration)) % 3
    for (place, variant) in try Self.variants(of: configuration).enumerated() where place % 3 == offset {
      do throws(SearchError) {
        var scheduler = try variant.makeScheduler(
          space: VirtualStudy.space, seed: 1, mutable: VirtualStudy.mutable, issuesEarly: place % 2 == 0)
        let plan = replicatedPlan(of: scheduler)
        #expect(plan.trials >= 1 && plan.jobs >= 1 && plan.budget >= 1 && plan.longestTrial >= 1)
        try Self.begin(&scheduler)
      } catch {
        #expect(!error.expected.isEmpty && !error.remedy.isEmpty)
      }
    }
  }

  /// The plan of many replicates.
  private func replicatedPlan(of base: any Scheduler) -> SchedulePlan {
    func plan(_ base: some Scheduler) -> SchedulePlan {
      ReplicatingScheduler(base, replicates: Replicates(1000)).plan
    }
    return plan(base)
  }

  /// The first jobs; each is answered when there are four at work.
  private static func begin(_ scheduler: inout any Scheduler) throws(SearchError) {
    var atWork: [Job] = []
    for turn in 0..<12 {
      let job = try scheduler.nextJob { trial in VirtualStudy.randomProposals(trial, 1) }
      if let job { atWork.append(job) }
      guard job == nil || atWork.count >= 4, !atWork.isEmpty else { continue }
      let next = atWork.removeFirst()
      try scheduler.observe(
        Outcome(job: next.id, trial: next.trial, result: .reached(cost: Double(turn * 7 % 11))))
    }
    _ = scheduler.progress
  }

  @Test(arguments: SamplerTests.all)
  func `a sampler with an extreme option is refused, or proposes`(_ sampler: SamplerConfiguration) throws {
    let objective = Objective(metric: "loss", goal: .minimize)
    for variant in try Self.variants(of: sampler) {
      do throws(SearchError) {
        try variant.validate(for: objective, in: SampleSpaces.conditional)
        _ = try variant.options.outlook(in: SampleSpaces.conditional)
      } catch {
        #expect(error.subject == "sampler" && !error.remedy.isEmpty)
        continue
      }
      var kept = variant.makeSampler()
      var evidence = Evidence()
      for trial in 0..<5 {
        let configuration = try SamplerConformance.propose(
          trial, by: &kept, in: SampleSpaces.conditional, given: evidence)
        try SampleSpaces.conditional.validate(configuration)
        SamplerConformance.measure(trial, configuration, in: &evidence)
      }
    }
  }

  @Test func `a domain with extreme bounds is refused, or takes every value there and back`() throws {
    let numbers: [Double] = [
      0, -1, 1, 0.1, 2, 1e17, 1e17 + 64, 1e300, 1e300.nextUp, -1e308, 1e308, .leastNonzeroMagnitude, 3e-308,
      .infinity, .nan, 0.5, 1 - 1e-16, 4e12,
    ]
    let whole = [0, 1, -1, 5, 1 << 31, 1 << 40, (1 << 40) + 1, .max, .min]
    var domains: [Domain] = []
    for scale in Scale.allCases {
      for low in numbers {
        for high in numbers {
          domains.append(.float(low: low, high: high, scale: scale))
          for step in [0, -1, 1e-300, 0.1, 0.3, 3, 1e17, 1e299, .infinity] {
            domains.append(.quantized(low: low, high: high, step: step, scale: scale))
          }
        }
      }
      for low in whole { for high in whole { domains.append(.integer(low: low, high: high, scale: scale)) } }
    }
    var accepted = 0
    for domain in domains {
      _ = (domain.count, domain.description)
      let space = SearchSpace([Parameter(name: "x", domain: domain)])
      do throws(SearchError) {
        try space.validate()
      } catch {
        continue
      }
      accepted += 1
      for unit in [0, 1e-9, 0.25, 0.5, 0.999999, 1] {
        let value = domain.value(at: unit)
        let place = try #require(domain.unit(of: value), "\(domain): \(value)")
        #expect((0...1).contains(place))
        if domain.count != nil { #expect(domain.value(at: place) == value, "\(domain): \(value)") }
        for factor in [0.5, 2, 1e300, 1e-300] {
          #expect(domain.contains(domain.scaled(value, by: factor)), "\(domain): \(value) by \(factor)")
        }
      }
    }
    #expect(accepted > 200)
  }

  @Test func `what is wrong with bounds is named`() {
    func text(_ domain: Domain) -> String {
      message { try SearchSpace([Parameter(name: "x", domain: domain)]).validate() }
    }
    #expect(
      text(.float(low: -1.5e308, high: 1.5e308, scale: .linear)) == """
        parameter x: expected bounds whose difference is a finite number, found -1.5e+308 and 1.5e+308, for \
        which high - low is too large. Narrow the range.
        """)
    #expect(
      text(.float(low: 3, high: 3, scale: .log)) == """
        parameter x: expected low below high, found low 3 and high 3. Widen the range, or give it one value, \
        with the type fixed and the value 3.
        """)
    #expect(
      text(.quantized(low: 1e17, high: 1e17 + 64, step: 16, scale: .linear)) == """
        parameter x: expected a step of at least 128.0, which numbers of this size can tell apart, found 16. \
        Raise the step, or leave it out.
        """)
    #expect(
      text(.float(low: 1e300, high: 1e300.nextUp, scale: .log)) == """
        parameter x: expected bounds that differ on the scale log, found 1e+300 and 1.0000000000000002e+300, \
        too close to tell apart. Widen the range, or use the linear scale.
        """)
  }

  @Test(arguments: [
    (
      SamplerConfiguration.forest(ForestOptions(trees: 1001)),
      "sampler: expected trees of at most 1000 for forest, found 1001. Lower it, or leave it out for the default."
    ),
    (
      .cmaES(CMAESOptions(population: 1 << 33)),
      """
      sampler: expected population of at most 100000 for cma-es, found 8589934592. Lower it, or leave it out \
      for the default.
      """
    ),
    (
      .grid(GridOptions(resolutions: ["layers": 1 << 40])),
      """
      sampler: expected resolution of layers of at most 1048576 for grid, found 1099511627776. Lower it, or \
      leave it out for the default.
      """
    ),
    (
      .tpe(TPEOptions(candidates: .max)),
      """
      sampler: expected candidates of at most 100000 for tpe, found 9223372036854775807. Lower it, or leave \
      it out for the default.
      """
    ),
  ])
  func `every option has a greatest value, with a message`(_ sampler: SamplerConfiguration, _ text: String) {
    let objective = Objective(metric: "loss", goal: .minimize)
    #expect(message { try sampler.validate(for: objective, in: SampleSpaces.finite) } == text)
  }

  @Test func `a sampler that cannot serve a study says so before it begins`() {
    let parts = (1...4).map { Objective.Part(metric: "m\($0)", goal: .minimize) }
    let five = Objective(metric: "loss", goal: .minimize, further: parts)
    #expect(
      message { try SamplerConfiguration(.ehvi).validate(for: five, in: SampleSpaces.mixed) } == """
        sampler: expected at most 3 objectives for ehvi, found 5. Choose parego or nsga2, which take any number.
        """)
    for kind in [SamplerConfiguration.Kind.auto, .parego, .nsga2, .random] {
      #expect(throws: Never.self) {
        try SamplerConfiguration(kind).validate(for: five, in: SampleSpaces.mixed)
      }
    }
    let wide = SampleSpaces.cube(20)
    #expect(
      message {
        try SamplerConfiguration.grid(GridOptions(resolution: 100)).validate(
          for: Objective(metric: "loss", goal: .minimize), in: wide)
      } == """
        sampler: expected a grid whose points can be counted for grid, found more than 9223372036854775807 \
        points. Lower the resolution, or use another sampler.
        """)
    #expect(
      message {
        try SamplerConfiguration.grid(GridOptions(resolution: 1 << 20)).validate(
          for: Objective(metric: "loss", goal: .minimize), in: wide)
      } == """
        sampler: expected at most 4194304 levels of all parameters together for grid, found 20971520. Lower the \
        resolution, or use another sampler.
        """)
  }

  @Test func `trials that begin together are counted with their replicates`() {
    let options = SuccessiveHalvingOptions(trials: 90_000, maximumBudget: 9, overlap: 4)
    func text(_ replicates: Int, issuesEarly: Bool = true, iterations: Int = 9) -> String {
      var options = options
      options.iterations = iterations
      return message {
        _ = try SchedulerConfiguration.successiveHalving(options).makeScheduler(
          space: VirtualStudy.space, seed: 1, mutable: [], replicates: Replicates(replicates),
          issuesEarly: issuesEarly)
      }
    }
    #expect(text(1) == "no error" && text(3, issuesEarly: false) == "no error")
    #expect(
      text(3) == """
        scheduler: expected at most 1000000 trials that begin together, found 1080000. Begin fewer trials, lower \
        overlap or replicates, raise minimum_budget, or use an asynchronous scheduler.
        """)
    #expect(
      text(1001) == """
        replicates: expected at most 1000, found 1001. Write how often each configuration is trained, such as 3.
        """)
  }
}
