import Foundation
import Search
import Testing

@Suite struct ReplicatingSchedulerTests {
  static let replicates = Replicates(3)

  private static func scheduler(_ configuration: SchedulerConfiguration, seed: UInt64 = 1) throws
    -> any Scheduler
  {
    try configuration.makeScheduler(
      space: VirtualStudy.space, seed: seed, mutable: VirtualStudy.mutable, replicates: replicates)
  }

  private static func study(
    _ configuration: SchedulerConfiguration, result: @escaping (Job) -> Outcome.Result
  ) throws -> VirtualStudy {
    var study = VirtualStudy(try scheduler(configuration), seed: 1, result: result)
    study.changesOnResume = configuration.kind == .replay ? VirtualStudy.mutable : []
    study.replicates = replicates
    return study
  }

  @Test(arguments: SchedulerConformanceTests.configurations)
  func `every job keeps the contract, k by k`(_ configuration: SchedulerConfiguration) throws {
    var study = try Self.study(configuration, result: Fate.distinct.result(1))
    study.choices = VirtualStudy.randomChoices
    try study.run()
    for jobs in stride(from: 0, to: study.jobs.count, by: 3).map({ Array(study.jobs[$0..<$0 + 3]) }) {
      let first = jobs[0].trial.rawValue
      #expect(first % 3 == 0)
      #expect(jobs.map(\.trial.rawValue) == [first, first + 1, first + 2])
      #expect(Set(jobs.map(\.configuration)).count == 1)
      #expect(Set(jobs.map(\.target)).count == 1)
    }
    let progress = study.scheduler.progress
    #expect(progress.stage == .finished)
    #expect(progress.observedBudget == study.jobs.reduce(0) { $0 + $1.work })
  }

  /// A synchronous scheduler's decisions with replicates are those that it takes of the means.
  @Test(arguments: SchedulerConformanceTests.configurations)
  func `the scheduler decides by means`(_ configuration: SchedulerConfiguration) throws {
    func cost(_ job: Job, _ number: Int) -> Double {
      var copy = job
      copy.trial = Self.replicates.trial(number, of: job.trial)
      guard case .reached(let cost) = Fate.distinct.result(1)(copy) else { return 0 }
      return cost
    }
    var plain = VirtualStudy(try VirtualStudy.scheduler(configuration), seed: 1) { job in
      .reached(cost: (cost(job, 0) + cost(job, 1) + cost(job, 2)) / 3)
    }
    guard plain.scheduler.isSynchronous else { return }
    plain.changesOnResume = configuration.kind == .replay ? VirtualStudy.mutable : []
    try plain.run()
    var replicated = try Self.study(configuration, result: Fate.distinct.result(1))
    try replicated.run()
    let firsts = replicated.jobs.filter { $0.trial.rawValue % 3 == 0 }
    #expect(firsts.map(\.trial.rawValue) == plain.jobs.map { $0.trial.rawValue * 3 })
    #expect(firsts.map(\.configuration) == plain.jobs.map(\.configuration))
    #expect(firsts.map(\.target) == plain.jobs.map(\.target))
    #expect(replicated.scheduler.plan.jobs == 3 * plain.scheduler.plan.jobs)
    #expect(replicated.scheduler.plan.budget == 3 * plain.scheduler.plan.budget)
    #expect(
      replicated.scheduler.population?.members.count
        == plain.scheduler.population.map { 3 * $0.members.count })
  }

  @Test func `a trial fails when one of its replicates does`() throws {
    var study = try Self.study(.successiveHalving(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9))) {
      job in
      job.trial.rawValue % 3 == 1 ? .failed(reason: "loss is not finite") : .reached(cost: 1)
    }
    try study.run()
    #expect(study.jobs.count == 27)
  }

  @Test func `storing and loading in the middle of a trial changes nothing`() throws {
    var plain = try Self.study(
      .hyperband(HyperbandOptions(maximumBudget: 9)), result: Fate.distinct.result(1))
    try plain.run()
    var stored = try Self.study(
      .hyperband(HyperbandOptions(maximumBudget: 9)), result: Fate.distinct.result(1))
    stored.beforeEachCall = { scheduler in
      func copy<S: Scheduler>(_ scheduler: S) throws -> any Scheduler {
        try JSONDecoder().decode(S.self, from: JSONEncoder().encode(scheduler))
      }
      scheduler = try copy(scheduler)
    }
    try stored.run()
    #expect(stored.log == plain.log)
  }

  @Test func `the mean has a standard error, and one order of summing`() throws {
    var answers = ReplicateAnswers(Self.replicates)
    func outcome(_ job: Int, _ cost: Double) -> Outcome {
      Outcome(job: JobID(job), trial: TrialID(job), result: .reached(cost: cost))
    }
    #expect(answers.mean(with: outcome(5, 3)) == nil)
    #expect(answers.mean(with: outcome(3, 1)) == nil)
    #expect(answers.mean(with: outcome(0, 9)) == nil)
    let last = answers.mean(with: outcome(4, 2))
    let mean = try #require(last)
    #expect(mean.costs == CostVector([2]))
    // Deviation 1 over the root of 3.
    #expect(abs(try #require(mean.standardError) - 0.577_350_269_189_625_8) < 1e-15)
    var once = ReplicateAnswers(Replicates(1))
    let alone = once.mean(with: outcome(7, 4))
    #expect(alone?.costs == CostVector([4]))
    #expect(alone?.standardError == nil)
  }
}
