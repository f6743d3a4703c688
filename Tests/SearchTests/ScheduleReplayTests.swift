import Search
import Testing

@Suite struct ScheduleReplayTests {
  private static let space = SearchSpace([
    Parameter(name: "learning_rate", domain: .float(low: 0, high: 1, scale: .linear)),
    Parameter(name: "width", domain: .integer(low: 1, high: 8, scale: .linear)),
  ])

  private static func stretch(_ until: Int, _ rate: Double, width: Double = 4) -> ReplayOptions.Stretch {
    ReplayOptions.Stretch(
      until: until, configuration: Configuration(["learning_rate": .number(rate), "width": .number(width)]))
  }

  private static func make(_ schedule: [ReplayOptions.Stretch]) throws -> any Scheduler {
    try SchedulerConfiguration.replay(ReplayOptions(schedule: schedule))
      .makeScheduler(space: space, seed: 1, mutable: ["learning_rate"])
  }

  @Test func `new weights are trained by the schedule, stretch by stretch`() throws {
    var scheduler = try Self.make([Self.stretch(2, 0.1), Self.stretch(6, 0.4), Self.stretch(8, 0.2)])
    #expect(scheduler.plan == SchedulePlan(trials: 1, jobs: 3, budget: 8, longestTrial: 8, concurrency: 1))
    var jobs: [Job] = []
    while let job = try scheduler.nextJob(proposing: { _ in Configuration() }) {
      jobs.append(job)
      try scheduler.observe(Outcome(job: job.id, trial: job.trial, result: .reached(cost: 1)))
    }
    #expect(jobs.map(\.origin) == [.fresh, .resume(from: 2), .resume(from: 6)])
    #expect(jobs.map(\.target) == [2, 6, 8])
    #expect(jobs.map { $0.configuration["learning_rate"] } == [.number(0.1), .number(0.4), .number(0.2)])
    #expect(scheduler.isFinished && scheduler.takeAbandoned() == [TrialID(0)])
  }

  @Test func `a population's schedule is replayed as its lineage had it`() {
    let lineage = [
      ScheduledConfiguration(start: 0, end: 4, configuration: Self.stretch(4, 0.1).configuration),
      ScheduledConfiguration(start: 4, end: 6, configuration: Self.stretch(6, 0.3).configuration),
    ]
    #expect(ReplayOptions(lineage).schedule == [Self.stretch(4, 0.1), Self.stretch(6, 0.3)])
  }

  @Test(arguments: [
    (
      [],
      "scheduler.schedule: expected at least one stretch, found none. Write the schedule that a population's report shows."
    ),
    (
      [stretch(4, 0.1), stretch(4, 0.2)],
      "scheduler.schedule: expected budgets that rise, found 4 after 4. Write the stretches in the order of training."
    ),
    (
      [stretch(4, 0.1), stretch(6, 0.2, width: 5)],
      """
      scheduler.schedule: expected one value of width, which cannot change while a trial trains, found another one until \
      6. Write the same value in every stretch.
      """
    ),
  ])
  func `a schedule that cannot be is refused`(_ schedule: [ReplayOptions.Stretch], _ expected: String) {
    #expect(message { _ = try Self.make(schedule) } == expected)
  }
}
