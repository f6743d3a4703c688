import Foundation
import MPI
import RankTesting
import Testing
import Training

@Suite(.serialized) struct TrainerRankTests {
  static func configuration(_ optimizer: OptimizerConfiguration.Kind = .sgd) -> TrainingConfiguration {
    var mlp = MLPConfiguration()
    mlp.hidden = [24, 16]
    mlp.dropout = 0.2
    var configuration = TrainingConfiguration()
    configuration.model = .mlp(mlp)
    configuration.optimizer.kind = optimizer
    configuration.optimizer.learningRate = 0.01
    configuration.budgetUnit = .steps
    // Not a multiple of 3 or 7: shares differ by one sample.
    configuration.batchSize = 64
    return configuration
  }

  static let digits = Result { try TrainingData(.digits, split: SplitFractions(), seed: 3) }

  /// One rank alone, and all of them together, from equal seeds.
  @Test(arguments: OptimizerConfiguration.Kind.allCases)
  func `a group trains as one rank does, to rounding`(optimizer: OptimizerConfiguration.Kind) throws {
    try withRanks { group in
      let configuration = Self.configuration(optimizer)
      var alone = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4)
      var together = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      #expect(try alone.train(to: 5) { false } == .reachedTarget)
      #expect(try together.train(to: 5) { false } == .reachedTarget)
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
      let snapshot = try together.snapshot()
      #expect((snapshot != nil) == group.isRoot)
      guard let snapshot, let reference = try alone.snapshot() else { return }
      let pairs = zip(
        try #require(snapshot.blocks["parameters"]?.values),
        try #require(reference.blocks["parameters"]?.values))
      // Adam divides by the root of the second moment, so that a tiny gradient's rounding is a full step.
      let tolerance: Float = optimizer == .sgd ? 1e-6 : 1e-3
      for (one, other) in pairs { #expect(abs(one - other) < tolerance) }
      #expect(snapshot.scalars["samples"] == reference.scalars["samples"])
      guard case .number(let sum) = snapshot.scalars["loss_sum"],
        case .number(let expectedSum) = reference.scalars["loss_sum"]
      else {
        Issue.record("a snapshot without its sum of losses")
        return
      }
      #expect(abs(sum - expectedSum) < 1e-3)
    }
  }

  @Test func `all ranks stop after the same step when one is interrupted`() throws {
    try withRanks { group in
      var trainer = try Trainer(Self.configuration(), data: Self.digits.get(), seed: 1, trial: 4, on: group)
      let last = group.rank.rawValue == group.size - 1
      var asked = 0
      let pause = try trainer.train(to: 10) {
        asked += 1
        return last && asked == 4
      }
      #expect(pause == .interrupted)
      #expect(trainer.budget == 4)
      #expect(try group.allReduce(Int64(trainer.budget), .sum) == Int64(4 * group.size))
    }
  }

  @Test func `a restored group goes on as if it had never stopped, bit for bit`() throws {
    try withRanks { group in
      let configuration = Self.configuration(.lamb)
      var uninterrupted = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try uninterrupted.train(to: 8) { false }
      var first = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try first.train(to: 3) { false }
      var second = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      try second.restore(first.snapshot())
      _ = try second.train(to: 8) { false }
      #expect(try second.snapshot() == uninterrupted.snapshot())
      #expect(try second.measure() == uninterrupted.measure())
    }
  }

  @Test func `a snapshot that doesn't fit is refused on every rank`() throws {
    try withRanks { group in
      var trainer = try Trainer(Self.configuration(), data: Self.digits.get(), seed: 1, trial: 4, on: group)
      let message: String
      do {
        try trainer.restore(group.isRoot ? Snapshot(progress: Progress(), blocks: [:]) : nil)
        message = "no error"
      } catch {
        message = "\(error)"
      }
      #expect(
        message.hasPrefix("snapshot: expected the blocks buffers, optimizer.momentum, parameters, found"))
    }
  }

  @Test func `batch normalization's statistics are the root's when a group is measured`() throws {
    try withRanks { group in
      var resnet = ResNetConfiguration()
      resnet.depth = 8
      resnet.width = 4
      var configuration = Self.configuration()
      configuration.model = .resnet(resnet)
      var trainer = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4, on: group)
      _ = try trainer.train(to: 3) { false }
      let metrics = try trainer.measure().metrics
      // The root alone, with its own weights and statistics, finds the same.
      let snapshot = try trainer.snapshot()
      guard group.isRoot else { return }
      var alone = try Trainer(configuration, data: Self.digits.get(), seed: 1, trial: 4)
      try alone.restore(snapshot)
      for (name, value) in try alone.measure().metrics {
        #expect(abs(value - (metrics[name] ?? .nan)) < 1e-5, "\(name)")
      }
    }
  }
}

/// One rank fails alone: the others hear of it, and all go on together.
@Suite(.serialized) struct TrainerFailureRankTests {
  /// What making a trainer says, when the last rank's is made otherwise.
  private static func refusal(
    on group: borrowing Communicator, _ change: (inout TrainingConfiguration) -> Void
  ) throws -> TrainingError? {
    var configuration = TrainerRankTests.configuration()
    if group.rank.rawValue == group.size - 1 { change(&configuration) }
    let data = try TrainerRankTests.digits.get()
    do throws(TrainingError) {
      _ = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      return nil
    } catch { return error }
  }

  private static func isTold(
    _ what: (TrainingError) -> Bool, on group: borrowing Communicator,
    _ change: (inout TrainingConfiguration) -> Void
  ) throws {
    let error = try refusal(on: group, change)
    #expect(error.map(what) == true, "\(error?.description ?? "no error")")
    // All are together: another trial can begin.
    var trainer = try Trainer(
      TrainerRankTests.configuration(), data: TrainerRankTests.digits.get(), seed: 1, trial: 5, on: group)
    #expect(try trainer.train(to: 1) { false } == .reachedTarget)
  }

  @Test func `all ranks learn that one lacks the memory`() throws {
    try withRanks { group in
      try Self.isTold({ if case .memory = $0 { true } else { false } }, on: group) { configuration in
        var mlp = MLPConfiguration()
        mlp.hidden = [1_000_000_000]
        configuration.model = .mlp(mlp)
      }
    }
  }

  @Test func `all ranks learn that one lacks the threads`() throws {
    try withRanks { group in
      try Self.isTold({ if case .place = $0 { true } else { false } }, on: group) { $0.threads = 100_000 }
    }
  }

  @Test func `all ranks learn that one cannot prepare its data`() throws {
    try withRanks { group in
      try Self.isTold({ if case .invalid("batch_size", _, _, _) = $0 { true } else { false } }, on: group) {
        $0.batchSize = 1_000_000
      }
    }
  }

  @Test func `a rank that fails in a step tells the others in the exchange`() throws {
    try withRanks { ranks in
      let model = try SmallModel(seed: 3)
      let exchange = try GradientExchange(on: ranks, layout: model.layout)
      for failing in 0..<ranks.size {
        exchange.begin(model.gradients)
        let report = try exchange.finish(
          .init(lossSum: 0, samples: 1, isInterrupted: false, isFailed: ranks.rank.rawValue == failing))
        #expect(report.isFailed == (ranks.size > 1 || failing == 0))
      }
      let division = BatchDivision(globalBatch: 84, ranks: ranks.size)
      let report = try exchange.run(model, division, rank: ranks.rank.rawValue)
      #expect(!report.isFailed)
    }
  }
}
