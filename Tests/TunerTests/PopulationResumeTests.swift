import Search
import Testing
import Tuner

@Suite struct PopulationResumeTests {
  /// Members are copied while their next jobs are at work, and some replicates of those are done before others.
  @Test(arguments: [1, 2], [0.0, 3])
  func `an asynchronous population killed at any call goes on`(replicates: Int, secondsToSave: Double) throws
  {
    let options = PBTOptions(
      population: 5, generations: 5, interval: 1, decisions: .asynchronous, exploit: .tournament)
    var simulation = Simulation(
      scheduler: try SchedulerConfiguration.pbt(options).makeScheduler(
        space: Study.test().space, seed: 7, mutable: ["x"], replicates: Replicates(replicates)),
      training: .test(
        diverging: { $0.id.rawValue % 17 == 5 }, seconds: { _, random in 0.2 + 5 * random.nextUniform() }))
    simulation.study.replicates = replicates > 1 ? replicates : nil
    simulation.secondsToSave = secondsToSave
    for groups in [3, 7] {
      simulation.groups = groups
      let whole = try simulation.run()
      #expect(whole.result?.summary.ending == .finished)
      #expect(whole.population?.members.count == 5 * replicates)
      for call in stride(from: groups, to: whole.calls, by: 5) {
        var first = simulation
        first.killedAtCall = call
        let killed = try first.run()
        var second = simulation
        (second.groups, second.journal, second.checkpoints) = (
          1 + call % 5, killed.journal, killed.checkpoints
        )
        let resumed = try second.run()
        #expect(resumed.result?.summary.ending == .finished)
        // What was trained and measured is what the file links to.
        for member in resumed.population?.members ?? [] where member.score != nil {
          #expect(member.budget == member.origin.budget + 1)
          let number = member.checkpoint?.dropLast(".h5".count).split(separator: "-").last
          #expect(number.flatMap { Int($0) } == member.budget)
        }
      }
    }
  }
}

@Suite struct PopulationDifferenceTests {
  private static func remains() throws -> Simulation.Remains {
    try Simulation(scheduler: MiniaturePopulation(members: 3, generations: 2)).run()
  }

  /// Resumes from a journal whose first population was changed.
  private static func error(_ change: (inout PopulationRecord) -> Void) throws -> String {
    let remains = try remains()
    var journal = try Journal(inMemoryAfter: [])
    for line in try remains.contents.lines {
      var record = line.record
      if case .population(var population) = record, population.generation == 0 {
        change(&population)
        record = .population(population)
      }
      try journal.append([record], at: line.time)
    }
    var second = Simulation(scheduler: MiniaturePopulation(members: 3, generations: 2))
    (second.journal, second.checkpoints) = (journal.bytes, remains.checkpoints)
    let resumed = second
    return try #require(throws: TunerError.self) { _ = try resumed.run() }.description
  }

  @Test func `a population that differs is told member by member, then and now`() throws {
    let text = try Self.error { population in
      population.members[1].score = 0.5
      population.members[2].configuration["x"] = .number(99)
      population.members[2].checkpoint = nil
    }
    #expect(text.contains("found one that differs:\n  member 1, trial 1: score: 0.5 then, "), "\(text)")
    #expect(text.contains("\n  member 2, trial 2: checkpoint: none then, checkpoints/"), "\(text)")
    #expect(text.contains("\n  member 2, trial 2: x: 99"), "\(text)")
    #expect(!text.contains("member 0"))
  }

  @Test func `missing members and other origins are told`() throws {
    #expect(try Self.error { $0.members.removeLast() }.contains("members: 2 then, 3 now"))
    let text = try Self.error { $0.members[0].origin = .fork(of: TrialID(2), at: 1) }
    #expect(text.contains("member 0, trial 0: weights from: trial 2 at 1 then, fresh weights now"), "\(text)")
  }
}
