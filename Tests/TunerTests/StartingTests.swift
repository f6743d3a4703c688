import Search
import Testing
import Tuner

/// What the user wants tried first, through the controller, the journal and the status.
@Suite struct StartingTests {
  static func simulation() throws -> Simulation {
    var study = Study.test()
    study.scheduler = .full(FullRunOptions(trials: 6, budget: 2))
    study.starting = StartingConfigurations(
      baseline: Configuration(["x": .number(5)]), first: [Configuration(["x": .number(1)]), Configuration()])
    return Simulation(
      study: study,
      scheduler: try study.scheduler.makeScheduler(space: study.space, seed: study.seed, mutable: []))
  }

  @Test func `the first trials are the user's, and all that is said of the best is relative to the baseline`()
    throws
  {
    let remains = try Self.simulation().run()
    let contents = try remains.contents
    let history = try History(contents)
    #expect(history.trials.count == 6)
    #expect(
      history.trials.prefix(2).map { $0.segments[0].job.configuration["x"] } == [.number(5), .number(1)])
    // x = 5 costs about 4.4² + 1/2.
    let baseline = try #require(history.baselineComparison)
    #expect(baseline.costOfBest == nil && baseline.cost > 19 && baseline.cost < 20)
    let summary = try #require(remains.result).summary
    #expect(summary.baseline == RunSummary.Baseline(budget: 2, score: -baseline.cost))
    #expect(try #require(summary.best).score > -2)
    #expect(try RunStatus(contents).text.contains(" on the baseline's -19."))
  }

  @Test(arguments: [3, 7, 12, 18]) func `a kill changes none of it`(call: Int) throws {
    let whole = try History(Self.simulation().run().contents)
    var simulation = try Self.simulation()
    simulation.killedAtCall = call
    let killed = try simulation.run()
    simulation.killedAtCall = .max
    (simulation.journal, simulation.checkpoints) = (killed.journal, killed.checkpoints)
    let resumed = try simulation.run()
    let history = try History(resumed.contents)
    #expect(history.trials.count == whole.trials.count)
    #expect(
      history.trials.prefix(2).map { $0.segments[0].job.configuration["x"] } == [.number(5), .number(1)])
    #expect(try #require(resumed.result).summary.baseline?.score == whole.baselineComparison.map { -$0.cost })
  }

  @Test func `a study without them is written as before`() throws {
    guard case .object(let fields) = try Study.test().document() else {
      Issue.record("a study is an object")
      return
    }
    #expect(fields["starting"] == nil)
    #expect(
      try History(
        Simulation(scheduler: FullRunScheduler(FullRunOptions(trials: 2, budget: 1))).run().contents
      )
      .baselineComparison == nil)
  }

  @Test func `a difference has its sign`() {
    let baseline = RunSummary.Baseline(budget: 10, score: 0.912)
    #expect(baseline.comparison(of: 0.95) == " (+0.038 on the baseline's 0.912 at 10)")
    #expect(baseline.comparison(of: 0.9) == " (-0.012 on the baseline's 0.912 at 10)")
    #expect(baseline.comparison(of: 0.912) == " (+0.0 on the baseline's 0.912 at 10)")
  }
}
