import MPI
import RankTesting
import Testing

@testable import Training

/// Ranks that share the optimizer's memory, beside ranks that each keep all of it.
@Suite(.serialized) struct ShardedOptimizerRankTests {
  static let kinds = OptimizerConfiguration.Kind.allCases.filter {
    !OptimizerConfiguration($0).averagesItself
  }

  static func configuration(_ kind: OptimizerConfiguration.Kind, isSharded: Bool) -> TrainingConfiguration {
    var configuration = TrainerRankTests.configuration(kind)
    configuration.sharding.isOn = isSharded
    return configuration
  }

  static func trainer(
    _ kind: OptimizerConfiguration.Kind, isSharded: Bool, on group: borrowing Communicator
  ) throws -> Trainer {
    try Trainer(
      configuration(kind, isSharded: isSharded), data: TrainerRankTests.digits.get(), seed: 1, trial: 4,
      on: group)
  }

  @Test(arguments: kinds)
  func `a trial is the same whether or not its ranks share the memory, bit for bit`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    try withRanks { group in
      var whole = try Self.trainer(kind, isSharded: false, on: group)
      var sharded = try Self.trainer(kind, isSharded: true, on: group)
      for target in [3, 7] {
        _ = try whole.train(to: target) { false }
        _ = try sharded.train(to: target) { false }
        #expect(try sharded.measure() == whole.measure())
        #expect(try sharded.snapshot() == whole.snapshot())
      }
    }
  }

  /// Adafactor's and Muon's memory is no longer than rows or matrices; both look at whole tensors.
  @Test(arguments: kinds.filter { ["adamw", "lamb", "adafactor", "muon"].contains($0.rawValue) })
  func `a state goes from ranks that share to ranks that do not, and to one alone, and back`(
    kind: OptimizerConfiguration.Kind
  ) throws {
    try withRanks { group in
      var sharded = try Self.trainer(kind, isSharded: true, on: group)
      _ = try sharded.train(to: 4) { false }
      let state = try sharded.snapshot()
      _ = try sharded.train(to: 8) { false }

      var whole = try Self.trainer(kind, isSharded: false, on: group)
      try whole.restore(state)
      #expect(try whole.snapshot() == state)
      _ = try whole.train(to: 6) { false }
      var back = try Self.trainer(kind, isSharded: true, on: group)
      try back.restore(whole.snapshot())
      _ = try back.train(to: 8) { false }
      #expect(try back.snapshot() == sharded.snapshot())

      guard group.isRoot else { return }
      var alone = try Trainer(
        Self.configuration(kind, isSharded: true), data: TrainerRankTests.digits.get(), seed: 1, trial: 4)
      try alone.restore(state)
      #expect(try alone.snapshot() == state)
    }
  }

  /// What a rank's optimizer keeps.
  private static func bytes(isSharded: Bool, on group: borrowing Communicator) throws -> Int {
    let trainer = try trainer(.adamw, isSharded: isSharded, on: group)
    return trainer.optimizer.memoryPlaces.reduce(0) { $0 + $1.place.byteCount }
  }

  @Test func `each rank keeps its part of the memory, and all ranks together one whole`() throws {
    try withRanks { group in
      let own = try Self.bytes(isSharded: true, on: group)
      let whole = try Self.bytes(isSharded: false, on: group)
      let all = try group.allGather([Int64(own)]).map { Int($0[0]) }
      #expect(all.reduce(0, +) == whole)
      // Two moments of the largest tensor, of 64 by 24.
      #expect(own <= whole / group.size + 2 * 4 * 64 * 24)
      let estimate = try Self.configuration(.adamw, isSharded: true).memoryEstimate(
        for: TrainerRankTests.digits.get().form, ranksPerTrial: group.size)
      #expect(estimate.optimizer == all.max())
    }
  }

  @Test func `a rank that fails in its update alone ends the trial on all`() throws {
    try withRanks { group in
      guard group.size > 1 else { return }
      let last = group.rank.rawValue == group.size - 1
      var trainer = try Trainer(
        Self.configuration(.adamw, isSharded: true), data: TrainerRankTests.digits.get(), seed: 1, trial: 4,
        on: group,
        probe: { stage throws(TrainingError) in
          if stage == .updated, last { throw .library("lost") }
        })
      #expect(throws: TrainingError.library("lost")) { try trainer.train(to: 3) { false } }
    }
  }
}

/// What acts beside the optimizer, on several ranks.
@Suite(.serialized) struct StepHookRankTests {
  @Test func `a group with hooks trains as one rank does, to rounding`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration(.sgd)
      (configuration.clipping.value, configuration.clipping.adaptive) = (0.5, 0.1)
      (configuration.regularization.l1, configuration.regularization.groupLasso) = (1e-4, 1e-3)
      (configuration.regularization.maxNorm, configuration.regularization.gradientNoise) = (2, 1e-4)
      (configuration.averaging.kind, configuration.averaging.start) = (.ema, 2)
      let data = try TrainerRankTests.digits.get()
      var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
      var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try alone.train(to: 6) { false }
      _ = try together.train(to: 6) { false }
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
      guard let found = try together.snapshot(), let reference = try alone.snapshot() else { return }
      for name in ["parameters", "hook.averaged_weights"] {
        let pairs = zip(
          try #require(found.blocks[name]?.values), try #require(reference.blocks[name]?.values))
        for (one, other) in pairs { #expect(abs(one - other) < 1e-5) }
      }
    }
  }

  @Test func `the mean's statistics are the same on any number of ranks, to rounding`() throws {
    try withRanks { group in
      var resnet = ResNetConfiguration()
      (resnet.depth, resnet.width) = (8, 4)
      var configuration = TrainerRankTests.configuration(.sgd)
      configuration.model = .resnet(resnet)
      configuration.averaging.kind = .swa
      configuration.averaging.batches = 5
      let data = try TrainerRankTests.digits.get()
      var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
      _ = try alone.train(to: 4) { false }
      var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      try together.restore(group.isRoot ? alone.snapshot() : nil)
      let found = try #require(together.measure().metrics["dev_loss"])
      #expect(try abs(found - #require(alone.measure().metrics["dev_loss"])) < 1e-5)
    }
  }
}
