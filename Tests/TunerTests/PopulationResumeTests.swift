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
