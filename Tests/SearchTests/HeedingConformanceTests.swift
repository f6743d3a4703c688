import Randomness
import Search
import Testing

/// Every sampler heeds what its options declare: evidence in which dropping it shows. What is not declared is not
/// asked here, but `check` warns of it.
@Suite struct HeedingConformanceTests {
  /// Those that declare all of `heeded`.
  static func declaring(_ heeded: Heeding) -> [SamplerConfiguration] {
    SamplerTests.all.filter { $0.options.heeds.isSuperset(of: heeded) }
  }

  /// Proposals for the `count` trials after 60, which know nothing of one another: the values of `x0`.
  static func proposals(
    of sampler: SamplerConfiguration, in space: SearchSpace, given evidence: Evidence, count: Int = 20
  ) throws -> [Double] {
    var kept = sampler.makeSampler()
    return try (60..<60 + count).map { trial in
      try SamplerConformance.propose(trial, by: &kept, in: space, given: evidence).number("x0")
    }
  }

  /// Measurements at points that cover the square evenly.
  static func covered(
    _ space: SearchSpace, count: Int = 60, _ costs: (Configuration) -> CostVector
  ) throws -> Evidence {
    var evidence = Evidence()
    for trial in 0..<count {
      var random = SamplerConformance.stream(trial)
      let configuration = try SobolSampler().propose(
        TrialID(trial), in: space, given: evidence, using: &random)
      evidence.append(.init(TrialID(trial), configuration, at: 1, costs(configuration)))
    }
    return evidence
  }

  /// Costs fall towards x0 = 1, and beyond 0.6 a limit is broken.
  @Test(arguments: declaring([.outcomes, .limits]))
  func `limits: proposals keep away from where they are broken`(_ sampler: SamplerConfiguration) throws {
    let space = SampleSpaces.cube(2)
    let evidence = try Self.covered(space) { configuration in
      let excess = configuration.number("x0") - 0.6
      return CostVector([-configuration.number("x0")], violation: max(0, excess), excesses: [excess])
    }
    let proposed = try Self.proposals(of: sampler, in: space, given: evidence)
    // Of even draws eight would be beyond.
    #expect(proposed.count { $0 > 0.65 } <= 5, "\(proposed)")
  }

  /// The first objective is best at 0.1, the second at 0.9.
  @Test(arguments: declaring([.outcomes, .objectives]))
  func `objectives: the second draws proposals as the first does`(_ sampler: SamplerConfiguration) throws {
    let space = SampleSpaces.cube(2)
    let evidence = try Self.covered(space) { configuration in
      let x = configuration.number("x0")
      return CostVector([(x - 0.1) * (x - 0.1), (x - 0.9) * (x - 0.9)])
    }
    let proposed = try Self.proposals(of: sampler, in: space, given: evidence)
    #expect(proposed.count { $0 > 0.5 } >= 4, "\(proposed)")
  }

  /// A guess of 0.9 among costs that say nothing: in the beginning and later.
  @Test(arguments: declaring([.priors]), [0, 16])
  func `priors: proposals gather about the guess`(_ sampler: SamplerConfiguration, _ known: Int) throws {
    var space = SampleSpaces.cube(2)
    space.parameters[0].prior = Prior(value: .number(0.9), deviation: 0.05)
    var evidence = Evidence()
    evidence.plannedTrials = 200
    for trial in 0..<known {
      let unit = (Double(trial) + 0.5) / Double(known)
      let configuration = Configuration(["x0": .number(unit), "x1": .number(1 - unit)])
      evidence.append(.init(TrialID(trial), configuration, at: 1, CostVector([1])))
    }
    let proposed = try Self.proposals(of: sampler, in: space, given: evidence, count: 24)
    // Of even draws six would be there.
    #expect(proposed.count { $0 > 0.75 } >= 11, "\(proposed)")
  }

  /// At budget 1 the best is at 0, at budget 9 at 1.
  @Test(arguments: declaring([.outcomes, .budgets]))
  func `budgets: small ones do not speak for large ones`(_ sampler: SamplerConfiguration) throws {
    let space = SampleSpaces.cube(2)
    var evidence = try Self.covered(space, count: 24) { CostVector([$0.number("x0") - 2]) }
    for measurement in evidence.completed {
      let x = measurement.configuration.number("x0")
      evidence.append(
        .init(measurement.trial, measurement.configuration, at: 9, CostVector([(1 - x) * (1 - x)])))
    }
    let proposed = try Self.proposals(of: sampler, in: space, given: evidence)
    #expect(proposed.count { $0 > 0.5 } >= 14, "\(proposed)")
  }

  /// Three readings of each configuration: the best mean is at 0.2, the luckiest reading at 0.9.
  @Test(arguments: declaring([.outcomes, .noise]))
  func `noise: means count, not the luckiest reading`(_ sampler: SamplerConfiguration) throws {
    let space = SampleSpaces.cube(1)
    var evidence = Evidence()
    for trial in 0..<21 {
      let x = Double(trial * 8 % 21) / 20
      for replicate in 0..<3 {
        // Beyond 0.8 one reading in three is a wonder, and the others are bad.
        let luck = x > 0.8 ? (replicate == trial % 3 ? -3 : 2.2) : 0.01 * Double(replicate)
        evidence.append(
          .init(
            TrialID(trial), Configuration(["x0": .number(x)]), at: 1, CostVector([abs(x - 0.2) + luck])))
      }
    }
    let proposed = try Self.proposals(of: sampler, in: space, given: evidence)
    #expect(proposed.count { $0 > 0.75 } <= 6, "\(proposed)")
    #expect(proposed.count { $0 < 0.5 } >= 10, "\(proposed)")
  }

  /// What a trial would get that is at work already.
  @Test(arguments: declaring([.pending]))
  func `pending: what is at work is not proposed again`(_ sampler: SamplerConfiguration) throws {
    let space = SampleSpaces.finite
    var evidence = Evidence()
    var kept = sampler.makeSampler()
    for (trial, unit) in [0.1, 0.4, 0.6, 0.9].enumerated() {
      let configuration = space.configuration(at: [unit, unit])
      SamplerConformance.measure(trial, configuration, in: &evidence)
    }
    for attempt in 0..<5 {
      let configuration = try SamplerConformance.propose(60, by: &kept, in: space, given: evidence)
      #expect(!evidence.pending.values.contains(configuration), "attempt \(attempt)")
      evidence.pending[TrialID(10 + attempt)] = configuration
    }
  }

  /// What promises most was asked for first, and much since.
  @Test(arguments: [
    SamplerTests.gp, SamplerTests.ehvi, SamplerTests.parego, SamplerTests.tpe, SamplerTests.turbo,
  ])
  func `pending: of hundreds at work none is proposed again`(_ sampler: SamplerConfiguration) throws {
    let space = SearchSpace(
      ["x0", "x1"].map { Parameter(name: $0, domain: .integer(low: 0, high: 19, scale: .linear)) })
    func at(_ x: Int, _ y: Int) -> Configuration {
      Configuration(["x0": .number(Double(x)), "x1": .number(Double(y))])
    }
    var evidence = Evidence()
    for trial in 0..<20 {
      let (x, y) = (trial, trial * 7 % 20)
      let cost = Double((x - 10) * (x - 10) + (y - 10) * (y - 10))
      evidence.append(.init(TrialID(trial), at(x, y), at: 1, CostVector([cost])))
    }
    // The middle first, then the borders.
    for x in 5...15 { for y in 5...15 { evidence.pending[TrialID(100 + 20 * x + y)] = at(x, y) } }
    for x in 0...4 { for y in 0...19 { evidence.pending[TrialID(1000 + 20 * x + y)] = at(x, y) } }
    for x in 16...19 { for y in 0...19 { evidence.pending[TrialID(1000 + 20 * x + y)] = at(x, y) } }
    let atWork = Set(evidence.pending.values)
    #expect(atWork.count > 256)
    for trial in 3000..<3006 {
      var kept = sampler.makeSampler()
      let proposal = try SamplerConformance.propose(trial, by: &kept, in: space, given: evidence)
      #expect(!atWork.contains(proposal), "trial \(trial)")
    }
  }

  @Test func `what learns nothing misses the prior alone`() {
    #expect(Heeding([]).dropped(of: [.limits, .objectives, .priors, .noise]) == .priors)
    #expect(Heeding([.outcomes]).dropped(of: [.limits, .priors]) == [.limits, .priors])
    #expect(Heeding.everything.dropped(of: .everything).isEmpty)
  }

  @Test func `what is asked for follows from the study`() {
    var space = SampleSpaces.cube(1)
    let objective = Objective(
      metric: "loss", goal: .minimize, further: [.init(metric: "size", goal: .minimize)],
      limits: [MetricLimit(metric: "time", atMost: 1)])
    #expect(Heeding(askedBy: objective, in: space) == [.objectives, .limits])
    space.parameters[0].prior = Prior(value: .number(0.5), deviation: 0.1)
    let plain = Objective(metric: "loss", goal: .minimize)
    #expect(
      Heeding(askedBy: plain, in: space, isMeasuredAtSeveralBudgets: true, isNoisy: true)
        == [.priors, .budgets, .noise])
    #expect(Heeding(askedBy: plain, in: space, isParallel: true) == [.priors, .pending])
  }

  @Test func `a warning names what is dropped, and who would heed it`() {
    #expect(
      SamplerConfiguration.random.warning(asked: .priors)?
        .hasPrefix("sampler random does not heed priors: auto") == true)
    #expect(SamplerConfiguration.random.warning(asked: [.limits, .noise]) == nil)
    #expect(
      SamplerConfiguration(.nsga2).warning(asked: [.objectives, .pending])
        == "sampler nsga2 does not heed trials at work: auto, parego or ehvi would")
    #expect(
      SchedulerConfiguration.dehb(DEHBOptions(maximumBudget: 9)).warning(asked: .pending) == nil,
      "every scheduler knows its own trials")
    #expect(SamplerConfiguration(.auto).warning(asked: .everything) == nil)
    #expect(
      SchedulerConfiguration.dehb(DEHBOptions(maximumBudget: 9)).warning(asked: [.objectives, .priors])
        == "scheduler dehb does not heed objectives after the first or priors")
    #expect(
      SchedulerConfiguration.full(FullRunOptions(trials: 9, budget: 9)).warning(asked: .everything) == nil)
  }
}

/// Every scheduler that compares trials keeps what it declares; limits and means over replicates have tests of their
/// own (`SchedulerConformanceTests`, `ReplicatingSchedulerTests`).
@Suite struct SchedulerHeedingTests {
  @Test(arguments: SchedulerConformanceTests.configurations)
  func `what does not compare declares no more than the prior`(_ configuration: SchedulerConfiguration) {
    let compares = ![.full, .replay].contains(configuration.kind)
    #expect(configuration.options.heeds.contains(.outcomes) == compares)
    // Each of the others is put to the test with limits.
    #expect(
      configuration.options.heeds.contains(.limits) == (compares && configuration.kind != .extrapolation))
  }

  /// Two kinds of trial, each the better by one of two objectives: a rule for the first alone promotes one kind only.
  @Test(arguments: SchedulerConformanceTests.configurations)
  func `objectives: the best by the second go on, too`(_ configuration: SchedulerConfiguration) throws {
    guard configuration.options.heeds.contains(.objectives) else { return }
    var study = VirtualStudy(try VirtualStudy.scheduler(configuration, seed: 1), seed: 1) { job in
      .reached(
        cost: job.trial.rawValue % 2 == 0 ? Double(job.trial.rawValue) / 1e3 : 1 + Double(job.trial.rawValue))
    }
    study.furtherCosts = { job in [job.trial.rawValue % 2 == 0 ? 1 + Double(job.trial.rawValue) : 0] }
    try study.run()
    let top = study.jobs.map(\.target).max()
    let least = study.jobs.map(\.target).min()
    guard top != least, study.scheduler.plan.trials > 2 else { return }
    let promoted = Set(study.jobs.filter { $0.origin != .fresh }.map(\.trial.rawValue))
    #expect(promoted.contains { $0 % 2 == 0 } && promoted.contains { $0 % 2 == 1 }, "\(promoted.sorted())")
  }

  /// A guess of one value among many: where new trials lie.
  @Test(arguments: SchedulerConformanceTests.configurations)
  func `priors: new trials come from the sampler or the guess`(_ configuration: SchedulerConfiguration) throws
  {
    guard configuration.options.heeds.contains(.priors), configuration.kind != .replay else { return }
    var space = SampleSpaces.cube(1)
    space.parameters[0].prior = Prior(value: .number(0.9), deviation: 0.02)
    var scheduler = try configuration.makeScheduler(space: space, seed: 1, mutable: ["x0"])
    var begun: [Double] = []
    while begun.count < scheduler.plan.concurrency, begun.count < 9 {
      let job = try scheduler.nextJob { _ throws(SearchError) in
        Configuration(["x0": .number(0.9)])
      } choosing: { _, _ in
        nil
      } revising: { _, _, configuration throws(SearchError) in
        configuration
      }
      guard let job else { break }
      begun.append(job.configuration.number("x0"))
    }
    #expect(!begun.isEmpty && begun.allSatisfy { $0 > 0.75 }, "\(begun)")
  }
}
