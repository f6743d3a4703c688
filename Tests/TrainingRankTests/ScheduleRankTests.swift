import MPI
import RankTesting
import Testing
import Training

/// What changes as a trial goes on changes on all ranks of its group at once.
@Suite(.serialized) struct ScheduleRankTests {
  private static func schedule(_ text: String, _ options: [String: HyperparameterValue]) throws
    -> ScheduleConfiguration
  {
    var schedule = ScheduleConfiguration()
    schedule.decay = try #require(ScheduleKind(rawValue: text))
    schedule.length = 6
    for (name, value) in options {
      schedule.set(try #require(ScheduleOption.all.first { $0.name == name }), to: value)
    }
    return schedule
  }

  @Test func `a group follows schedules as one rank does, to rounding`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      // A multiple of every number of ranks up to 7, so that no group rounds it.
      configuration.batchSize = 420
      configuration.schedules = [
        "momentum": try Self.schedule("linear", ["final_fraction": .number(0.5)]),
        "dropout": try Self.schedule("cosine", [:]),
        "batch_size": try Self.schedule("step", ["decay_factor": .number(2), "decay_interval": .number(3)]),
      ]
      var alone = try Trainer(configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4)
      var together = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      _ = try alone.train(to: 6) { false }
      _ = try together.train(to: 6) { false }
      #expect(together.progress.samples == alone.progress.samples)
      #expect(try together.effectiveHyperparameters() == configuration.hyperparameters)
      let expected = try alone.measure().metrics
      for (name, value) in try together.measure().metrics {
        #expect(abs(value - (expected[name] ?? .nan)) < 1e-4, "\(name)")
      }
    }
  }

  @Test func `a group measures after a cooldown and is again what it was, bit for bit`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration(.adamw)
      configuration.cooldown.length = 6
      var alone = try Trainer(configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4)
      var together = try Trainer(
        configuration, data: TrainerRankTests.digits.get(), seed: 1, trial: 4, on: group)
      _ = try alone.train(to: 5) { false }
      _ = try together.train(to: 5) { false }
      let before = try together.snapshot()
      let (one, other) = (try alone.measure().metrics["dev_loss"], try together.measure().metrics["dev_loss"])
      #expect(abs(try #require(one) - #require(other)) < 1e-3)
      #expect(try together.snapshot()?.blocks == before?.blocks)
    }
  }

  @Test func `all ranks lower the rate after the same measurement, a restored group too`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      configuration.schedule = try Self.schedule(
        "plateau", ["patience": .number(1), "threshold": .number(0.9), "measured_every": .number(2)])
      let data = try TrainerRankTests.digits.get()
      var first = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try first.train(to: 7) { false }
      #expect(first.nextLearningRate == 0.01 * 0.5)
      var second = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      try second.restore(first.snapshot())
      #expect(second.progress == first.progress)
      _ = try second.train(to: 11) { false }
      #expect(second.nextLearningRate == 0.01 * 0.25)
    }
  }

  @Test func `all ranks stop early after the same look, at the same weights`() throws {
    try withRanks { group in
      var configuration = TrainerRankTests.configuration()
      (configuration.optimizer.learningRate, configuration.stopping.patience) = (2, 2)
      configuration.resourceMetrics = [.bestBudget]
      let data = try TrainerRankTests.digits.get()
      var alone = try Trainer(configuration, data: data, seed: 1, trial: 4)
      var together = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      _ = try alone.train(to: 40) { false }
      _ = try together.train(to: 12) { false }
      var restored = try Trainer(configuration, data: data, seed: 1, trial: 4, on: group)
      try restored.restore(together.snapshot())
      _ = try together.train(to: 40) { false }
      _ = try restored.train(to: 40) { false }
      #expect(try restored.snapshot()?.blocks == together.snapshot()?.blocks)
      let (expected, found) = (try alone.measure().metrics, try together.measure().metrics)
      #expect(found["best_budget"] == expected["best_budget"])
      #expect(try #require(found["best_budget"]) < 38)
      #expect(abs(try #require(found["dev_loss"]) - #require(expected["dev_loss"])) < 1e-3)
    }
  }
}
