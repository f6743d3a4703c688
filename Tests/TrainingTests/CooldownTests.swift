import Testing

@testable import Training

@Suite struct CooldownTests {
  private static func trainer(
    _ model: SmallModel = .mlp, cooldown: Double, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    var configuration = model.configuration
    configuration.optimizer.learningRate = 0.02
    configuration.cooldown.length = cooldown
    change(&configuration)
    return try Trainer(configuration, data: model.data, seed: 5, trial: 1)
  }

  @Test(arguments: MeasuredCooldown.Descent.allCases)
  func `a trial is measured as if the rate had fallen to 0 by hand`(shape: MeasuredCooldown.Descent) throws {
    var cooled = try Self.trainer(cooldown: 8) { $0.cooldown.descent = shape }
    var byHand = try Self.trainer(cooldown: 0)
    _ = try cooled.train(to: 12)
    _ = try byHand.train(to: 12)
    for step in 1...8 {
      let rate = 0.02 * descent(shape.rawValue, Double(step) / 9)
      try byHand.set(["learning_rate": .number(rate)])
      _ = try byHand.train(to: 12 + step)
    }
    let expected = try byHand.measure()
    let found = try cooled.measure()
    #expect(found.metrics["dev_loss"] == expected.metrics["dev_loss"])
    #expect(found.metrics["dev_accuracy"] == expected.metrics["dev_accuracy"])
    // The budget and the training loss are the trial's own.
    #expect(found.budget == 12)
    #expect(found.metrics["train_loss"] != expected.metrics["train_loss"])
  }

  @Test(arguments: SmallModel.allCases)
  func `a trial goes on as if it had not been measured, bit for bit`(model: SmallModel) throws {
    var measured = try Self.trainer(model, cooldown: 4)
    var unmeasured = try Self.trainer(model, cooldown: 4)
    _ = try measured.train(to: 5)
    let first = try measured.measure()
    #expect(try measured.measure().metrics["dev_loss"] == first.metrics["dev_loss"])
    _ = try measured.train(to: 9)
    _ = try unmeasured.train(to: 9)
    #expect(try measured.snapshot()?.blocks == unmeasured.snapshot()?.blocks)
  }

  @Test func `an interrupted cooldown saves what the trial goes on from, and then goes on itself`() throws {
    var interrupted = try Self.trainer(cooldown: 8)
    var whole = try Self.trainer(cooldown: 8)
    var steps = 0
    let pause = try interrupted.train(to: 12) {
      steps += 1
      return steps == 15
    }
    #expect(pause == .interrupted)
    var before = try Self.trainer(cooldown: 0)
    _ = try before.train(to: 12)
    let saved = try interrupted.snapshot()
    #expect(try saved?.blocks == before.snapshot()?.blocks)
    #expect(saved?.progress.step == 12)
    _ = try whole.train(to: 12)
    #expect(try interrupted.train(to: 12) == .reachedTarget)
    #expect(try interrupted.measure() == whole.measure())
  }

  @Test func `a cooldown in epochs follows every schedule, and its time counts`() throws {
    func change(_ configuration: inout TrainingConfiguration) {
      configuration.budgetUnit = .epochs
      configuration.resourceMetrics = [.trainingSeconds]
      configuration.schedule.decay = .plateau
      var growth = ScheduleConfiguration()
      (growth.decay, growth[.decayInterval], growth[.decayFactor]) = (.step, 1, 2)
      configuration.schedules = ["batch_size": growth]
    }
    var measured = try Self.trainer(cooldown: 0.5, change)
    var unmeasured = try Self.trainer(cooldown: 0.5, change)
    _ = try measured.train(to: 1)
    let before = measured.progress.trainingSeconds ?? 0
    _ = try measured.measure()
    #expect(measured.progress.trainingSeconds == before)
    #expect(before > 0)
    _ = try measured.train(to: 3)
    _ = try unmeasured.train(to: 3)
    #expect(try measured.snapshot()?.blocks == unmeasured.snapshot()?.blocks)
    #expect(measured.progress.scheduleMemory == unmeasured.progress.scheduleMemory)
  }
}
