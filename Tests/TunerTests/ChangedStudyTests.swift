import Search
import Testing
import Tuner

/// An experiment that was changed, by permission, between two sessions: it goes on rightly, or is refused with
/// the difference before anything is written, so that the earlier command goes on.
@Suite struct ChangedStudyTests {
  static let schedulers: [SchedulerConfiguration] = [
    .full(FullRunOptions(trials: 10, budget: 3)),
    .asha(ASHAOptions(trials: 12, maximumBudget: 9, reduction: 3)),
    .hyperband(HyperbandOptions(maximumBudget: 9)),
    .pbt(PBTOptions(population: 4, generations: 4, interval: 1)),
  ]

  /// A study that measures a second metric, `dev_loss`, in another order than its objective.
  private func simulation(_ scheduler: SchedulerConfiguration, _ study: Study = .test()) throws -> Simulation {
    var training = VirtualTraining.test()
    training.furtherMetrics = { job in
      guard case .number(let x) = job.configuration["x"] else { return [:] }
      return ["dev_loss": abs(x - 7), "dev_accuracy": 1 - x / 10]
    }
    return Simulation(
      study: study,
      scheduler: try scheduler.makeScheduler(space: study.space, seed: study.seed, mutable: ["x"]),
      training: training)
  }

  @Test(arguments: [Objective.Goal.minimize, .maximize])
  func `costs are computed again from what was measured`(goal: Objective.Goal) throws {
    let scheduler = SchedulerConfiguration.full(FullRunOptions(trials: 10, budget: 3))
    let before = try simulation(scheduler).run()
    var study = Study.test()
    study.objective = Objective(metric: "dev_loss", goal: goal)
    var changed = try simulation(.full(FullRunOptions(trials: 14, budget: 3)), study)
    (changed.journal, changed.checkpoints, changed.allowingChanges) = (before.journal, before.checkpoints, true)
    let after = try changed.run()
    let scores = try after.outcomes.map { try #require($0.measurements.last?.metrics["dev_loss"]) }
    #expect(scores.count == 14)
    let best = goal == .minimize ? scores.min() : scores.max()
    #expect(after.result?.summary.best?.score == best)
    let history = try History(after.contents)
    for (trial, score) in zip(history.trials, scores) {
      #expect(trial.segments.last?.cost == goal.cost(of: score))
    }
    #expect(history.best.map { history.objective.score(of: $0.cost) } == best)
    // And again, from a journal that holds both scales.
    changed.journal = after.journal
    #expect(try changed.controller().summary(.finished).best?.score == best)
  }

  @Test func `an objective that nobody measured is refused by its name`() throws {
    let scheduler = SchedulerConfiguration.full(FullRunOptions(trials: 3, budget: 1))
    let before = try simulation(scheduler).run()
    var study = Study.test()
    study.objective = Objective(metric: "latency_ms", goal: .minimize)
    var changed = try simulation(scheduler, study)
    (changed.journal, changed.allowingChanges) = (before.journal, true)
    let error = #expect(throws: TunerError.self) { _ = try changed.controller() }
    let message = try #require(error?.description)
    #expect(message.contains("objective.metric: dev_accuracy -> latency_ms"))
    #expect(message.contains("expected a measurement of latency_ms, which the objective needs"))
  }

  /// Each change either ends as a whole study does, or is refused and leaves the earlier one as it was.
  @Test(arguments: schedulers, 0..<8)
  func `a change goes on, or leaves the study as it was`(
    scheduler: SchedulerConfiguration, number: Int
  ) throws {
    let reference = try simulation(scheduler).run()
    var first = try simulation(scheduler)
    first.killedAtCall = reference.calls / 2
    let killed = try first.run()
    var second = try simulation(scheduler, Self.change(.test(), number))
    (second.journal, second.checkpoints, second.allowingChanges) = (killed.journal, killed.checkpoints, true)
    do {
      let resumed = try second.run()
      #expect(resumed.result?.summary.ending == .finished)
      let changes = try resumed.contents.lines.compactMap {
        if case .session(.studyChanged(_, let changes)) = $0.record { changes } else { nil }
      }
      #expect(changes.count == 1 && changes[0].isEmpty == false)
      let best = try #require(resumed.result?.summary.best)
      let objective = second.study.objective
      let scores = try resumed.outcomes.compactMap { $0.measurements.last?.metrics[objective.metric] }
      #expect(best.score == (objective.goal == .maximize ? scores.max() : scores.min()))
    } catch let error as TunerError {
      #expect(error.kind == .usage)
      #expect(error.found.contains(" -> "), "no difference is named: \(error)")
      var third = try simulation(scheduler)
      (third.journal, third.checkpoints) = (killed.journal, killed.checkpoints)
      let resumed = try third.run()
      #expect(resumed.result?.summary.ending == .finished)
      // An asynchronous study depends on who was faster, and that on when it was killed.
      guard third.scheduler.isSynchronous else { return }
      #expect(try resumed.studyRecords == reference.studyRecords)
    }
  }

  private static func change(_ study: Study, _ number: Int) -> Study {
    var study = study
    switch number {
    case 0: study.space = SearchSpace([Parameter(name: "x", domain: .float(low: 2, high: 4, scale: .linear))])
    case 1: study.space = SearchSpace([Parameter(name: "x", domain: .float(low: 0, high: 90, scale: .linear))])
    case 2:
      study.space.parameters.append(
        Parameter(name: "y", domain: .categorical([.text("a"), .text("b")])))
    case 3:
      study.space = SearchSpace([Parameter(name: "x", domain: .ordinal([.number(1), .number(2), .number(3)]))])
    case 4: study.objective = Objective(metric: "dev_loss", goal: .minimize)
    case 5: study.objective = Objective(metric: "dev_accuracy", goal: .minimize)
    case 6: study.seed = 8
    default: study.inputs = ["data.csv": InputFile(bytes: 7, checksum: 9)]
    }
    return study
  }
}
