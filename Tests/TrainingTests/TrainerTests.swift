import Glibc
import Testing
import Training

@Suite struct TrainerStateTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var model: SmallModel
    var optimizer: OptimizerConfiguration.Kind
    var testDescription: String { "\(model.rawValue), \(optimizer.rawValue)" }
  }

  static let cases = SmallModel.allCases.flatMap { model in
    OptimizerConfiguration.Kind.allCases.map { Case(model: model, optimizer: $0) }
  }

  static func trainer(_ test: Case, trial: Int = 5) throws -> Trainer {
    var configuration = test.model.configuration
    configuration.optimizer.kind = test.optimizer
    configuration.optimizer.learningRate = 0.01
    configuration.schedule.warmup = 4
    return try Trainer(configuration, data: test.model.data, seed: 11, trial: trial)
  }

  @Test(arguments: cases)
  func `a restored trial goes on as if it had never stopped, bit for bit`(test: Case) throws {
    var uninterrupted = try Self.trainer(test)
    #expect(try uninterrupted.train(to: 13) == .reachedTarget)
    let expected = try uninterrupted.snapshot()

    var first = try Self.trainer(test)
    #expect(try first.train(to: 6) == .reachedTarget)
    var second = try Self.trainer(test)
    try second.restore(first.snapshot())
    #expect(second.budget == 6)
    #expect(try second.train(to: 13) == .reachedTarget)
    #expect(try second.snapshot() == expected)
    #expect(try second.measure() == uninterrupted.measure())
  }

  @Test func `an interrupted epoch goes on in its middle, bit for bit`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    let data = try SmallModel.mlp.data
    var uninterrupted = try Trainer(configuration, data: data, seed: 2, trial: 0)
    #expect(try uninterrupted.train(to: 2) == .reachedTarget)

    var first = try Trainer(configuration, data: data, seed: 2, trial: 0)
    #expect(try first.train(to: 2) { true } == .interrupted)
    #expect(first.progress.step == 1)
    #expect(first.budget == 0)
    var second = try Trainer(configuration, data: data, seed: 2, trial: 0)
    try second.restore(first.snapshot())
    #expect(try second.train(to: 2) == .reachedTarget)
    #expect(try second.snapshot() == uninterrupted.snapshot())
    // The training loss since the last measurement is the whole stretch's, too.
    #expect(try second.measure() == uninterrupted.measure())
  }

  @Test func `an epoch is as many steps as whole batches fit`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration.batchSize = 100
    let data = try SmallModel.mlp.data
    var trainer = try Trainer(configuration, data: data, seed: 2, trial: 0)
    _ = try trainer.train(to: 3)
    #expect(trainer.budget == 3)
    #expect(trainer.progress.step == 3 * (data.count(of: .train) / 100))
    #expect(trainer.progress.samples == 3 * data.count(of: .train))
  }

  @Test(arguments: SmallModel.allCases)
  func `equal seed and trial are equal from the start, others differ`(model: SmallModel) throws {
    func snapshot(seed: UInt64, trial: Int) throws -> Snapshot? {
      var trainer = try Trainer(model.configuration, data: model.data, seed: seed, trial: trial)
      _ = try trainer.train(to: 3)
      return try trainer.snapshot()
    }
    let first = try snapshot(seed: 1, trial: 1)
    #expect(try snapshot(seed: 1, trial: 1) == first)
    #expect(try snapshot(seed: 1, trial: 2) != first)
    #expect(try snapshot(seed: 2, trial: 1) != first)
  }

  @Test(arguments: [SmallModel.mlp, .transformer])
  func `micro-batches change a step by roundings only`(model: SmallModel) throws {
    var parameters: [[Float]] = []
    for accumulation in [1, 3] {
      var configuration = model.configuration
      configuration.accumulation = accumulation
      configuration.optimizer.kind = .sgd
      var trainer = try Trainer(configuration, data: model.data, seed: 1, trial: 1)
      _ = try trainer.train(to: 3)
      parameters.append(try #require(trainer.snapshot()?.blocks["parameters"]?.values))
    }
    for (one, three) in zip(parameters[0], parameters[1]) { #expect(abs(one - three) <= 1e-6) }
  }

  @Test func `a clone takes weights and optimizer memory, and keeps its own hyperparameters`() throws {
    var parent = try Self.trainer(Case(model: .mlp, optimizer: .lamb))
    _ = try parent.train(to: 4)
    var configuration = parent.configuration
    configuration.optimizer.learningRate = 0.002
    configuration.batchSize = 48
    var clone = try Trainer(configuration, data: SmallModel.mlp.data, seed: 11, trial: 9)
    try clone.restore(parent.snapshot())
    #expect(try clone.snapshot() == parent.snapshot())
    #expect(try clone.effectiveHyperparameters()["learning_rate"] == .number(0.002))
    #expect(try clone.effectiveHyperparameters()["batch_size"] == .number(48))
    _ = try clone.train(to: 5)
    #expect(clone.progress.samples == 4 * 32 + 48)
  }

  @Test func `a snapshot of another model or optimizer is refused`() throws {
    let mlp = try Self.trainer(Case(model: .mlp, optimizer: .lamb))
    var other = try Self.trainer(Case(model: .mlp, optimizer: .sgd))
    #expect(
      trainingError { () throws(TrainingError) in try other.restore(mlp.snapshot()) } == """
        snapshot: expected the blocks buffers, optimizer.momentum, parameters, found buffers, optimizer.first_moment, \
        optimizer.second_moment, parameters. Restore a snapshot of the same model and optimizer.
        """)
    var resnet = try Self.trainer(Case(model: .resnet, optimizer: .lamb))
    let message = trainingError { () throws(TrainingError) in try resnet.restore(mlp.snapshot()) }
    #expect(
      message.hasPrefix("snapshot block parameters: expected stem.convolution.weight [4, 1, 3, 3], stem.norm")
    )
    #expect(message.hasSuffix("layers.2.bias [10]. Restore a snapshot of the same model."))
  }
}

@Suite struct TrainerTests {
  /// A smoke test with a bar: the built-in study's kind of model learns the digits.
  @Test func `an MLP learns the digits`() throws {
    var configuration = TrainingConfiguration()
    configuration.optimizer.learningRate = 3e-3
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 1)
    _ = try trainer.train(to: 10)
    let measurement = try trainer.measure()
    #expect(measurement.budget == 10)
    #expect(try #require(measurement.metrics["dev_accuracy"]) > 0.95)
    #expect(try #require(measurement.metrics["train_loss"]) < 0.5)
    #expect(Set(measurement.metrics.keys) == ["dev_loss", "dev_accuracy", "train_loss"])
  }

  @Test func `a transformer learns its text`() throws {
    var configuration = SmallModel.transformer.configuration
    configuration.optimizer.learningRate = 0.01
    var trainer = try Trainer(configuration, data: SmallModel.transformer.data, seed: 1, trial: 1)
    guard case .text(let vocabulary, _) = try SmallModel.transformer.data.form else {
      Issue.record("expected text")
      return
    }
    let before = try #require(trainer.measure().metrics["dev_loss"])
    _ = try trainer.train(to: 60)
    let after = try #require(trainer.measure().metrics["dev_loss"])
    #expect(abs(before - log(Double(vocabulary.count))) < 0.1)
    #expect(after < before - 1)
  }

  @Test func `how a measurement is cut into passes doesn't matter, nor when it is taken`() throws {
    var measurements: [Training.Measurement] = []
    for size in [512, 7] {
      var configuration = SmallModel.resnet.configuration
      configuration.evaluationBatchSize = size
      var trainer = try Trainer(configuration, data: SmallModel.resnet.data, seed: 1, trial: 1)
      _ = try trainer.train(to: 3)
      _ = try trainer.measure()
      _ = try trainer.train(to: 5)
      measurements.append(try trainer.measure())
      #expect(try trainer.measure().metrics["train_loss"] == nil)
    }
    for (name, value) in measurements[0].metrics {
      #expect(abs(value - (measurements[1].metrics[name] ?? .nan)) < 1e-5, "\(name)")
    }
  }

  @Test func `the test split is measured apart`() throws {
    var trainer = try Trainer(SmallModel.mlp.configuration, data: SmallModel.mlp.data, seed: 1, trial: 1)
    #expect(Set(try trainer.measureTestSplit().metrics.keys) == ["test_loss", "test_accuracy"])
    let data = try TrainingData(.digits, split: SplitFractions(train: 0.9, dev: 0.1, test: 0), seed: 1)
    var untestable = try Trainer(SmallModel.mlp.configuration, data: data, seed: 1, trial: 1)
    #expect(
      trainingError { () throws(TrainingError) in _ = try untestable.measureTestSplit() } == """
        split.test: expected a number above 0, found 0. Set it, and train anew: the samples must not have been trained on.
        """)
  }

  @Test func `a trial that diverges says so`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.optimizer.kind = .sgd
    configuration.optimizer.learningRate = 1e30
    configuration.gradientClip = 0
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 1)
    do {
      _ = try trainer.train(to: 50) { false }
      Issue.record("expected divergence")
    } catch .diverged(let step, _) {
      #expect(step < 50)
      #expect(trainer.progress.step == step)
    } catch {
      Issue.record("expected divergence, found \(error)")
    }
  }

  @Test func `a batch that the data doesn't hold is refused`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.batchSize = 2_000
    let data = try SmallModel.mlp.data
    #expect(
      trainingError { () throws(TrainingError) in
        _ = try Trainer(configuration, data: data, seed: 1, trial: 1)
      } == """
        batch_size: expected 1 to \(data.count(of: .train)), the samples of the train split, found 2000. Write a smaller \
        batch, or give more data.
        """)
  }
}
