import Testing

@testable import Training

@Suite struct EarlyStoppingTests {
  /// Whose dev loss rises again soon.
  private static func trainer(
    _ model: SmallModel = .mlp, patience: Int, _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) throws -> Trainer {
    var configuration = model.configuration
    configuration.optimizer.learningRate = 0.3
    configuration.stopping.patience = patience
    configuration.resourceMetrics = patience > 0 ? [.bestBudget] : nil
    change(&configuration)
    return try Trainer(configuration, data: model.data, seed: 5, trial: 1)
  }

  private static func hasStopped(_ trainer: borrowing Trainer) -> Bool { trainer.hasStopped }

  @Test(arguments: SmallModel.allCases)
  func `a trial stops at the weights of its lowest dev loss`(model: SmallModel) throws {
    var plain = try Self.trainer(model, patience: 0)
    var losses: [Double] = []
    for budget in 1...30 {
      _ = try plain.train(to: budget)
      losses.append(try #require(plain.measure().metrics["dev_loss"]))
    }
    var (best, looks, stop) = (0, 0, 29)
    for (place, loss) in losses.enumerated() where place > 0 && stop == 29 {
      (best, looks) = loss < losses[best] ? (place, 0) : (best, looks + 1)
      if looks == 3 { stop = place }
    }
    try #require(stop < 29)
    var stopping = try Self.trainer(model, patience: 3)
    _ = try stopping.train(to: stop)
    // Not yet: the state is the trained one.
    #expect(try stopping.measure().metrics["dev_loss"] == losses[stop - 1])
    _ = try stopping.train(to: 30)
    let found = try stopping.measure()
    #expect(found.budget == 30)
    #expect(found.metrics["dev_loss"] == losses[best])
    #expect(found.metrics["best_budget"] == Double(best + 1))
    var at = try Self.trainer(model, patience: 0)
    _ = try at.train(to: best + 1)
    for block in ["parameters", "buffers"] {
      #expect(try stopping.snapshot()?.blocks[block] == at.snapshot()?.blocks[block])
    }
  }

  @Test(arguments: [2, 12, 30])
  func `a trial that was saved stops where one does that was not, bit for bit`(saved: Int) throws {
    var whole = try Self.trainer(.resnet, patience: 3)
    _ = try whole.train(to: 40)
    var first = try Self.trainer(.resnet, patience: 3)
    _ = try first.train(to: saved)
    var second = try Self.trainer(.resnet, patience: 3)
    try second.restore(first.snapshot())
    _ = try second.train(to: 40)
    #expect(try second.snapshot() == whole.snapshot())
    #expect(Self.hasStopped(whole) == true)
  }

  @Test func `other hyperparameters wake a trial that has stopped, which goes on from its best weights`()
    throws
  {
    var trainer = try Self.trainer(patience: 2) { $0.budgetUnit = .epochs }
    _ = try trainer.train(to: 12)
    #expect(Self.hasStopped(trainer) == true)
    let before = try #require(trainer.measure().metrics["dev_loss"])
    let (step, samples) = (trainer.progress.step, trainer.progress.samples)
    try trainer.set(["learning_rate": .number(0.3)])
    #expect(Self.hasStopped(trainer) == true)
    try trainer.set(["learning_rate": .number(1e-4)])
    #expect(Self.hasStopped(trainer) == false)
    var copy = try Self.trainer(patience: 2) { $0.budgetUnit = .epochs }
    try copy.set(["learning_rate": .number(1e-4)])
    try copy.restore(trainer.snapshot())
    _ = try trainer.train(to: 13)
    _ = try copy.train(to: 13)
    #expect(trainer.progress.step > step && trainer.progress.samples > samples)
    #expect(trainer.budget == 13)
    #expect(try trainer.measure().metrics["dev_loss"] != before)
    #expect(try trainer.snapshot()?.blocks == copy.snapshot()?.blocks)
  }

  @Test func `a clone of a trial that has stopped trains under hyperparameters of its own`() throws {
    var parent = try Self.trainer(patience: 2)
    _ = try parent.train(to: 40)
    #expect(Self.hasStopped(parent) == true)
    let snapshot = try parent.snapshot()
    // An interrupted job of the same trial, and a clone.
    for (rate, isStopped) in [(0.3, true), (1e-4, false)] {
      var other = try Self.trainer(patience: 2) { $0.optimizer.learningRate = rate }
      try other.restore(snapshot)
      #expect(Self.hasStopped(other) == isStopped)
      _ = try other.train(to: 42)
      let isAsBefore = try other.snapshot()?.blocks["parameters"] == snapshot?.blocks["parameters"]
      #expect(isAsBefore == isStopped)
    }
  }

  @Test func `a trial that has stopped tells the training loss that it last had`() throws {
    var trainer = try Self.trainer(patience: 2)
    _ = try trainer.train(to: 40)
    let loss = try #require(trainer.measure().metrics["train_loss"])
    _ = try trainer.train(to: 50)
    #expect(try trainer.measure().metrics["train_loss"] == loss)
    var copy = try Self.trainer(patience: 2)
    try copy.restore(trainer.snapshot())
    _ = try copy.train(to: 60)
    #expect(try copy.measure().metrics["train_loss"] == loss)
  }

  @Test func `a loss must be lower by delta, and looks may be further apart`() throws {
    var trainer = try Self.trainer(patience: 2) {
      ($0.stopping.delta, $0.stopping.interval, $0.optimizer.learningRate) = (100, 3, 0.01)
    }
    _ = try trainer.train(to: 8)
    #expect(Self.hasStopped(trainer) == false)
    _ = try trainer.train(to: 9)
    #expect(Self.hasStopped(trainer) == true)
    #expect(try trainer.measure().metrics["best_budget"] == 3)
  }

  @Test func `what evaluates other weights than it trains is refused beside it`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.stopping.patience = 1
    #expect(configuration.validate().isEmpty)
    configuration.averaging.kind = .ema
    configuration.cooldown.length = 1
    #expect(
      configuration.validate().map(\.description) == [
        "early_stopping: expected weights that are evaluated as they are trained, found others, by averaging. "
          + "Take one of the two out.",
        "early_stopping: expected weights that are evaluated as they are trained, found others, by cooldown. "
          + "Take one of the two out.",
      ])
    configuration = SmallModel.mlp.configuration
    configuration.resourceMetrics = [.bestBudget]
    #expect(
      configuration.validate().map(\.description) == [
        "best_budget: expected early stopping, which has a best budget, found none. "
          + "Set training.early_stopping, or take the metric out."
      ])
  }
}
