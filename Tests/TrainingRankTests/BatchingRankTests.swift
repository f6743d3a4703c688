import MPI
import RankTesting
import Testing
import Training

@Suite(.serialized) struct BatchingRankTests {
  /// Batches that no number of ranks divides, some with fewer samples than there are shares.
  @Test(
    arguments: [
      ["epoch_tail": .text("spread")],
      ["epoch_tail": .text("spread"), "class_weights": .text("balanced")],
      [
        "class_weights": .text("balanced"), "mixup": .number(0.4), "cutmix": .number(1), "flip": .number(0.5),
      ],
      ["sampling": .text("balanced"), "rotation": .number(20), "cutout": .number(0.3)],
    ] as [[String: HyperparameterValue]])
  func `a group trains on the same batches as one rank`(options: [String: HyperparameterValue]) throws {
    try withRanks { group in
      for (batch, accumulation) in [(64, 1), (717, 2), (2, 1)] {
        var configuration = try TrainerRankTests.configuration().setting(options)
        (configuration.batchSize, configuration.accumulation) = (batch, accumulation)
        let data = try TrainerRankTests.digits.get()
        var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
        var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
        _ = try alone.train(to: 5) { false }
        _ = try together.train(to: 5) { false }
        let expected = try alone.measure().metrics
        for (name, value) in try together.measure().metrics {
          #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name), batches of \(batch)")
        }
      }
    }
  }
}
