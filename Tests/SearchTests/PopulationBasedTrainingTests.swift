import Search
import Testing

@Suite struct PopulationBasedTrainingTests {
  private static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 1, high: 8, scale: .linear)),
  ])

  private static func configuration(_ learningRate: Double, _ width: Double) -> Configuration {
    Configuration(["learning_rate": .number(learningRate), "width": .number(width)])
  }

  /// Member i below 8 starts with the learning rate 0.1 (i + 1) and the width i + 1.
  private static func start(_ options: PBTOptions, seed: UInt64 = 1) throws -> Population {
    Population(
      scheduler: try PopulationBasedTraining(
        options, space: space, seed: seed, mutable: ["learning_rate", "beta1"]))
  }

  /// Generation by generation.
  struct Population {
    var scheduler: PopulationBasedTraining

    /// Runs a generation in which the members have these costs, nil for failed ones.
    mutating func train(_ costs: [Double?]) throws -> [Job] {
      var jobs: [Job] = []
      while let job = try scheduler.nextJob(proposing: { trial in
        let number = trial.rawValue % 8 + 1
        return PopulationBasedTrainingTests.configuration(0.1 * Double(number), Double(number))
      }) { jobs.append(job) }
      for (job, cost) in zip(jobs, costs) {
        try scheduler.observe(
          Outcome(
            job: job.id, trial: job.trial,
            result: cost.map { .reached(cost: $0) } ?? .failed(reason: "diverged")))
      }
      return jobs
    }
  }

  /// A quarter of four copies a quarter of four, and every explored number is multiplied by 1.2: nothing is
  /// left to chance.
  private static let certain = PBTOptions(
    population: 4, generations: 3, interval: 2, exploit: .truncation(fraction: 0.25),
    explore: .perturb(Perturbation(factors: [1.2], resampleProbability: 0)))

  @Test func `three generations are as worked by hand`() throws {
    var population = try Self.start(Self.certain)
    #expect(population.scheduler.population == nil)
    #expect(population.scheduler.progress.stage.description == "generation 1 of 3")

    let first = try population.train([4, 1, 3, 2])
    #expect(first.map(\.origin) == [.fresh, .fresh, .fresh, .fresh])
    #expect(first.map(\.target) == [2, 2, 2, 2])
    #expect(population.scheduler.population?.number == 0)
    #expect(population.scheduler.population?.members.map(\.cost) == [4, 1, 3, 2])
    #expect(population.scheduler.progress.stage.description == "generation 2 of 3")

    // 0 was the worst and copies 1, the best: its weights, its width, and 1.2 times its learning rate.
    let second = try population.train([0.5, 1, nil, 2])
    #expect(
      second.map(\.origin) == [
        .fork(of: TrialID(1), at: 2), .resume(from: 2), .resume(from: 2), .resume(from: 2),
      ])
    #expect(second.map(\.target) == [4, 4, 4, 4])
    #expect(second[0].configuration == Self.configuration(0.2 * 1.2, 2))
    #expect(second[1].configuration == first[1].configuration)
    #expect(population.scheduler.population?.members[0].parent == TrialID(1))
    #expect(population.scheduler.population?.members[1].parent == nil)
    #expect(population.scheduler.population?.members[2].cost == nil)

    // 2 failed and copies 0; 3, the worst of the others, is not among the worst quarter.
    let third = try population.train([1, 2, 3, 4])
    #expect(
      third.map(\.origin) == [
        .resume(from: 4), .resume(from: 4), .fork(of: TrialID(0), at: 4), .resume(from: 4),
      ])
    #expect(third[2].configuration == Self.configuration(0.2 * 1.2 * 1.2, 2))
    #expect(third.map(\.id.rawValue) == [8, 9, 10, 11])

    // Nothing is forked after the last generation.
    #expect(population.scheduler.isFinished)
    #expect(try population.train([]).isEmpty)
    #expect(population.scheduler.population?.number == 2)
    #expect(population.scheduler.progress.stage == .finished)
  }

  @Test func `a tournament of two is lost by the worse one, and by nobody when they are equal`() throws {
    var population = try Self.start(
      PBTOptions(
        population: 2, generations: 4, interval: 1, exploit: .tournament,
        explore: .perturb(Perturbation(factors: [1.2], resampleProbability: 0))))
    _ = try population.train([2, 1])
    #expect(try population.train([1, 1]).map(\.origin) == [.fork(of: TrialID(1), at: 1), .resume(from: 1)])
    #expect(try population.train([1, nil]).map(\.origin) == [.resume(from: 2), .resume(from: 2)])
    #expect(try population.train([1, 2]).map(\.origin) == [.resume(from: 3), .fork(of: TrialID(0), at: 3)])
  }

  @Test func `until the burn-in is over only failed members are replaced`() throws {
    var options = Self.certain
    options.burnIn = 4
    var population = try Self.start(options)
    _ = try population.train([4, 1, nil, 2])
    let second = try population.train([4, 1, 3, 2])
    #expect(
      second.map(\.origin) == [
        .resume(from: 2), .resume(from: 2), .fork(of: TrialID(1), at: 2), .resume(from: 2),
      ])
    // At 4 the burn-in is over.
    #expect(try population.train([1, 1, 1, 1])[0].origin == .fork(of: TrialID(1), at: 4))
  }

  @Test func `a generation of failures ends the study`() throws {
    var population = try Self.start(Self.certain)
    _ = try population.train([1, 2, 3, 4])
    #expect(
      message { _ = try population.train([nil, nil, nil, nil]) } == """
        generation 1: expected at least one member that reached its budget, found 4 failed members, the last one \
        because: diverged. Mend the cause, or narrow the search space to configurations that train.
        """)
    #expect(population.scheduler.population?.number == 0)
  }

  @Test(arguments: UInt64(0)..<20)
  func `every generation has all members, and failed ones copy good ones`(seed: UInt64) throws {
    for exploit in [PBTOptions.Exploit.truncation(fraction: 0.3), .tournament] {
      for fate in [Fate.distinct, .ties, .someFail] {
        let options = PBTOptions(population: 10, generations: 8, interval: 3, exploit: exploit)
        var study = VirtualStudy(
          try VirtualStudy.scheduler(.pbt(options), seed: seed), seed: seed, result: fate.result(seed))
        try study.run()
        let outcomes = study.outcomes
        #expect(outcomes.count == 80)
        for generation in 1..<8 {
          let before = outcomes[(generation - 1) * 10..<generation * 10]
          for (job, _) in outcomes[generation * 10..<(generation + 1) * 10] {
            let own = before[before.startIndex + job.trial.rawValue]
            #expect(job.target == (generation + 1) * 3)
            guard case .fork(let parent, let budget) = job.origin else {
              #expect(own.cost != nil, "a failed member is replaced")
              continue
            }
            let model = before[before.startIndex + parent.rawValue]
            let cost = try #require(model.cost, "a parent did not fail")
            #expect(cost <= own.cost ?? .infinity)
            #expect(budget == generation * 3)
            for name in ["width", "optimizer"] {
              #expect(
                job.configuration[name] == model.job.configuration[name], "weights fit the parent's \(name)")
            }
            if case .truncation = exploit {
              #expect(before.count { ($0.cost ?? .infinity) < cost } < 3, "a parent is among the best three")
            }
          }
        }
      }
    }
  }

  @Test(arguments: [
    (fraction: 0.2, population: 4, replaced: 1), (0.2, 10, 2), (0.29, 100, 29), (0.5, 5, 2), (0.5, 2, 1),
  ])
  func `truncation replaces the fraction, and at least one`(fraction: Double, population: Int, replaced: Int)
    throws
  {
    var study = try Self.start(
      PBTOptions(
        population: population, generations: 2, interval: 1, exploit: .truncation(fraction: fraction)))
    // Costs fall with the member's number.
    _ = try study.train((0..<population).map { -Double($0) })
    let forks = try study.train([]).filter { if case .fork = $0.origin { true } else { false } }
    #expect(forks.map(\.trial.rawValue) == Array(0..<replaced))
  }

  @Test func `parents are drawn evenly from the best`() throws {
    var drawn: [Int: Int] = [:]
    for seed in UInt64(0)..<300 {
      var study = try Self.start(
        PBTOptions(population: 8, generations: 2, interval: 1, exploit: .truncation(fraction: 0.5)),
        seed: seed)
      _ = try study.train((0..<8).map(Double.init))
      for job in try study.train([]) {
        if case .fork(let parent, _) = job.origin { drawn[parent.rawValue, default: 0] += 1 }
      }
    }
    // 1,200 draws among four: 300 each, with a standard deviation of 15; within five of them.
    #expect(drawn.keys.sorted() == [0, 1, 2, 3])
    #expect(drawn.values.allSatisfy { (225...375).contains($0) })
  }

  @Test(arguments: [PBTOptions.Exploit.truncation(fraction: 0.25), .tournament])
  func `a member's decisions depend on nothing but the seed, the generation and the costs that concern it`(
    exploit: PBTOptions.Exploit
  ) throws {
    let options = PBTOptions(population: 8, generations: 3, interval: 1, exploit: exploit)
    var (first, second) = (try Self.start(options, seed: 4), try Self.start(options, seed: 4))
    // The same ranks, but for 4 and 5, which change places in the middle.
    _ = try first.train([8, 1, 2, 3, 4, 5, 6, 7])
    _ = try second.train([800, 10, 20, 30, 50, 40, 60, 70])
    let (jobs, others) = (try first.train([]), try second.train([]))
    for member in [0, 1, 2, 3, 6, 7] { #expect(jobs[member] == others[member]) }
    // Another seed draws otherwise.
    var third = try Self.start(options, seed: 5)
    _ = try third.train([8, 1, 2, 3, 4, 5, 6, 7])
    #expect(try third.train([]) != jobs)
  }

  @Test func `explore needs a hyperparameter that may change`() throws {
    #expect(
      message {
        _ = try PopulationBasedTraining(Self.certain, space: Self.space, seed: 1, mutable: ["momentum"])
      } == """
        search space: expected a hyperparameter that may change while a trial trains, found only learning_rate, width. \
        Add one, such as learning_rate, or choose another scheduler.
        """)
    let space = SearchSpace([
      Parameter(name: "batch_size", domain: .categorical([.number(32), .number(64)])),
      Parameter(
        name: "width", domain: .integer(low: 1, high: 8, scale: .linear),
        condition: Condition(parameter: "batch_size", values: [.number(32)])),
    ])
    #expect(
      message {
        _ = try PopulationBasedTraining(Self.certain, space: space, seed: 1, mutable: ["batch_size"])
      } == """
        parameter width: expected a condition on a hyperparameter that stays as it is while a trial trains, as this one \
        must, found batch_size. Remove the condition, or choose another scheduler.
        """)
  }
}
