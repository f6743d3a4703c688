public import MPI
import Randomness
import Tensors

/// Trains a built-in model on a group of ranks: each computes its share of every global batch, and all take
/// the same optimizer step.
///
/// Everything random is a function of (study seed, trial, samples consumed), and a snapshot holds all the
/// rest: so equal trials on the same layout are equal bit for bit, interrupted or not. On another number of
/// ranks they are equal to rounding; except with batch normalization that sees the batch of one rank only.
public struct Trainer: Trainee, ~Copyable {
  /// What this trainer was asked to do. What it does, `effectiveHyperparameters` reads from its parts.
  public internal(set) var configuration: TrainingConfiguration
  let data: TrainingData
  let studySeed: UInt64
  /// The trial's own: what initialization, order and dropout draw from.
  var seed: UInt64
  let peers: TrainerPeers
  /// Nil unless batch normalization sees the whole group's samples.
  let normalizationSums: NormalizationSums?
  /// Nil but in tests.
  let probe: TrainerProbe?

  var model: any Model
  var optimizer: Optimizer
  /// What acts on gradients and parameters beside the optimizer.
  var hooks: StepHooks
  /// Nil where every rank keeps all of the optimizer's memory.
  let shards: OptimizerShards?
  var stream: BatchStream
  /// What it learns.
  var task: any LearningTask
  /// What follows schedules of its own besides the learning rate.
  var scheduled: ScheduledHyperparameters
  /// Nil but while a copy of the state cools down.
  var cooling: Cooling?
  /// Nil where a trial never stops early.
  let bestWeights: BestWeights?
  var evaluationBuffer: BatchBuffer?
  public internal(set) var progress = TrainerProgress()

  /// A trial from fresh weights, on this rank alone.
  ///
  /// - Parameters:
  ///   - seed: the study's.
  ///   - trial: its number; with the seed, it decides everything random.
  ///   - localRank: this rank's number on its node, which decides its GPU.
  /// - Throws: `TrainingError.invalid` when model, data and batch don't go together.
  public init(
    _ configuration: TrainingConfiguration, data: TrainingData, seed: UInt64, trial: Int, localRank: Int = 0
  ) throws(TrainingError) {
    let data = try data.prepared(for: configuration, seed: seed)
    try configuration.requireMemory(for: data.form)
    self.init(
      try TrainerParts(configuration, data: data, seed: seed, trial: trial, localRank: localRank),
      peers: TrainerPeers(), probe: nil)
  }

  /// A trial from fresh weights, on all ranks of `group`. Collective; the group's messages are kept apart
  /// from others.
  ///
  /// - Throws: the same on every rank, when any of them cannot.
  public init(
    _ configuration: TrainingConfiguration, data: TrainingData, seed: UInt64, trial: Int, localRank: Int = 0,
    on group: borrowing Communicator
  ) throws(TrainingError) {
    try self.init(
      configuration, data: data, seed: seed, trial: trial, localRank: localRank, on: group, probe: nil)
  }

  /// As above, with a probe that is called at every stage.
  package init(
    _ configuration: TrainingConfiguration, data: TrainingData, seed: UInt64, trial: Int, localRank: Int = 0,
    on group: borrowing Communicator, probe: TrainerProbe?
  ) throws(TrainingError) {
    let data = try group.together { () throws(TrainingError) in
      try data.prepared(for: configuration, seed: seed)
    }
    // Asked by all before any takes what another one counts on.
    try configuration.requireMemory(for: data.form, on: group)
    let parts = try group.together { () throws(TrainingError) in
      try probe?(.made)
      return try TrainerParts(
        configuration, data: data, seed: seed, trial: trial, localRank: localRank, rank: group.rank.rawValue,
        ranks: group.size)
    }
    let peers = try TrainerPeers(group, parts.model.store)
    self.init(parts, peers: peers, probe: probe)
  }

  private init(_ parts: consuming TrainerParts, peers: TrainerPeers, probe: TrainerProbe?) {
    configuration = parts.configuration
    data = parts.data
    studySeed = parts.studySeed
    seed = parts.seed
    model = parts.model
    stream = parts.stream
    task = parts.task
    optimizer = parts.optimizer
    hooks = parts.hooks
    shards = parts.shards
    scheduled = parts.scheduled
    bestWeights = parts.bestWeights
    normalizationSums =
      parts.configuration.model.shape.batchStatistics?.kind == .group && peers.ranks > 1
      ? NormalizationSums(of: parts.model.store, on: peers) : nil
    self.peers = peers
    self.probe = probe
  }

  /// A trial's own seed.
  static func seed(ofTrial trial: Int, study: UInt64) -> UInt64 {
    var generator = CounterGenerator(seed: study, purpose: .initialization, index: trial)
    return generator.next()
  }
}

// The training loop.
extension Trainer {
  /// In a cooldown, that of the state before it.
  public var budget: Int { cooling?.before.budget ?? progress.budget }

  /// The learning rate of the next step, schedule and scaling rule included.
  public var nextLearningRate: Double { optimizer.nextRate ?? 0 }

  public mutating func train(
    to target: Int, isInterrupted: () -> Bool
  ) throws(TrainingError) -> TrainingPause {
    let start = ContinuousClock.now
    defer {
      if configuration.resourceMetrics?.contains(.trainingSeconds) ?? false {
        progress.trainingSeconds = (progress.trainingSeconds ?? 0) + start.secondsUntilNow
      }
    }
    if let cooling, cooling.before.budget < target { try endCooling() }
    let energy = try energyCounters()
    while progress.budget < target {
      if hasStopped {
        try skipStep()
        continue
      }
      let step = try step(isInterrupted)
      energy?.look()
      if step.isInterrupted && progress.budget < target {
        try peers.agree(peers.failure)
        try addEnergy(energy)
        return .interrupted
      }
    }
    try peers.agree(peers.failure)
    let isThere = try cool(isInterrupted)
    try addEnergy(energy)
    return isThere ? .reachedTarget : .interrupted
  }

  /// One optimizer step of the whole group. A rank that fails on its own keeps it to itself until all exchange
  /// the next time, so that none waits for it; then all leave with its error.
  mutating func step(_ isInterrupted: () -> Bool) throws(TrainingError) -> GradientExchange.Report {
    var report = GradientExchange.Report(lossSum: 0, samples: 0, isInterrupted: false)
    var failure = peers.failure
    normalizationSums?.beginStep(passes: microBatches)
    if failure == nil {
      do throws(TrainingError) {
        try followSchedules()
        try computeGradients(&report)
      } catch { failure = error }
    }
    if let error = failure, let normalizationSums { failure = normalizationSums.leave(error) }
    report.isInterrupted = isInterrupted()
    report = try peers.exchange(report, failure)
    try averageGhostStatistics()
    // The same number on all ranks, so that all of them leave here or none.
    guard report.lossSum.isFinite else { throw .diverged(step: progress.step, what: "the training loss") }
    try update(report)
    let before = progress.budget
    advance()
    progress.lossSum += report.lossSum
    progress.lossCount += report.samples
    try followDevLoss(since: before)
    return report
  }

  /// This rank's share of the global batch.
  private mutating func computeGradients(_ report: inout GradientExchange.Report) throws(TrainingError) {
    let division = BatchDivision(
      globalBatch: stream.batch, ranks: peers.ranks, microBatches: microBatches)
    // More shares than samples leave some empty.
    let parts = (0..<division.microBatches).map { division.range(rank: peers.rank, microBatch: $0) }
      .filter { !$0.isEmpty }
    // What the step before left there must not count again.
    if parts.isEmpty { try library { () throws(TensorError) in try model.store.gradients.fillInPlace(0) } }
    try normalizationSums?.require(passes: parts.count)
    var losses: [(mean: Tensor, worth: Double)] = []
    for (number, part) in parts.enumerated() {
      model.store.sinks.isAccumulating = number > 0
      if number == parts.count - 1 && exchangesEarly { peers.openExchange() }
      try probe?(.gathered)
      let batch = try stream.gather(part)
      try probe?(.forward)
      var place = StepPart()
      (place.number, place.passes, place.sum) = (number, parts.count, normalizationSums?.summing)
      let weight = division.weight(samples: batch.worth)
      losses.append((try backward(batch, weight: weight, in: place), batch.worth))
      report.samples += part.count
      try observeShare(&report, isLast: number == parts.count - 1)
    }
    // Not before: reading one waits for the device.
    for loss in losses {
      let mean = try library { () throws(TensorError) in try loss.mean.item() }
      report.lossSum += task.told(mean) * loss.worth
    }
  }

  /// Computes the gradients of a batch's mean loss, times `weight`, and returns the mean loss, a single number.
  private func backward(
    _ batch: Batch, weight: Double, in part: StepPart
  ) throws(TrainingError) -> Tensor {
    let loss = try model.trainingLoss(
      batch.inputs, batch.targets, SampleStream(seed: seed, first: batch.position), for: task, in: part)
    return try library { () throws(TensorError) in
      try (weight == 1 ? loss : loss.multiplied(by: weight)).backward()
      return try loss.detached()
    }
  }

  /// Moves the parameters by the exchanged gradients. What fails on this rank alone is kept until the next
  /// exchange: the others may already wait for the parameters that this rank moves. Collective where ranks
  /// share the optimizer's memory.
  private mutating func update(_ report: GradientExchange.Report) throws(TrainingError) {
    var next = stream.cursor
    next.advance(by: stream.batchSize)
    let step = hooks.step(
      model.store.parameters, model.store.gradients,
      at: StepPlace(step: optimizer.step, rate: nextLearningRate), budgetBefore: progress.budget,
      budget: next.budget(in: configuration.budgetUnit, step: progress.step + 1))
    do throws(TrainingError) {
      try probe?(.exchanged)
      try peers.takeExchanged()
      try observeBatch(report)
      try probe?(.updated)
      try hooks.changeGradients(step)
      try optimizer.update(parameters: step.parameters, gradients: step.gradients)
    } catch {
      try peers.keep(error)
    }
    if let shards, let failure = try peers.share(step.parameters, shards) { try peers.keep(failure) }
    guard peers.failure == nil else { return }
    do throws(TrainingError) { try hooks.changeParameters(step) } catch { try peers.keep(error) }
  }

  /// Past the current global batch.
  mutating func advance() {
    stream.advance()
    progress.step += 1
    progress.samples = stream.cursor.samples
    progress.budget = stream.cursor.budget(in: configuration.budgetUnit, step: progress.step)
  }
}
