import Foundation
import Randomness
import Search
import Testing
import Training
import Tuner

@Suite struct ReplicatesTests {
  /// Scores with noise of the trial's own, and no two alike.
  private static let training = VirtualTraining(
    seconds: { _, _, random in 1 + random.nextUniform() },
    cost: { job, random in
      guard case .number(let x) = job.configuration["x"] else { return .infinity }
      return (x - 6) * (x - 6) + random.nextNormal()
    })

  private static func simulation(
    _ scheduler: SchedulerConfiguration = .hyperband(HyperbandOptions(maximumBudget: 9)), replicates: Int = 3,
    groups: Int = 4, journal: [UInt8] = [], checkpoints: Set<String> = []
  ) throws -> Simulation {
    var study = Study.test()
    study.scheduler = scheduler
    study.replicates = replicates > 1 ? replicates : nil
    return Simulation(
      study: study,
      scheduler: try scheduler.makeScheduler(
        space: study.space, seed: study.seed, mutable: [], replicates: study.replication),
      sampler: SamplerConfiguration(.sobol).makeSampler(), groups: groups, training: training,
      journal: journal,
      checkpoints: checkpoints)
  }

  private static func jobs(_ remains: Simulation.Remains) throws -> [Job] {
    try remains.studyRecords.compactMap { if case .job(let record) = $0 { record.job } else { nil } }
  }

  @Test func `the sampler is asked once for all replicates of a trial`() throws {
    let full = SchedulerConfiguration.full(FullRunOptions(trials: 7, budget: 1))
    let once = try Self.jobs(Self.simulation(full, replicates: 1).run())
    let thrice = try Self.jobs(Self.simulation(full).run())
    #expect(thrice.count == 21)
    #expect(thrice.map(\.configuration) == once.flatMap { Array(repeating: $0.configuration, count: 3) })
  }

  @Test func `the best is the configuration with the best mean`() throws {
    let remains = try Self.simulation().run()
    let best = try #require(remains.result?.summary.best)
    let history = try History(remains.contents)
    #expect(history.replicates == 3)
    // The newest means, of those configurations that came as far as three did.
    let newest = stride(from: 0, to: history.trials.count, by: 3).compactMap { first -> (Int, Double)? in
      guard let last = history.trials[first].segments.indices.last else { return nil }
      let costs = (0..<3).compactMap { history.trials[first + $0].segments[last].cost }
      return (history.trials[first].segments[last].job.target, costs.reduce(0, +) / 3)
    }
    let budget = newest.map(\.0).sorted(by: >)[2]
    let least = try #require(newest.filter { $0.0 >= budget }.map(\.1).min())
    #expect(abs(-best.score - least) < 1e-12)
    #expect(try #require(best.standardError) > 0)
    #expect(try #require(history.best?.cost) == -best.score)
    #expect(history.best?.trial == best.trial)
    #expect(remains.checkpoints.contains(best.checkpoint))
  }

  @Test func `a run cut in the middle of a trial goes on to the same records`() throws {
    let whole = try Self.simulation().run()
    let files = Set(
      try whole.studyRecords.compactMap {
        if case .outcome(let record) = $0 { record.checkpoint } else { nil }
      })
    var random = CounterGenerator(seed: 3, purpose: .simulation)
    for _ in 0..<60 {
      let cut = Int.random(in: 0...whole.journal.count, using: &random)
      let resumed = try Self.simulation(
        groups: Int.random(in: 1...6, using: &random), journal: Array(whole.journal.prefix(cut)),
        checkpoints: files
      ).run()
      #expect(try resumed.studyRecords == whole.studyRecords, "cut at byte \(cut)")
    }
  }

  @Test func `the baseline is a mean, too`() throws {
    var simulation = try Self.simulation(.full(FullRunOptions(trials: 3, budget: 1)))
    simulation.study.starting = StartingConfigurations(baseline: Configuration(["x": .number(2)]))
    let remains = try simulation.run()
    let history = try History(remains.contents)
    let costs = history.trials.prefix(3).compactMap { $0.segments[0].cost }
    #expect(costs.count == 3)
    let baseline = try #require(remains.result?.summary.baseline)
    #expect(abs(-baseline.score - costs.reduce(0, +) / 3) < 1e-12)
    #expect(try #require(history.baselineComparison?.cost) == -baseline.score)
  }

  @Test func `the sampler is told every measurement, as one of its own trial`() throws {
    var simulation = try Self.simulation(.full(FullRunOptions(trials: 3, budget: 1)), groups: 1)
    simulation.sampler = CountingSampler()
    let counts = try Self.jobs(simulation.run()).map { $0.configuration["x"] }
    #expect(counts == [0, 0, 0, 3.25, 3.25, 3.25, 3.5, 3.5, 3.5].map { .number($0) })
  }
}

/// Proposes how many measurements it was told of trial 0, and a quarter for each trial, so that none is twice.
private struct CountingSampler: Sampler {
  func propose(
    _ trial: TrialID, in space: SearchSpace, given evidence: Evidence,
    using random: inout CounterGenerator
  ) throws(SearchError) -> Configuration {
    let count = evidence.completed.count { $0.trial == TrialID(0) }
    return Configuration(["x": .number(Double(count) + Double(trial.rawValue) / 4)])
  }

  @Test func `each trial of a reshuffled study has a dev split of its own, the same each time`() throws {
    var study = Study.test()
    let data = try TrainingData(.digits, split: SplitFractions(), seed: study.seed)
    let plain = String(decoding: try JSONEncoder().encode(study), as: UTF8.self)
    #expect(!plain.contains("devSplit"))
    study.devSplit = .reshuffled
    let again = try JSONDecoder().decode(Study.self, from: JSONEncoder().encode(study))
    #expect(again == study && again.hasDataOfTrials)
    func labels(_ study: Study, _ trial: Int) throws -> [Int64] {
      let own = try study.data(data, for: TrialID(trial))
      let buffer = try BatchBuffer(own, capacity: own.count(of: .dev))
      try buffer.fill(0..<own.count(of: .dev), of: .dev)
      return buffer.targets.classes.map { Array($0) } ?? []
    }
    let splits = try (0..<4).map { try labels(study, $0) }
    #expect(Set(splits).count == 4 && Set(splits.map { $0.sorted() }).count == 1)
    #expect(try (0..<4).map { try labels(again, $0) } == splits)
  }

  @Test func `each replicate of a cross-validation has a fold of its own`() throws {
    var study = Study.test()
    study.replicates = 3
    let data = try TrainingData(.digits, split: SplitFractions(), seed: study.seed)
    func dev(_ trial: Int) throws -> Int { try study.data(data, for: TrialID(trial)).count(of: .dev) }
    #expect(try dev(4) == data.count(of: .dev))
    study.crossValidation = true
    let all = data.count(of: .train) + data.count(of: .dev)
    #expect(try dev(3) + dev(4) + dev(5) == all)
    #expect(abs(try dev(4) * 3 - all) < 3)
  }
}
