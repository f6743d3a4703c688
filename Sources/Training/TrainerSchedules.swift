// What the trainer changes of itself as it goes on: by the step, and by the dev loss.
extension Trainer {
  /// Optimizer steps in one unit of the budget, with batches of the configuration's own size.
  var stepsPerUnit: Int {
    switch configuration.budgetUnit {
    case .steps: 1
    case .epochs: max(stream.cursor.stepsInEpoch(of: configuration.batchSize), 1)
    }
  }

  /// Where the schedules are. They follow the budget. Counted in epochs, that is not the number of steps done when the
  /// batch size, and with it an epoch's number of steps, has changed on the way.
  var schedulePosition: Int {
    configuration.budgetUnit == .epochs
      ? stream.cursor.steps(of: configuration.batchSize) : progress.step
  }

  /// Brings the configuration in force, and of what follows a schedule the value of the next step. It depends on the
  /// configuration and the progress alone, so that a trial that was interrupted goes on as one that was not. Local.
  mutating func bringInForce() throws(TrainingError) {
    let place = stream.cursor.samples
    try stream.setBatchSize(valuesInForce.batchSize)
    // What the rest of an epoch does not hold begins the next one, where the schedules are somewhere else.
    if stream.cursor.samples != place { try stream.setBatchSize(valuesInForce.batchSize) }
    let current = valuesInForce
    model.dropout = current.model.dropout
    model.stochasticDepth = current.model.stochasticDepth
    task.labelSmoothing = current.labelSmoothing
    hooks.replace(for: current)
    stream.augmentation = current.augmentation
    try optimizer.replaceTransform(
      current.optimizerTransform(
        stepsPerUnit: stepsPerUnit, stepOffset: schedulePosition - progress.step,
        memory: progress.scheduleMemory, rateFactor: cooling?.factor(at: schedulePosition) ?? 1, seed: seed))
  }

  private var valuesInForce: TrainingConfiguration {
    let statistics = configuration.model.shape.batchStatistics
    let ghost = statistics?.kind == .ghost ? statistics?.ghostBatch ?? 1 : 1
    return scheduled.inForce(
      configuration, at: schedulePosition, shares: peers.ranks * microBatches * ghost,
      samples: stream.cursor.count)
  }

  /// Before a step. Local, and the same on all ranks.
  mutating func followSchedules() throws(TrainingError) {
    if !scheduled.isEmpty || cooling != nil { try bringInForce() }
  }

  /// After a step: measures the dev loss for a schedule, or for early stopping, that wants to know it. So it depends on
  /// the budget alone how such a trial is trained, not on how often the study measures it. Collective.
  ///
  /// - Parameter budget: reached before the step.
  mutating func followDevLoss(since budget: Int) throws(TrainingError) {
    let reached = progress.budget
    func isDue(_ interval: Int?) -> Bool { interval.map { reached / $0 > budget / $0 } ?? false }
    let isForRate = isDue(optimizer.rate?.observationInterval)
    let isForStopping = bestWeights != nil && isDue(configuration.stopping.interval)
    guard cooling == nil, isForRate || isForStopping else { return }
    // A rank that failed on its own may lack what the others are about to share.
    try peers.agree(peers.failure)
    guard let loss = try evaluate(on: .dev)["dev_loss"] else { return }
    if isForRate, let rate = optimizer.rate {
      progress.scheduleMemory = rate.memory(after: loss)
      try bringInForce()
    }
    if isForStopping { try judge(loss) }
  }
}
