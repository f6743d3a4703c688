import Randomness
import Search
import Testing
import Tuner

/// Scripted events, exact commands.
@Suite struct ControllerTests {
  /// Two members, two generations; trial 0 is the better one.
  static func start(members: Int = 2, memoryPerGroup: Int = 1 << 30) throws -> (Controller, [Command]) {
    var controller = try Controller(
      .test(), scheduler: MiniaturePopulation(members: members, generations: 2), sampler: FixedSampler(),
      memoryPerGroup: memoryPerGroup)
    let commands = try controller.start(program: "1.0")
    return (controller, commands)
  }

  static func group(_ number: Int) -> WorkerGroup {
    WorkerGroup(id: GroupID(number), ranks: [number + 1], hosts: ["node1"])
  }

  /// With what `FixedSampler` proposes for the trial, unless `x` says otherwise.
  static func job(_ id: Int, _ trial: Int, _ origin: Origin = .fresh, x: Double? = nil, to target: Int = 1)
    -> Job
  {
    let x = x ?? FixedSampler.x(of: TrialID(trial))
    return Job(
      id: JobID(id), trial: TrialID(trial), origin: origin, configuration: Configuration(["x": .number(x)]),
      target: target)
  }

  static func path(_ trial: Int, _ budget: Int) -> String { "checkpoints/trial-\(trial)/\(budget).h5" }

  static func report(
    _ job: Job, on group: Int, accuracy: Double = 0.5, effective: Configuration? = nil, bytes: Int = 8
  ) -> JobReport {
    JobReport(
      job: job.id, trial: job.trial, group: GroupID(group),
      result: .reached(checkpoint: path(job.trial.rawValue, job.target)),
      measurements: [.init(budget: job.target, metrics: ["dev_accuracy": accuracy])],
      effective: effective ?? job.configuration, step: 10 * job.target, stateBytes: bytes, seconds: 1.5)
  }

  static func outcome(_ job: Job, on group: Int, accuracy: Double = 0.5) -> Command {
    .append(
      .outcome(
        OutcomeRecord(
          outcome: Outcome(job: job.id, trial: job.trial, result: .reached(cost: -accuracy)),
          measurements: [.init(budget: job.target, metrics: ["dev_accuracy": accuracy])],
          effective: job.configuration, step: 10 * job.target,
          checkpoint: path(job.trial.rawValue, job.target),
          work: .init(group: GroupID(group), seconds: 1.5))))
  }

  static func state(_ trial: Int, _ budget: Int) -> StateReference {
    StateReference(key: StateKey(trial: TrialID(trial), budget: budget), checkpoint: path(trial, budget))
  }

  static func assign(_ job: Job, _ group: Int, _ source: StateSource, again: Bool = false) -> Command {
    .assign(Assignment(job: job, group: GroupID(group), source: source, mayHaveMidJobCheckpoint: again))
  }

  static func record(_ job: Job, previous: Double? = nil) -> Command {
    .append(.job(JobRecord(job: job, previous: previous.map { Configuration(["x": .number($0)]) })))
  }

  /// Typed, because the type checker takes minutes for `==` between long lists of implicit members.
  private func expect(
    _ commands: [Command], _ expected: [Command], _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(commands == expected, sourceLocation: location)
  }

  @Test func `a start records the study and issues every job of a synchronous scheduler`() throws {
    let (_, commands) = try Self.start()
    expect(
      commands,
      [
        .append(.header(HeaderRecord(program: "1.0", study: try Study.test().document()))),
        .append(.session(.started(program: "1.0"))),
        Self.record(Self.job(0, 0)), Self.record(Self.job(1, 1)),
      ])
  }

  @Test func `a generation goes from fresh weights to its saved population and on`() throws {
    var (controller, _) = try Self.start()
    for number in 0...1 {
      expect(
        try controller.handle(.groupReady(Self.group(number))),
        [
          .append(.session(.groupReady(Self.group(number)))),
          Self.assign(Self.job(number, number), number, .fresh),
        ])
    }
    // The later job is faster: its report is kept, and waits.
    let second = Self.report(Self.job(1, 1), on: 1, accuracy: 0.6)
    expect(
      try controller.handle(.reported(second)),
      [.append(.session(.arrived(second)))])

    let population = Population(
      generation: 0,
      members: [
        .init(
          trial: TrialID(0), budget: 1, score: 0.9, configuration: Configuration(["x": .number(0.5)]),
          origin: .fresh, checkpoint: Self.path(0, 1)),
        .init(
          trial: TrialID(1), budget: 1, score: 0.6, configuration: Configuration(["x": .number(0.25)]),
          origin: .fresh, checkpoint: Self.path(1, 1)),
      ])
    let resumed = Self.job(2, 0, .resume(from: 1), to: 2)
    let forked = Self.job(3, 1, .fork(of: TrialID(0), at: 1), x: 0.75, to: 2)
    expect(
      try controller.handle(.reported(Self.report(Self.job(0, 0), on: 0, accuracy: 0.9))),
      [
        Self.outcome(Self.job(0, 0), on: 0, accuracy: 0.9),
        Self.outcome(Self.job(1, 1), on: 1, accuracy: 0.6),
        .savePopulation(population),
        Self.record(resumed), Self.record(forked, previous: 0.25),
        Self.assign(resumed, 0, .resident(Self.state(0, 1))),
        Self.assign(forked, 1, .peer(GroupID(0), Self.state(0, 1))),
      ])

    // No outcome before the population is durable, so that its record has one place.
    let early = Self.report(resumed, on: 0, accuracy: 0.95)
    expect(
      try controller.handle(.reported(early)),
      [.append(.session(.arrived(early)))])
    expect(
      try controller.handle(.populationSaved(generation: 0)),
      [
        .append(.population(PopulationRecord(generation: 0, members: population.members))),
        Self.outcome(resumed, on: 0, accuracy: 0.95),
      ])
  }

  @Test func `what nothing needs any more is forgotten at once and deleted once it is replaced`() throws {
    var (controller, _) = try Self.start()
    for number in 0...1 { _ = try controller.handle(.groupReady(Self.group(number))) }
    _ = try controller.handle(.reported(Self.report(Self.job(0, 0), on: 0, accuracy: 0.9)))
    _ = try controller.handle(.reported(Self.report(Self.job(1, 1), on: 1, accuracy: 0.6)))
    _ = try controller.handle(.populationSaved(generation: 0))
    let resumed = Self.job(2, 0, .resume(from: 1), to: 2)
    let forked = Self.job(3, 1, .fork(of: TrialID(0), at: 1), x: 0.75, to: 2)
    // Trial 0 at 1 is the fork's origin, still.
    expect(
      try controller.handle(.reported(Self.report(resumed, on: 0, accuracy: 0.95))),
      [
        Self.outcome(resumed, on: 0, accuracy: 0.95)
      ])
    // Now both states of the first generation leave the memory, but population.h5 names their files.
    let commands = try controller.handle(.reported(Self.report(forked, on: 1, accuracy: 0.8)))
    expect(
      commands.filter { if case .release = $0 { true } else { false } },
      [
        .release([StateKey(trial: TrialID(0), budget: 1)], group: GroupID(0)),
        .release([StateKey(trial: TrialID(1), budget: 1)], group: GroupID(1)),
      ])
    #expect(!commands.contains { if case .deleteCheckpoint = $0 { true } else { false } })
    let last = try controller.handle(.populationSaved(generation: 1))
    expect(
      Array(last.dropFirst().prefix(2)),
      [.deleteCheckpoint(Self.path(0, 1)), .deleteCheckpoint(Self.path(1, 1))])
    let best = RunSummary.Best(
      trial: TrialID(0), budget: 2, score: 0.95, configuration: resumed.configuration,
      checkpoint: Self.path(0, 2))
    let summary = RunSummary(ending: .finished, best: best, trials: 2, jobs: 4, failedTrials: 0)
    expect(
      Array(last.suffix(2)),
      [.append(.finished(summary)), .finish(summary)])
    #expect(controller.keptCheckpoints == [Self.path(0, 2), Self.path(1, 2)])
  }

  @Test func `a stop lets busy groups save and then ends unfinished`() throws {
    var (controller, _) = try Self.start(members: 3)
    for number in 0...2 { _ = try controller.handle(.groupReady(Self.group(number))) }
    _ = try controller.handle(.reported(Self.report(Self.job(0, 0), on: 0)))
    let reason = StopReason.signal("SIGUSR1")
    expect(
      try controller.handle(.stopRequested(reason)),
      [
        .append(.session(.stopRequested(reason))), .stop(GroupID(1)), .stop(GroupID(2)),
      ])
    expect(
      try controller.handle(.stopRequested(.deadline)),
      [])
    expect(
      try controller.handle(.groupStopped(GroupID(2))),
      [])
    // Group 1 was faster than the signal: its report counts.
    let best = RunSummary.Best(
      trial: TrialID(0), budget: 1, score: 0.5, configuration: Configuration(["x": .number(0.5)]),
      checkpoint: Self.path(0, 1), tied: 2)
    expect(
      try controller.handle(.reported(Self.report(Self.job(1, 1), on: 1))),
      [
        Self.outcome(Self.job(1, 1), on: 1), .append(.session(.stopped(reason))),
        .finish(
          RunSummary(ending: .unfinished(reason), best: best, trials: 3, jobs: 2, failedTrials: 0)),
      ])
  }

  @Test func `a stop that takes too long leaves the silent groups behind`() throws {
    var (controller, _) = try Self.start()
    _ = try controller.handle(.groupReady(Self.group(0)))
    expect(
      try controller.handle(.stopOverdue),
      [])
    _ = try controller.handle(.stopRequested(.deadline))
    expect(
      try controller.handle(.stopOverdue),
      [
        .append(.session(.stopped(.deadline))),
        .finish(RunSummary(ending: .unfinished(.deadline), best: nil, trials: 2, jobs: 0, failedTrials: 0)),
      ])
  }

  @Test func `the job of a lost group goes to another one, and the last loss ends the run`() throws {
    var (controller, _) = try Self.start()
    for number in 0...1 { _ = try controller.handle(.groupReady(Self.group(number))) }
    expect(
      try controller.handle(.groupLost(GroupID(0), why: "rank 1 on node1 is silent")),
      [
        .append(.session(.groupLost(GroupID(0), job: JobID(0), why: "rank 1 on node1 is silent")))
      ])
    // A group that was given up may still speak.
    expect(
      try controller.handle(.reported(Self.report(Self.job(0, 0), on: 0))),
      [])
    let report = Self.report(Self.job(1, 1), on: 1)
    expect(
      try controller.handle(.reported(report)),
      [
        .append(.session(.arrived(report))), Self.assign(Self.job(0, 0), 1, .fresh, again: true),
      ])
    let reason = StopReason.groupsLost(why: "rank 2 is silent")
    expect(
      try controller.handle(.groupLost(GroupID(1), why: "rank 2 is silent")),
      [
        .append(.session(.groupLost(GroupID(1), job: JobID(0), why: "rank 2 is silent"))),
        .append(.session(.stopRequested(reason))), .append(.session(.stopped(reason))),
        .finish(RunSummary(ending: .unfinished(reason), best: nil, trials: 2, jobs: 0, failedTrials: 0)),
      ])
  }

  @Test func `a state whose group is lost is read from its checkpoint`() throws {
    var (controller, _) = try Self.start()
    for number in 0...1 { _ = try controller.handle(.groupReady(Self.group(number))) }
    _ = try controller.handle(.reported(Self.report(Self.job(0, 0), on: 0, accuracy: 0.9)))
    _ = try controller.handle(.groupLost(GroupID(0), why: "node1 is down"))
    let commands = try controller.handle(.reported(Self.report(Self.job(1, 1), on: 1, accuracy: 0.6)))
    #expect(
      commands.last == Self.assign(Self.job(2, 0, .resume(from: 1), to: 2), 1, .checkpoint(Self.state(0, 1))))
  }

  @Test func `a job that loses three groups fails`() throws {
    var (controller, _) = try Self.start()
    for number in 0...3 { _ = try controller.handle(.groupReady(Self.group(number))) }
    var last: [Command] = []
    for number in [0, 2, 3] {
      last = try controller.handle(.groupLost(GroupID(number), why: "it is out of memory"))
    }
    let failure = Outcome(
      job: JobID(0), trial: TrialID(0),
      result: .failed(reason: "3 groups of ranks were lost at it, the last because it is out of memory"))
    #expect(
      last.contains(
        .append(
          .outcome(
            OutcomeRecord(
              outcome: failure, measurements: [], effective: Configuration(), step: 0, checkpoint: nil,
              work: .init(group: GroupID(3), seconds: 0))))))
  }

  @Test func `a group keeps no more states than fit, but always the origin of a job at work`() throws {
    var (controller, _) = try Self.start(members: 3, memoryPerGroup: 20)
    _ = try controller.handle(.groupReady(Self.group(0)))
    var released: [Command] = []
    for number in 0...2 {
      let commands = try controller.handle(.reported(Self.report(Self.job(number, number), on: 0)))
      released += commands.filter { if case .release = $0 { true } else { false } }
    }
    expect(
      released,
      [.release([StateKey(trial: TrialID(0), budget: 1)], group: GroupID(0))])
  }
}

/// Proposes x = 0.5, 0.25, 0.125 ...
struct FixedSampler: Sampler {
  static func x(of trial: TrialID) -> Double { 0.5 / Double(1 << trial.rawValue) }

  mutating func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    Configuration(["x": .number(Self.x(of: trial))])
  }
}
