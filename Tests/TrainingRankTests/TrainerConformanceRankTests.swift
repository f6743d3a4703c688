import MPI
import RankTesting
import Testing
import TraineeTesting
import Training

@Suite(.serialized) struct TrainerConformanceRankTests {
  /// One with single numbers and with other parameters to evaluate, one with blocks of their own shapes, one
  /// with routes.
  static let optimizers = ["adamw", "schedule_free_adamw", "adafactor", "muon"].compactMap {
    OptimizerConfiguration.Kind(rawValue: $0)
  }

  private static func make(
    _ kind: OptimizerConfiguration.Kind, _ trial: Int, _ values: [String: HyperparameterValue],
    _ group: borrowing Communicator,
    probe: TrainerProbe? = nil
  ) throws(TrainingError) -> Trainer {
    let data: TrainingData
    do { data = try TrainerRankTests.digits.get() } catch { throw .library("\(error)") }
    let configuration = try TrainerRankTests.configuration(kind).setting(values)
    return try Trainer(configuration, data: data, seed: 1, trial: trial, on: group, probe: probe)
  }

  private static let foreign = Snapshot(
    progress: Progress(step: 4, budget: 1),
    blocks: ["weights.of.another": .init(layout: [.init(name: "w", shape: [2], offset: 0)], values: [1, 2])])

  @Test(arguments: TraineeCheck.allCases, optimizers)
  func `the built-in trainer is a trainee like any other`(
    check: TraineeCheck, kind: OptimizerConfiguration.Kind
  ) throws {
    try withRanks { group in
      let isLast = group.rank.rawValue == group.size - 1
      let own = TrainerRankTests.configuration(kind).hyperparameters
      try TraineeConformance(
        budgets: (3, 8),
        changes: [
          "learning_rate": .number(0.02), "weight_decay": .number(0.1), "beta1": .number(0.8),
          "gradient_clip": .number(0.5), "batch_size": .number(48), "label_smoothing": .number(0.1),
          "dropout": .number(0.3), "warmup": .number(2),
        ].filter { own[$0.key] != nil },
        fixed: ("hidden_width_1", .number(30)), foreign: (Self.foreign, "weights.of.another"),
        tolerance: 1e-3,
        makeFailing: { trial, values, group throws(TrainingError) in
          var steps = 0
          return try Self.make(kind, trial, values, group) { stage throws(TrainingError) in
            if stage == .gathered { steps += 1 }
            if isLast, stage == .forward, steps == 3 { throw .library("lost alone") }
          }
        },
        make: { trial, values, group throws(TrainingError) in try Self.make(kind, trial, values, group) }
      ).run(check, on: group)
    }
  }
}
