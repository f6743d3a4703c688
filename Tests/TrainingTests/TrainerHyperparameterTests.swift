import Testing
import Training

@Suite struct TrainerHyperparameterTests {
  /// A small configuration in which the hyperparameter means something.
  static func configuration(for hyperparameter: Hyperparameter) -> TrainingConfiguration {
    var configuration = SmallModel.having(hyperparameter.name).configuration
    switch hyperparameter.name {
    case let name where ScheduleOption.all.contains { $0.name == name }:
      configuration.schedule = .example(of: name)
    case let name where name.hasPrefix("hidden_layers") || name.hasPrefix("hidden_width"):
      var mlp = MLPConfiguration()
      mlp.hidden = [9, 9, 9, 9, 9, 9]
      configuration.model = .mlp(mlp)
    default: break
    }
    configuration.schedule.length = configuration.schedule.length ?? 50
    configuration.optimizer = configuration.optimizer.having(hyperparameter.name)
    if hyperparameter.name == "decoupled_decay" { configuration.optimizer.weightDecay = 0.1 }
    return configuration.regularizing(by: hyperparameter.name)
  }

  /// An allowed value that nothing else has.
  static func value(for hyperparameter: Hyperparameter) -> HyperparameterValue {
    switch (hyperparameter.name, hyperparameter.kind) {
    case ("warmup", _), ("decay_interval", _), ("timescale", _): .number(2.7)
    case ("threshold", _): .number(0)
    case ("decay", _): .text("exponential")
    case ("heads", _): .number(4)
    case ("width", _), ("batch_size", _): .number(24)
    case ("depth", _): .number(14)
    case (_, .number), (_, .any): .number(0.123)
    case (_, .integer): .number(3)
    case (_, .text(let choices)):
      hyperparameter.otherChoice(in: configuration(for: hyperparameter)) ?? .text(choices[0])
    }
  }

  @Test(arguments: TrainingConfiguration.description.hyperparameters.filter(\.isLive).map(\.name))
  func `a perturbed hyperparameter is in force in the running trainer`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    let configuration = Self.configuration(for: hyperparameter)
    let value = Self.value(for: hyperparameter)
    var trainer = try Trainer(configuration, data: SmallModel.having(name).data, seed: 1, trial: 1)
    _ = try trainer.train(to: 2)
    let before = try trainer.effectiveHyperparameters()
    #expect(before == configuration.hyperparameters)
    #expect(before[name] != value)

    let changed = try configuration.setting(name, to: value)
    try trainer.adopt(changed)
    #expect(try trainer.effectiveHyperparameters()[name] == value)
    #expect(try trainer.effectiveHyperparameters() == changed.hyperparameters)
    _ = try trainer.train(to: 4)
    #expect(try trainer.effectiveHyperparameters() == changed.hyperparameters)
  }

  @Test(arguments: TrainingConfiguration.description.hyperparameters.map(\.name))
  func `a clone runs under the hyperparameter that it was made with`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    let configuration = Self.configuration(for: hyperparameter)
    let changed = try configuration.setting(name, to: Self.value(for: hyperparameter))
    let data = try configuration.model.isTransformer ? SmallModel.transformer.data : SmallModel.mlp.data
    var clone = try Trainer(changed, data: data, seed: 1, trial: 2)
    if hyperparameter.isLive {
      var parent = try Trainer(configuration, data: data, seed: 1, trial: 1)
      _ = try parent.train(to: 2)
      try clone.restore(parent.snapshot())
    }
    _ = try clone.train(to: 3)
    #expect(try clone.effectiveHyperparameters() == changed.hyperparameters)
    #expect(try clone.effectiveHyperparameters()[name] == Self.value(for: hyperparameter))
  }

  /// What is read back must also be what computes: one step under the change differs from one without it.
  @Test(arguments: TrainingConfiguration.description.hyperparameters.filter(\.isLive).map(\.name))
  func `a perturbed hyperparameter changes what is computed`(name: String) throws {
    let hyperparameter = try #require(TrainingConfiguration.description.hyperparameter(named: name))
    var configuration = Self.configuration(for: hyperparameter)
    if name == "decay" { configuration.schedule = .example(of: "final_fraction") }
    if name == "augmentation_strength" { configuration.augmentation.shift = 0.2 }
    let changed = try configuration.setting(name, to: Self.value(for: hyperparameter))
    var states: [[String: Snapshot.Block]?] = []
    for adopted in [configuration, changed] {
      var trainer = try Trainer(configuration, data: SmallModel.having(name).data, seed: 1, trial: 1)
      _ = try trainer.train(to: 1)
      try trainer.adopt(adopted)
      _ = try trainer.train(to: 8)
      states.append(try trainer.snapshot()?.blocks)
    }
    #expect(states[0] != states[1])
  }

  @Test func `the architecture can't be changed in a running trial`() throws {
    let configuration = SmallModel.mlp.configuration
    var trainer = try Trainer(configuration, data: SmallModel.mlp.data, seed: 1, trial: 1)
    let wider = try configuration.setting("hidden_width", to: .number(30))
    #expect(
      trainingError { () throws(TrainingError) in try trainer.adopt(wider) } == """
        hyperparameters: expected changes of live ones only, found a change of something else. Start a new trial for \
        another model, optimizer or data set.
        """)
    #expect(try trainer.effectiveHyperparameters() == configuration.hyperparameters)
  }

  @Test func `the schedule follows the epochs when the batch size changes`() throws {
    var configuration = SmallModel.mlp.configuration
    configuration.budgetUnit = .epochs
    configuration.batchSize = 128
    configuration.schedule.decay = .cosine
    configuration.schedule.length = 4
    let data = try SmallModel.mlp.data
    var trainer = try Trainer(configuration, data: data, seed: 1, trial: 1)
    _ = try trainer.train(to: 2)
    #expect(trainer.progress.step == 22)
    let peak = configuration.optimizer.learningRate
    #expect(abs(trainer.nextLearningRate - peak / 2) < 1e-12)
    try trainer.adopt(try configuration.setting("batch_size", to: .number(64)))
    #expect(abs(trainer.nextLearningRate - peak / 2) < 1e-12)
    _ = try trainer.train(to: 4)
    #expect(trainer.progress.step == 22 + 44)
    #expect(abs(trainer.nextLearningRate) < 1e-12)
  }
}

extension ModelConfiguration {
  fileprivate var isTransformer: Bool { shape is TransformerConfiguration }
}
