import MPI
import RankTesting
import Testing

@testable import Training

/// Batch normalization whose statistics do not depend on the number of ranks.
@Suite(.serialized) struct BatchStatisticsRankTests {
  enum Model: CaseIterable { case mlp, cnn, resnet }

  private static func configuration(
    _ model: Model, _ kind: BatchStatistics.Kind, ranks: Int, accumulation: Int = 1
  ) -> TrainingConfiguration {
    var configuration = TrainerRankTests.configuration()
    let statistics = BatchStatistics(kind: kind, ghostBatch: 4)
    switch model {
    case .mlp:
      var mlp = MLPConfiguration()
      (mlp.hidden, mlp.normalization, mlp.statistics) = ([24, 16], .batch, statistics)
      configuration.model = .mlp(mlp)
    case .cnn:
      var cnn = CNNConfiguration()
      (cnn.width, cnn.statistics) = (4, statistics)
      configuration.model = .cnn(cnn)
    case .resnet:
      var resnet = ResNetConfiguration()
      (resnet.depth, resnet.width, resnet.statistics) = (8, 4, statistics)
      configuration.model = .resnet(resnet)
    }
    (configuration.batchSize, configuration.accumulation) = (12 * ranks * accumulation, accumulation)
    return configuration
  }

  @Test(arguments: Model.allCases, [BatchStatistics.Kind.group, .ghost])
  func `a group trains and evaluates as one rank does, to rounding`(
    model: Model, kind: BatchStatistics.Kind
  ) throws {
    try withRanks { group in
      let configuration = Self.configuration(model, kind, ranks: group.size)
      let data = try TrainerRankTests.digits.get()
      var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
      var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      for step in 1...4 {
        #expect(try alone.train(to: step) { false } == .reachedTarget)
        #expect(try together.train(to: step) { false } == .reachedTarget)
        let expected = try alone.measure().metrics
        for (name, value) in try together.measure().metrics {
          #expect(abs(value - (expected[name] ?? .nan)) < 2e-4, "\(name) after step \(step)")
        }
      }
      let snapshot = try together.snapshot()
      guard let snapshot, let reference = try alone.snapshot() else { return }
      for block in ["parameters", "buffers"] {
        let pairs = zip(
          try #require(snapshot.blocks[block]?.values), try #require(reference.blocks[block]?.values))
        #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 }, "\(block)")
      }
    }
  }

  @Test(arguments: [BatchStatistics.Kind.group, .ghost])
  func `a restored group goes on bit for bit`(kind: BatchStatistics.Kind) throws {
    try withRanks { group in
      let configuration = Self.configuration(.cnn, kind, ranks: group.size, accumulation: 2)
      let data = try TrainerRankTests.digits.get()
      var uninterrupted = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try uninterrupted.train(to: 4) { false }
      var first = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try first.train(to: 2) { false }
      _ = try first.measure()
      var second = try Trainer(configuration, data: data, seed: 1, trial: 5, on: group)
      #expect(try second.takeUp(configuration, trial: 4))
      try second.restore(first.snapshot())
      _ = try second.train(to: 4) { false }
      #expect(try second.snapshot()?.blocks == uninterrupted.snapshot()?.blocks)
    }
  }

  /// In the passes of a step, where the others sum statistics with it.
  @Test(arguments: 1...5)
  func `a rank that fails between two sums leaves none waiting`(pass: Int) throws {
    try withRanks(patience: 20) { group in
      let configuration = Self.configuration(.resnet, .group, ranks: group.size, accumulation: 2)
      let data = try TrainerRankTests.digits.get()
      let isLast = group.rank.rawValue == group.size - 1
      var forward = 0
      let lost = TrainingError.memory(subject: "a test", expected: "more", found: "less", remedy: "None.")
      var found: TrainingError?
      let probe: TrainerProbe = { stage throws(TrainingError) in
        if stage == .forward { forward += 1 }
        if isLast, stage == .forward, forward == pass { throw lost }
      }
      do throws(TrainingError) {
        var trainer = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group, probe: probe)
        _ = try trainer.train(to: 4) { false }
      } catch { found = error }
      #expect(found == lost)
      var trainer = try Trainer(configuration, data: data, seed: 1, trial: 5, on: group)
      #expect(try trainer.train(to: 1) { false } == .reachedTarget)
    }
  }
}
