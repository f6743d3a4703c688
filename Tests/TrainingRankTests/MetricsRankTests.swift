import Foundation
import MPI
import RankTesting
import Testing

@testable import Training

/// A metric is the same on any number of ranks: counts and orders to the last digits, sums of floats to their
/// rounding.
@Suite(.serialized) struct MetricsRankTests {
  private static let counted = [
    "dev_balanced_accuracy", "dev_f1_macro", "dev_f1_micro", "dev_top_3_accuracy",
  ]

  @Test func `metrics of classes are those of one rank`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      configuration.taskMetrics =
        Self.counted + ["dev_auc", "dev_log_loss", "dev_brier", "dev_calibration_error"]
      configuration.errorMetrics = ["dev_accuracy", "dev_auc", "dev_f1_macro", "dev_loss"]
      try Self.compare(configuration, TrainerRankTests.digits.get(), on: group)
    }
  }

  @Test func `metrics of numbers are those of one rank`() throws {
    try withRanks { group in
      let set = try Self.numbers()
      var configuration = TrainerRankTests.configuration()
      configuration.batchSize = 32
      configuration.taskMetrics = ["dev_mse", "dev_rmse", "dev_mae", "dev_r2", "dev_pinball_90"]
      try Self.compare(configuration, TrainingData(set, split: SplitFractions(), seed: 3), on: group)
    }
  }

  @Test func `the worst of groups is that of one rank`() throws {
    try withRanks { group in
      var set = try Self.numbers()
      set.groupKeys = (0..<set.count).map { Double($0 % 13 / 5) }
      var configuration = TrainerRankTests.configuration()
      configuration.batchSize = 32
      configuration.taskMetrics = ["dev_worst_group_mse", "dev_worst_group_mae", "dev_worst_group_r2"]
      configuration.errorMetrics = ["dev_worst_group_mse"]
      let fractions = SplitFractions(train: 0.6, dev: 0.3, test: 0.1)
      try Self.compare(configuration, TrainingData(set, split: fractions, seed: 3), on: group)
    }
  }

  @Test func `a second dev split is measured as by one rank`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      configuration.batchSize = 32
      (configuration.taskMetrics, configuration.secondDevMetrics) = (["dev_mse"], ["dev_mse", "dev_loss"])
      let fractions = SplitFractions(train: 0.6, dev: 0.2, test: 0.1, secondDev: 0.1)
      let data = try TrainingData(Self.numbers(), split: fractions, seed: 3)
      var trainer = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      let names = Set(try trainer.measure().metrics.keys)
      #expect(names.isSuperset(of: ["second_dev_mse", "second_dev_loss"]))
      try Self.compare(configuration, data, on: group)
    }
  }

  @Test func `a rank without samples has nothing to add`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      configuration.batchSize = 8
      configuration.taskMetrics = ["dev_mse", "dev_r2"]
      // One sample in dev, so that all ranks but one have none.
      let fractions = SplitFractions(train: 0.98, dev: 0.01, test: 0.01)
      try Self.compare(configuration, TrainingData(Self.numbers(), split: fractions, seed: 3), on: group)
    }
  }

  @Test func `values of ranks are joined in their order`() throws {
    try withRanks { group in
      let peers = try TrainerPeers(group)
      let rank = Double(group.rank.rawValue)
      // Of different lengths, the first one's empty.
      let own = Array(repeating: rank + 0.1, count: group.rank.rawValue)
      let expected = (0..<group.size).flatMap { Array(repeating: Double($0) + 0.1, count: $0) }
      #expect(try peers.joined(own) == expected)
    }
  }

  private static func numbers() throws -> DataSet {
    let count = 100
    let values = try SampleMemory((0..<count * 5).map { Float($0 * 37 % 101) })
    let targets = try SampleMemory((0..<count).map { Float(500 + $0 * 53 % 97) })
    return try DataSet.measured(
      values: .memory(values), shape: [5], targets: targets, targetShape: [count], source: "samples",
      targetSource: "targets")
  }

  private static func compare(
    _ configuration: TrainingConfiguration, _ data: TrainingData, on group: borrowing Communicator
  ) throws {
    // Not trained, so that the weights are equal to the last bit.
    var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
    var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
    let (expected, found) = (try alone.measure().metrics, try together.measure().metrics)
    #expect(Set(expected.keys) == Set(found.keys))
    #expect(Set(configuration.taskMetrics ?? []).isSubset(of: found.keys))
    #expect(Set((configuration.errorMetrics ?? []).map(SamplingError.name)).isSubset(of: found.keys))
    for (name, value) in expected {
      let tolerance = counted.contains(name) ? 1e-12 : 1e-6
      #expect(abs(value - (found[name] ?? .nan)) <= tolerance * max(1e-3, abs(value)), "\(name)")
    }
  }
}
