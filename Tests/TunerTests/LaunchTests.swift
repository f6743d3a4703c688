import Search
import Testing

@testable import Tuner

/// Sessions that end without a word, because a job ends the program.
@Suite struct LaunchTests {
  private static let asha = SchedulerConfiguration.asha(
    ASHAOptions(trials: 12, maximumBudget: 9, reduction: 3))
  private static let halving = SchedulerConfiguration.successiveHalving(
    SuccessiveHalvingOptions(trials: 9, maximumBudget: 9))

  /// Sessions until one comes to its end, each from what the one before left.
  private func sessions(_ simulation: Simulation, atMost count: Int) throws -> [Simulation.Remains] {
    var simulation = simulation
    var remains: [Simulation.Remains] = []
    while remains.last?.result == nil {
      try #require(remains.count < count, "no session ended after \(count)")
      remains.append(try simulation.run())
      simulation.journal = remains.last!.journal
      simulation.checkpoints = remains.last!.checkpoints
    }
    return remains
  }

  /// What the next session is told to run alone.
  private func suspects(after remains: Simulation.Remains, of simulation: Simulation) throws -> [JobID] {
    try Controller(
      resuming: remains.contents, .test(), scheduler: simulation.scheduler, sampler: simulation.sampler
    ).suspects.map(\.id)
  }

  @Test(arguments: [asha, halving], [1, 3, 8])
  func `a job that ends one launch after the other fails, and no other does`(
    scheduler: SchedulerConfiguration, groups: Int
  ) throws {
    var simulation = Simulation(
      scheduler: try scheduler.makeScheduler(space: Study.test().space, seed: 7, mutable: []), groups: groups)
    simulation.killers = [JobID(4)]
    // Three launches, and the one that goes on.
    let all = try sessions(simulation, atMost: 4)
    let suspects = try all.map { try self.suspects(after: $0, of: simulation) }
    #expect(suspects.contains { $0.contains(JobID(4)) })
    #expect(suspects.first?.isEmpty == true && suspects.last?.isEmpty == true)
    let last = try #require(all.last)
    #expect(last.result?.summary.ending == .finished)
    let failed = try last.outcomes.filter { if case .failed = $0.outcome.result { true } else { false } }
    #expect(failed.map(\.outcome.job) == [JobID(4)])
    #expect(
      failed.first?.outcome.result
        == .failed(
          reason:
            "the program ended without a word at least 3 times before it was finished, and at least once "
            + "while nothing else was at work"
        ))
  }

  @Test func `two such jobs are told apart from those that work beside them`() throws {
    var simulation = Simulation(
      scheduler: try Self.halving.makeScheduler(space: Study.test().space, seed: 7, mutable: []), groups: 8)
    simulation.killers = [JobID(2), JobID(6)]
    let last = try #require(try sessions(simulation, atMost: 10).last)
    let failed = try last.outcomes.filter { if case .failed = $0.outcome.result { true } else { false } }
    #expect(failed.map(\.outcome.job) == [JobID(2), JobID(6)])
  }

  @Test func `an undisturbed session records nothing of what it gives out`() throws {
    let simulation = Simulation(
      scheduler: try Self.asha.makeScheduler(space: Study.test().space, seed: 7, mutable: []))
    let lines = try simulation.run().contents.lines
    let given = lines.count { if case .session(.assigned) = $0.record { true } else { false } }
    #expect(given == 0)
  }

  @Test func `a session that says why it ends accuses nobody`() throws {
    var launches = Launches()
    for _ in 0..<9 {
      launches.began(unfinished: [JobID(1)])
      launches.gaveOut(JobID(1))
      launches.ended()
    }
    launches.allRead(unfinished: [JobID(1)])
    #expect(!launches.isSuspect(JobID(1)))
    #expect(!launches.isRecording)
  }

  @Test func `a job that saves its state on the way is never accused`() throws {
    var launches = Launches()
    for _ in 0..<9 {
      launches.began(unfinished: [JobID(1)])
      launches.gaveOut(JobID(1))
      launches.cleared(JobID(1))
    }
    launches.allRead(unfinished: [JobID(1)])
    #expect(launches.isRecording)
    #expect(!launches.isSuspect(JobID(1)))
    #expect(!launches.isConvicted(JobID(1)))
  }

  @Test func `a job whose neighbours are at work is suspected, not convicted`() throws {
    var launches = Launches()
    for _ in 0..<9 {
      launches.began(unfinished: [JobID(1), JobID(2)])
      launches.gaveOut(JobID(1))
      launches.gaveOut(JobID(2))
    }
    launches.allRead(unfinished: [JobID(1), JobID(2)])
    #expect(launches.isSuspect(JobID(1)))
    #expect(!launches.isConvicted(JobID(1)))
  }
}
