import Search
import Testing

@testable import Tuner

/// What a study measures on the second dev split is recorded, and decides nothing.
@Suite struct SecondDevTests {
  private static func run(
    _ scheduler: SchedulerConfiguration, _ sampler: SamplerConfiguration.Kind,
    second: @escaping @Sendable (Job) -> Double
  ) throws -> Simulation.Remains {
    let study = Study.test(seed: 3)
    var training = VirtualTraining.test()
    training.furtherMetrics = { ["second_dev_accuracy": second($0)] }
    return try Simulation(
      study: study,
      scheduler: scheduler.makeScheduler(space: study.space, seed: 3, mutable: ["x"]),
      sampler: SamplerConfiguration(sampler).makeSampler(), training: training
    ).run()
  }

  /// A scheduler is handed an `Outcome`, a sampler `Evidence`: costs of the objectives, and by how much
  /// limits are broken.
  @Test(arguments: [SamplerConfiguration.Kind.random, .gp, .tpe])
  func `no scheduler and no sampler is handed it`(sampler: SamplerConfiguration.Kind) throws {
    for scheduler in [
      SchedulerConfiguration.asha(ASHAOptions(trials: 12, maximumBudget: 4, reduction: 2)),
      .pbt(PBTOptions(population: 4, generations: 3, interval: 2)),
    ] {
      let one = try Self.run(scheduler, sampler) { _ in 0.5 }
      let other = try Self.run(scheduler, sampler) { job in Double(job.id.rawValue * 37 % 11) - 5 }
      #expect(try one.jobs.map(\.job) == other.jobs.map(\.job))
      let (first, second) = (try #require(one.result).summary.best, try #require(other.result).summary.best)
      #expect(first?.trial == second?.trial && first?.score == second?.score)
      // It is in the journal all the same.
      let history = try History(other.contents)
      for segment in history.trials.flatMap(\.segments) {
        #expect(
          segment.measurements.last?.metrics["second_dev_accuracy"]
            == Double(segment.job.id.rawValue * 37 % 11) - 5)
      }
    }
  }
}
