import Search
import Testing

@Suite struct AsynchronousPopulationTests {
  private static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 1, high: 8, scale: .linear)),
  ])

  /// A population one call at a time; member i starts with the learning rate 0.1 (i + 1) and the width i + 1.
  private struct Population {
    var scheduler: any Scheduler

    init(_ options: PBTOptions) throws {
      scheduler = try SchedulerConfiguration.pbt(options).makeScheduler(
        space: AsynchronousPopulationTests.space, seed: 1, mutable: ["learning_rate"])
    }

    mutating func next() throws -> Job? {
      try scheduler.nextJob { trial in
        let number = Double(trial.rawValue + 1)
        return Configuration(["learning_rate": .number(0.1 * number), "width": .number(number)])
      }
    }

    mutating func finish(_ job: Job?, _ cost: Double?) throws {
      let job = try #require(job)
      try scheduler.observe(
        Outcome(
          job: job.id, trial: job.trial,
          result: cost.map { .reached(cost: $0) } ?? .failed(reason: "diverged")))
    }
  }

  /// Half copies half, and every explored number is multiplied by 1.2: nothing is left to chance among two
  /// members.
  private static let certain = PBTOptions(
    population: 2, generations: 4, interval: 2, decisions: .asynchronous, exploit: .truncation(fraction: 0.5),
    explore: .perturb(Perturbation(factors: [1.2], resampleProbability: 0)))

  @Test func `nobody waits, and the late one is compared at equal progress`() throws {
    var population = try Population(Self.certain)
    let first = [try population.next(), try population.next()]
    #expect(first.map { $0?.origin } == [.fresh, .fresh])
    #expect(try population.next() == nil)
    // The first to come has nobody to be compared with, and goes on.
    try population.finish(first[0], 1)
    let second = try population.next()
    #expect(second?.origin == .resume(from: 2) && second?.target == 4)
    // The other one is worse at 2 and copies the state that is being trained on, at 2.
    try population.finish(first[1], 5)
    let clone = try population.next()
    #expect(clone?.trial == TrialID(1) && clone?.origin == .fork(of: TrialID(0), at: 2) && clone?.target == 4)
    #expect(
      clone?.configuration == Configuration(["learning_rate": .number(0.1 * 1.2), "width": .number(1)]))
  }

  @Test func `a clone leaps ahead with the member that it copies`() throws {
    var population = try Population(Self.certain)
    let first = [try population.next(), try population.next()]
    try population.finish(first[0], 1)
    try population.finish(try population.next(), 0.5)
    let third = try population.next()
    #expect(third?.origin == .resume(from: 4))
    try population.finish(first[1], 5)
    let clone = try population.next()
    #expect(clone?.origin == .fork(of: TrialID(0), at: 4) && clone?.target == 6)
    // 0 is through before 1 has come to 6: it is not copied any more.
    try population.finish(third, 0.4)
    try population.finish(try population.next(), 0.3)
    #expect(try population.next() == nil)
    try population.finish(clone, 9)
    #expect(try population.next()?.origin == .resume(from: 6))
    #expect(population.scheduler.isFinished)
  }

  @Test func `the member with the least budget goes first`() throws {
    var options = Self.certain
    options.population = 3
    var population = try Population(options)
    let first = [try population.next(), try population.next(), try population.next()]
    try population.finish(first[0], 1)
    let ahead = try population.next()
    try population.finish(ahead, 1)
    try population.finish(first[2], 0.9)
    try population.finish(first[1], 0.8)
    let order = [try population.next(), try population.next(), try population.next()]
    #expect(order.map { $0?.trial.rawValue } == [1, 2, 0])
  }

  @Test func `a generation is what is newest of each, when all could have been answered once`() throws {
    var population = try Population(Self.certain)
    let first = [try population.next(), try population.next()]
    try population.finish(first[0], 1)
    let ahead = try population.next()
    try population.finish(ahead, 0.5)
    // Two answers, but nothing is known of member 1.
    #expect(population.scheduler.population == nil)
    try population.finish(first[1], 5)
    #expect(population.scheduler.population == nil)
    let behind = try population.next()
    try population.finish(behind, nil)
    let generation = try #require(population.scheduler.population)
    #expect(generation.number == 1)
    #expect(generation.members.map(\.trial) == [TrialID(0), TrialID(1)])
    let jobs = [try #require(ahead), try #require(behind)]
    #expect(generation.members.map(\.budget) == jobs.map(\.target))
    #expect(generation.members.map(\.cost) == [0.5, nil])
    #expect(generation.members.map(\.origin) == jobs.map(\.origin))
    #expect(generation.members.map(\.configuration) == jobs.map(\.configuration))
  }

  @Test func `a failed member waits for somebody to copy`() throws {
    var population = try Population(Self.certain)
    let first = [try population.next(), try population.next()]
    try population.finish(first[0], nil)
    #expect(try population.next() == nil)
    #expect(!population.scheduler.isFinished)
    try population.finish(first[1], 3)
    let clone = try population.next()
    #expect(clone?.trial == TrialID(0) && clone?.origin == .fork(of: TrialID(1), at: 2))
  }

  @Test func `a population of failures ends the study`() throws {
    var population = try Population(Self.certain)
    let first = [try population.next(), try population.next()]
    try population.finish(first[0], nil)
    #expect(
      message { try population.finish(first[1], nil) } == """
        the population: expected at least one member that reached its budget, found 2 failed members, the last one \
        because: diverged. Mend the cause, or narrow the search space to configurations that train.
        """)
  }

  @Test(arguments: UInt64(0)..<8)
  func `members fork from what has been at their budget, and weights fit`(seed: UInt64) throws {
    for fate in [Fate.distinct, .ties, .someFail] {
      let result = fate.result(seed)
      let options = PBTOptions(population: 12, generations: 8, interval: 3, decisions: .asynchronous)
      var study = VirtualStudy(try VirtualStudy.scheduler(.pbt(options), seed: seed), seed: seed) { job in
        job.trial == TrialID(1) ? .reached(cost: 0.5) : result(job)
      }
      study.workers = 5
      try study.run()
      var forks = 0
      var configurations: [TrialID: [Int: Configuration]] = [:]
      for entry in study.log {
        switch entry {
        case .job(let job):
          guard case .fork(let parent, let budget) = job.origin else { continue }
          forks += 1
          let model = try #require(configurations[parent]?[budget])
          for name in ["width", "optimizer"] { #expect(job.configuration[name] == model[name]) }
        case .outcome(let outcome):
          let job = study.jobs[outcome.job.rawValue]
          configurations[job.trial, default: [:]][job.target] = job.configuration
        }
      }
      #expect(forks > 0)
    }
  }
}
