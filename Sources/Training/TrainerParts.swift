import MPI
import Tensors

/// What a trainer is made of on its own rank.
struct TrainerParts: ~Copyable {
  let configuration: TrainingConfiguration
  let data: TrainingData
  let studySeed: UInt64
  /// The trial's own.
  let seed: UInt64
  let model: any Model
  let stream: BatchStream
  let task: any LearningTask
  let optimizer: Optimizer
  let hooks: StepHooks
  let shards: OptimizerShards?
  let scheduled: ScheduledHyperparameters
  let bestWeights: BestWeights?

  /// Local.
  ///
  /// - Parameters:
  ///   - data: the trial's own.
  ///   - seed: the study's.
  ///   - rank: this rank's number among the `ranks` of its group.
  init(
    _ configuration: TrainingConfiguration, data: TrainingData, seed: UInt64, trial: Int, localRank: Int,
    rank: Int = 0, ranks: Int = 1
  ) throws(TrainingError) {
    try configuration.requireThreads(cores: coresOnHost())
    let device = try configuration.device.device(localRank: localRank)
    let arithmetic = configuration.arithmetic
    try library { () throws(TensorError) in
      try TensorRuntime.setThreads(configuration.threads)
      guard device != .cpu else { return }
      try TensorRuntime.setArithmetic(
        usesTF32: arithmetic.usesTF32, isDeterministic: arithmetic.isDeterministic)
    }
    TensorRuntime.keepFreedMemory()
    let trialSeed = Trainer.seed(ofTrial: trial, study: seed)
    let model = try configuration.model.makeModel(for: data.form, seed: trialSeed, device: device)
    let stream = try BatchStream(data, configuration, seed: trialSeed, device: device)
    let task = try data.task(for: configuration)
    let shards =
      configuration.sharding.isOn && ranks > 1 ? OptimizerShards(model.store.layout, ranks: ranks) : nil
    let optimizer = try Optimizer(
      configuration.optimizerTransform(
        stepsPerUnit: stream.steps(per: configuration.budgetUnit), seed: trialSeed),
      layout: model.store.layout, engine: .suited(to: model.store.device), shard: shards?.shards[rank])
    let hooks = try StepHooks(
      configuration, layout: model.store.layout, engine: .suited(to: model.store.device))
    let scheduled = try ScheduledHyperparameters(
      configuration, stepsPerUnit: stream.steps(per: configuration.budgetUnit))
    let bestWeights = configuration.stopping.isOn ? try BestWeights(of: model.store) : nil
    self.configuration = configuration
    self.data = data
    (studySeed, self.seed) = (seed, trialSeed)
    self.model = model
    self.stream = stream
    self.task = task
    self.optimizer = optimizer
    self.hooks = hooks
    self.shards = shards
    self.scheduled = scheduled
    self.bestWeights = bestWeights
  }
}
