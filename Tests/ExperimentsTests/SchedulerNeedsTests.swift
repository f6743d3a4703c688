import Search
import Testing
import Training

@testable import Experiments

/// What a scheduler needs of a trainee.
@Suite struct SchedulerNeedsTests {
  private static let anew = TraineeDescription(hyperparameters: [], metrics: [], isResumable: false)
  private static let resumable = TraineeDescription(hyperparameters: [], metrics: [])

  @Test(arguments: [
    SchedulerConfiguration.pbt(PBTOptions(population: 4, generations: 4, interval: 1)),
    .replay(ReplayOptions(schedule: [])),
  ])
  func `a scheduler that copies states is refused where a trainee gives none`(
    scheduler: SchedulerConfiguration
  ) throws {
    try scheduler.validate(for: Self.resumable)
    do throws(SearchError) {
      try scheduler.validate(for: Self.anew)
      Issue.record("\(scheduler.kind) was accepted")
    } catch {
      #expect(
        error.description
          == "scheduler.kind: expected a scheduler whose trials can begin anew, because this trainee gives and "
          + "takes no state, found \(scheduler.kind.rawValue). Write asha or hyperband, or train something that "
          + "can go on from a state.")
    }
  }

  @Test func `all others train such a trainee`() throws {
    for scheduler in [
      SchedulerConfiguration.full(FullRunOptions(trials: 2, budget: 2)),
      .asha(ASHAOptions(trials: 4, maximumBudget: 4)), .hyperband(HyperbandOptions(maximumBudget: 9)),
      .freezeThaw(FreezeThawOptions(runs: 3, maximumBudget: 9)), .dehb(DEHBOptions(maximumBudget: 9)),
    ] {
      try scheduler.validate(for: Self.anew)
    }
  }
}
