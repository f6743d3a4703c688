import Search
import Testing
import Tuner

/// What lies elsewhere than in a trial costs no trial, as far as that can be told.
@Suite struct FaultTests {
  private static let asha = SchedulerConfiguration.asha(
    ASHAOptions(trials: 12, maximumBudget: 9, reduction: 3))
  private static let population = SchedulerConfiguration.pbt(
    PBTOptions(population: 4, generations: 3, interval: 1))
  static let schedulers = [asha, population]

  private func simulation(_ scheduler: SchedulerConfiguration, groups: Int = 3) throws -> Simulation {
    Simulation(
      scheduler: try scheduler.makeScheduler(space: Study.test().space, seed: 7, mutable: ["x"]),
      groups: groups)
  }

  private static func fault(_ cause: Fault.Cause) -> Fault {
    Fault(
      cause,
      TunerError(
        .system, subject: "node2", expected: "a GPU", found: "none", remedy: "Ask the scheduler for one."))
  }

  private func failures(_ remains: Simulation.Remains) throws -> [OutcomeRecord] {
    try remains.outcomes.filter { if case .failed = $0.outcome.result { true } else { false } }
  }

  private func setAside(_ remains: Simulation.Remains) throws -> [GroupID] {
    try remains.contents.lines.compactMap {
      if case .session(.groupSetAside(let group, _, _)) = $0.record { group } else { nil }
    }
  }

  @Test(arguments: schedulers, [Fault.Cause.device, .storage, .library])
  func `a group whose host lacks something gets no more jobs, and no trial pays for it`(
    scheduler: SchedulerConfiguration, cause: Fault.Cause
  ) throws {
    var simulation = try simulation(scheduler)
    simulation.fault = { _, group in group == GroupID(1) ? Self.fault(cause) : nil }
    let remains = try simulation.run()
    #expect(remains.result?.summary.ending == .finished)
    #expect(try failures(remains).isEmpty)
    #expect(try setAside(remains) == [GroupID(1)])
    #expect(try remains.outcomes.allSatisfy { $0.work.group != GroupID(1) })
    let undisturbed = try self.simulation(scheduler).run()
    #expect(remains.result?.summary.trials == undisturbed.result?.summary.trials)
  }

  @Test(arguments: schedulers, [Fault.Cause.device, .storage])
  func `when every host lacks it the run ends with what is missing, and can be taken up again`(
    scheduler: SchedulerConfiguration, cause: Fault.Cause
  ) throws {
    var simulation = try simulation(scheduler)
    simulation.fault = { job, _ in job.id.rawValue >= 2 ? Self.fault(cause) : nil }
    let error = #expect(throws: TunerError.self) { try simulation.run() }
    #expect(error == Self.fault(cause).error)
  }

  @Test(arguments: schedulers)
  func `a trial whose trainer nobody can make fails, and its groups go on`(scheduler: SchedulerConfiguration)
    throws
  {
    var simulation = try simulation(scheduler)
    simulation.fault = { job, _ in job.trial == TrialID(2) ? Self.fault(.library) : nil }
    let remains = try simulation.run()
    #expect(remains.result?.summary.ending == .finished)
    let failures = try failures(remains)
    #expect(!failures.isEmpty && failures.allSatisfy { $0.outcome.trial == TrialID(2) })
    #expect(
      failures.first?.outcome.result
        == .failed(reason: "node2: expected a GPU, found none. Ask the scheduler for one."))
    // Whoever was suspected of it works again.
    let cleared = try remains.contents.lines.compactMap {
      if case .session(.groupCleared(let group)) = $0.record { group } else { nil }
    }
    #expect(try Set(setAside(remains)) == Set(cleared))
  }

  @Test func `where there is one group, a trainer that it cannot make is the trial's fault`() throws {
    var simulation = try simulation(Self.asha, groups: 1)
    simulation.fault = { job, _ in job.trial == TrialID(2) ? Self.fault(.library) : nil }
    let remains = try simulation.run()
    #expect(remains.result?.summary.ending == .finished)
    #expect(try failures(remains).map(\.outcome.trial) == [TrialID(2)])
  }

  @Test func `two parts of the program that disagree end the run`() throws {
    var simulation = try simulation(Self.asha)
    simulation.fault = { job, _ in job.id == JobID(3) ? Self.fault(.defect) : nil }
    #expect(throws: TunerError.self) { try simulation.run() }
  }

  @Test func `a population decides the same, whenever its states become durable`() throws {
    let undelayed = try simulation(Self.population).run()
    for seconds in [0.1, 0.7, 30] {
      var simulation = try simulation(Self.population)
      simulation.secondsToSaveState = seconds
      let remains = try simulation.run()
      #expect(remains.result?.summary.ending == .finished)
      #expect(try remains.studyRecords == undelayed.studyRecords)
    }
  }

  @Test func `groups of a population go on while what they reached is saved`() throws {
    var simulation = try simulation(Self.population, groups: 2)
    let undelayed = try simulation.run()
    simulation.secondsToSaveState = 0.5
    let delayed = try simulation.run()
    let seconds = (
      undelayed: try #require(undelayed.result).seconds, delayed: try #require(delayed.result).seconds
    )
    // Two of four jobs of a generation wait for nothing; the last ones of a generation are waited for.
    #expect(seconds.delayed <= seconds.undelayed + 3 * 0.5 + 1e-9)
    #expect(try #require(delayed.result).utilization > 0)
  }

  @Test(arguments: schedulers)
  func `a group that is lost while it saves gives its jobs back`(scheduler: SchedulerConfiguration) throws {
    let undisturbed = try simulation(scheduler).run()
    let end = try #require(undisturbed.result).seconds
    for share in stride(from: 0.05, to: 0.9, by: 0.05) {
      var simulation = try simulation(scheduler)
      simulation.secondsToSaveState = 1
      simulation.losses = [(end * share, GroupID(1))]
      let remains = try simulation.run()
      #expect(remains.result?.summary.ending == .finished, "lost at \(share)")
      #expect(try failures(remains).isEmpty)
      #expect(try remains.outcomes.count == remains.jobs.count)
    }
  }

  @Test(arguments: schedulers)
  func `a run that is killed while states are saved goes on`(scheduler: SchedulerConfiguration) throws {
    var simulation = try simulation(scheduler)
    simulation.secondsToSaveState = 1
    let calls = try simulation.run().calls
    for call in stride(from: 1, to: calls, by: max(1, calls / 12)) {
      simulation.killedAtCall = call
      let killed = try simulation.run()
      var resumed = simulation
      (resumed.journal, resumed.checkpoints, resumed.killedAtCall) = (
        killed.journal, killed.checkpoints, .max
      )
      let remains = try resumed.run()
      #expect(remains.result?.summary.ending == .finished, "killed at call \(call)")
      #expect(try remains.outcomes.count == remains.jobs.count)
    }
  }
}
