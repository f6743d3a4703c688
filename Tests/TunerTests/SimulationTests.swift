import Randomness
import Search
import Testing
import Tuner

@Suite struct SimulationTests {
  private static func study(_ scheduler: SchedulerConfiguration, seed: UInt64 = 7) -> Study {
    var study = Study.test(seed: seed)
    study.scheduler = scheduler
    study.space = SearchSpace([
      Parameter(name: "learning_rate", domain: .float(low: 1e-4, high: 1e-1, scale: .log)),
      Parameter(name: "weight_decay", domain: .float(low: 0, high: 0.1, scale: .linear)),
      Parameter(name: "batch_size", domain: .categorical([.number(32), .number(64), .number(128)])),
    ])
    return study
  }

  private static func run(
    _ study: Study, groups: Int, losses: [(time: Double, group: GroupID)] = [],
    observe: @escaping (RunProgress) -> Void = { _ in }
  ) throws -> (SimulatedCluster, RunResult, JournalContents) {
    var controller = try Controller(study, after: nil)
    var cluster = SimulatedCluster(
      study, groups: groups, training: .learningCurves(over: study.space, study.objective, seed: study.seed),
      losses: losses)
    var journal = try Journal(inMemoryAfter: [])
    let result = try Tuner.run(
      &controller, on: &cluster, recording: &journal, RunOptions(program: "test", observe: observe))
    return (cluster, result, try JournalContents(bytes: journal.bytes, path: "journal.jsonl"))
  }

  /// The cluster refuses a job whose origin is deleted or released, and a deletion of what population.h5
  /// names.
  @Test func `no origin of an unfinished job is ever deleted, whoever is lost`() throws {
    let schedulers: [SchedulerConfiguration] = [
      .pbt(PBTOptions(population: 6, generations: 5, interval: 1)),
      .pbt(PBTOptions(population: 5, generations: 4, interval: 2, exploit: .tournament)),
      .pbt(PBTOptions(population: 4, generations: 5, interval: 1, decisions: .asynchronous)),
      .asha(ASHAOptions(trials: 30, maximumBudget: 9, reduction: 3)),
      .freezeThaw(FreezeThawOptions(runs: 12, maximumBudget: 9, paused: 3)),
      .hyperband(HyperbandOptions(maximumBudget: 9)),
      .hyperband(HyperbandOptions(maximumBudget: 9, decisions: .asynchronous)),
      .median(MedianStoppingOptions(trials: 20, maximumBudget: 5)),
    ]
    for (index, scheduler) in schedulers.enumerated() {
      for seed in 0..<5 {
        var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
        let losses = (0..<3).map { group in
          (time: 400 * random.nextUniform(), group: GroupID(group))
        }
        let (_, result, contents) = try Self.run(
          Self.study(scheduler, seed: UInt64(seed)), groups: 5, losses: losses)
        #expect(result.summary.ending == .finished, "scheduler \(index), seed \(seed)")
        let resumed = try Controller(Self.study(scheduler, seed: UInt64(seed)), after: contents)
        #expect(resumed.answered == result.summary.jobs)
      }
    }
  }

  @Test func `population based training needs room for two generations and the best`() throws {
    for seed in 0..<6 {
      let study = Self.study(
        .pbt(
          PBTOptions(
            population: 8, generations: 10, interval: 1,
            decisions: seed % 2 == 0 ? .synchronous : .asynchronous)),
        seed: UInt64(seed))
      for groups in [1, 3, 8] {
        let (cluster, _, _) = try Self.run(study, groups: groups)
        #expect(cluster.mostCheckpoints <= 2 * 8 + 5)
        #expect(cluster.checkpoints.count <= 8 + 5)
        #expect(cluster.population?.members.count == 8)
      }
    }
  }

  @Test func `a state that no job will start from is dropped, unless it is one of the first three`() throws {
    let schedulers: [SchedulerConfiguration] = [
      .full(FullRunOptions(trials: 30, budget: 4)),
      .median(MedianStoppingOptions(trials: 30, maximumBudget: 4)),
      .asha(ASHAOptions(trials: 60, maximumBudget: 16, variant: .stopping)),
    ]
    for scheduler in schedulers {
      let (cluster, _, _) = try Self.run(Self.study(scheduler), groups: 4)
      #expect(cluster.checkpoints.count == 3)
      // Of each trial at work one state and its new one, the first three and two that went farther.
      #expect(cluster.mostCheckpoints <= 2 * 4 + 5)
    }
    let (cluster, _, _) = try Self.run(Self.study(.hyperband(HyperbandOptions(maximumBudget: 9))), groups: 4)
    #expect(cluster.checkpoints.count == 3)
  }

  @Test func `every group is at work while there are jobs`() throws {
    let full = try Self.run(Self.study(.full(FullRunOptions(trials: 100, budget: 4))), groups: 10).1
    #expect(full.utilization == 1)
    // When all trials have begun, the last promotions wait for the last results.
    let halving = try Self.run(Self.study(.asha(ASHAOptions(trials: 200, maximumBudget: 16))), groups: 10).1
    #expect(halving.utilization > 0.95)
    #expect(halving.utilizationUntilLastTrial > 0.999)
  }

  @Test func `utilization counts the time of waiting for a generation`() throws {
    // Three members on two groups, each job 1 second: 3 seconds of work in 4, until the last job is handed
    // out.
    let remains = try Simulation(
      scheduler: MiniaturePopulation(members: 3, generations: 2), groups: 2,
      training: .test(seconds: { _, _ in 1 })
    ).run()
    // Handed out at 3 s, when the last job of the second generation begins: of 6 group-seconds 5 were worked.
    #expect(remains.result?.seconds == 4)
    #expect(remains.result?.utilization == 5.0 / 6)
  }

  @Test func `progress tells every durable record once`() throws {
    let study = Self.study(.pbt(PBTOptions(population: 4, generations: 3, interval: 1)))
    var seen: [Record] = []
    var most = 0
    let (_, result, contents) = try Self.run(study, groups: 2) { progress in
      seen += progress.records
      most = max(most, progress.busyGroups)
    }
    #expect(seen == contents.lines.map(\.record))
    #expect(most == 2)
    #expect(result.summary.jobs == 12)
  }

  @Test func `the learning curves reward a search`() throws {
    let random = try Self.run(Self.study(.full(FullRunOptions(trials: 1, budget: 16))), groups: 4).1
    let halving = try Self.run(Self.study(.asha(ASHAOptions(trials: 100, maximumBudget: 16))), groups: 4).1
    let (first, best) = (try #require(random.summary.best), try #require(halving.summary.best))
    #expect(best.score > first.score)
    #expect(best.score > 0.5 && best.score < 1)
  }

  @Test func `a stop is answered, and the study goes on later`() throws {
    let population = MiniaturePopulation(members: 4, generations: 4)
    let reference = try Simulation(scheduler: population).run().studyRecords
    var asked = 0
    let stopped = try Simulation(
      scheduler: population,
      stopRequest: {
        asked += 1
        return asked == 7 ? .deadline : nil
      }
    ).run()
    #expect(stopped.result?.summary.ending == .unfinished(.deadline))
    let resumed = try Simulation(
      scheduler: population, journal: stopped.journal, checkpoints: stopped.checkpoints
    ).run()
    #expect(try resumed.studyRecords == reference)
  }
}
