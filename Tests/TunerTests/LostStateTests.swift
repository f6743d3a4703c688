import Randomness
import Search
import Testing
@testable import Tuner

/// Checkpoints that somebody deleted or damaged between two sessions, or while one runs.
@Suite struct LostStateTests {
  static let schedulers: [SchedulerConfiguration] = [
    .full(FullRunOptions(trials: 8, budget: 3)),
    .median(MedianStoppingOptions(trials: 8, maximumBudget: 4, interval: 1)),
    .extrapolation(ExtrapolationOptions(trials: 6, maximumBudget: 9, minimumMeasurements: 3)),
    .successiveHalving(SuccessiveHalvingOptions(trials: 9, maximumBudget: 9)),
    .hyperband(HyperbandOptions(maximumBudget: 9)),
    .asha(ASHAOptions(trials: 20, maximumBudget: 9, reduction: 3)),
    .asha(ASHAOptions(trials: 20, maximumBudget: 9, reduction: 3, variant: .stopping)),
    .freezeThaw(FreezeThawOptions(runs: 3, maximumBudget: 9)),
    .bohb(BOHBOptions(maximumBudget: 9)),
    .dehb(DEHBOptions(maximumBudget: 9)),
    .priorband(PriorBandOptions(maximumBudget: 9)),
    .pbt(PBTOptions(population: 5, generations: 4, interval: 2)),
    .pbt(PBTOptions(population: 5, generations: 4, interval: 2, decisions: .asynchronous)),
    .replay(
      ReplayOptions(
        schedule: [(2, 0.1), (5, 0.05)].map {
          ReplayOptions.Stretch(until: $0.0, configuration: Configuration(["x": .number($0.1)]))
        }, trials: 3)),
  ]

  private func simulation(_ scheduler: SchedulerConfiguration) throws -> Simulation {
    Simulation(
      scheduler: try scheduler.makeScheduler(space: Study.test().space, seed: 7, mutable: ["x"]),
      sampler: scheduler.usualSampler.makeSampler())
  }

  @Test(arguments: schedulers)
  func `every scheduler ends although its checkpoints are gone`(scheduler: SchedulerConfiguration) throws {
    let simulation = try simulation(scheduler)
    let whole = try simulation.run()
    var replacements = 0
    for call in stride(from: 4, to: whole.calls, by: max(5, whole.calls / 8)) {
      var first = simulation
      first.killedAtCall = call
      let killed = try first.run()
      var second = simulation
      (second.journal, second.checkpoints) = (killed.journal, killed.checkpoints)
      // All of them, and every other one.
      let files = killed.checkpoints.sorted()
      second.purged = Set(call % 2 == 0 ? files : files.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
      let resumed = try second.run()
      #expect(resumed.result?.summary.ending == .finished, "killed at call \(call)")
      #expect(resumed.result?.summary.failedTrials == 0)
      let given = try resumed.replacements
      #expect(try resumed.losses.count <= given.count, "a lost state without anything in its place")
      replacements += given.count
    }
    let neverResumes = [.full, .dehb].contains(scheduler.kind)
    #expect(neverResumes || replacements > 0)
  }

  @Test func `a member of a population goes on from the best one that is as far`() throws {
    let options = PBTOptions(population: 4, generations: 3, interval: 1)
    var simulation = try simulation(.pbt(options))
    let whole = try simulation.run()
    let population = try #require(whole.population)
    #expect(population.generation == 2)
    // One generation more, and one member's state is gone.
    simulation.scheduler = try SchedulerConfiguration.pbt(
      PBTOptions(population: 4, generations: 4, interval: 1)
    ).makeScheduler(space: Study.test().space, seed: 7, mutable: ["x"])
    let best = try #require(population.members.max { ($0.score ?? -.infinity) < ($1.score ?? -.infinity) })
    let lost = try #require(population.members.first { $0.trial != best.trial })
    (simulation.journal, simulation.checkpoints) = (whole.journal, whole.checkpoints)
    simulation.purged = [try #require(lost.checkpoint)]
    let resumed = try simulation.run()
    let replaced = try resumed.replacements
    let planned = try resumed.jobs.filter {
      $0.job.target == 4 && $0.job.originState == StateKey(trial: lost.trial, budget: 3)
    }
    #expect(replaced.count == planned.count)
    for replacement in replaced {
      let origin: Origin =
        replacement.trial == best.trial ? .resume(from: 3) : .fork(of: best.trial, at: 3)
      #expect(replacement.origin == origin)
    }
    #expect(resumed.result?.summary.ending == .finished)
  }

  @Test func `a trial goes on from its own earlier state where that is kept`() throws {
    var retained = Retention.test
    retained.lost(StateKey(trial: TrialID(0), budget: 9))
    let job = Job(
      id: JobID(9), trial: TrialID(0), origin: .resume(from: 9), configuration: Configuration(), target: 27)
    #expect(retained.replacement(forOriginOf: job) == .resume(from: 3))
    retained.lost(StateKey(trial: TrialID(0), budget: 3))
    #expect(retained.replacement(forOriginOf: job) == .fresh)
  }

  @Test func `the record and the report tell where a job really started`() throws {
    let asha = SchedulerConfiguration.asha(ASHAOptions(trials: 9, maximumBudget: 9, reduction: 3))
    var simulation = try simulation(asha)
    let whole = try simulation.run()
    let promotion = try #require(try whole.jobs.firstIndex { $0.job.origin != .fresh })
    let lines = whole.journal.indices.filter { whole.journal[$0] == UInt8(ascii: "\n") }
    let place = try #require(
      try whole.contents.lines.firstIndex {
        if case .job(let record) = $0.record { record.job.id == JobID(promotion) } else { false }
      })
    simulation.journal = Array(whole.journal[...lines[place]])
    simulation.checkpoints = Set(try whole.outcomes.compactMap(\.checkpoint))
    simulation.purged = simulation.checkpoints
    let resumed = try simulation.run()
    let job = try resumed.jobs[promotion].job
    let history = try History(resumed.contents)
    let segment = history.trials[job.trial.rawValue].segments.first { $0.job.id == job.id }
    #expect(segment?.job.origin == .fresh)
    #expect(history.schedule(of: job.trial, at: job.target).first?.start == 0)
  }
}

extension Simulation.Remains {
  var losses: [LostState] {
    get throws {
      try contents.lines.compactMap { line in
        if case .session(.stateLost(let lost)) = line.record { lost } else { nil }
      }
    }
  }

  var replacements: [(trial: TrialID, origin: Origin)] {
    get throws {
      try contents.lines.compactMap { line in
        if case .session(.originReplaced(_, let trial, _, let origin)) = line.record {
          (trial, origin)
        } else {
          nil
        }
      }
    }
  }
}

extension Retention {
  /// Trial 0 has reached 3, its best, and 9.
  fileprivate static var test: Retention {
    var retention = Retention()
    for (number, target) in [3, 9].enumerated() {
      let job = Job(
        id: JobID(number), trial: TrialID(0), origin: .fresh, configuration: Configuration(), target: target)
      retention.issued(job)
      retention.answered(job, reached: ("\(target).h5", Double(target)), 
        contenders: [StateKey(trial: TrialID(0), budget: 3)])
      retention.settled([TrialID(0)])
    }
    return retention
  }
}
