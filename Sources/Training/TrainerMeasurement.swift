import Tensors

extension Trainer {
  /// After the cooldown, if there is one: `dev_loss` and, of classes, `dev_accuracy` in [0, 1]; `train_loss`, the
  /// mean since the last measurement, if there were steps; and the other metrics that the configuration asks
  /// for, standard errors (`SamplingError`) and those of a second dev split among them.
  /// Collective; to rounding the same on any number of ranks.
  public mutating func measure() throws(TrainingError) -> Measurement {
    var metrics = try cooled { trainer throws(TrainingError) in
      try trainer.evaluateWithErrors(on: .dev).merging(trainer.measureSecondDev()) { first, _ in first }
        .merging(trainer.measureResources()) { first, _ in first }
    }
    if let loss = takeTrainLoss() { metrics["train_loss"] = loss }
    return Measurement(budget: progress.budget, metrics: metrics)
  }

  /// `test_loss`, and as `measure` what else there is: for the one model that a study chose, once. Collective.
  ///
  /// - Throws: `TrainingError.invalid` when the split left nothing for testing.
  public mutating func measureTestSplit() throws(TrainingError) -> Measurement {
    try measureTestSplit(resamples: 0).measurement
  }

  /// As above, with the interval of every metric by the percentile bootstrap, by the metric's name.
  ///
  /// - Parameter resamples: sets of samples that are drawn; 0 for no intervals.
  public mutating func measureTestSplit(
    resamples: Int
  ) throws(TrainingError) -> (measurement: Measurement, intervals: [String: ConfidenceInterval]) {
    guard data.count(of: .test) > 0 else {
      throw .invalid(
        subject: "split.test", expected: "a number above 0", found: "0",
        remedy: "Set it, and train anew: the samples must not have been trained on.")
    }
    var tallies = tallies(of: configuration.taskMetrics ?? [], keepingSamples: resamples > 0)
    let metrics = try cooled { trainer throws(TrainingError) in
      try trainer.evaluate(on: .test, into: &tallies)
    }
    let intervals = try tallies.samples?.intervals(resamples: resamples, seed: studySeed, over: peers) ?? [:]
    return (
      Measurement(budget: progress.budget, metrics: metrics),
      Dictionary(intervals.map { ("\(DataPart.test.rawValue)_\($0)", $1) }) { first, _ in first }
    )
  }

  func tallies(of metrics: [String], keepingSamples: Bool = false) -> MetricTallies {
    MetricTallies(metrics, of: task, width: data.form.outputs, keepsSamples: keepingSamples)
  }

  mutating func evaluate(on part: DataPart) throws(TrainingError) -> [String: Double] {
    var tallies = tallies(of: configuration.taskMetrics ?? [])
    return try evaluate(on: part, into: &tallies)
  }

  /// The metrics of a part, and beside those that the configuration names their errors.
  private mutating func evaluateWithErrors(on part: DataPart) throws(TrainingError) -> [String: Double] {
    let (names, samples) = (configuration.errorMetrics ?? [], data.count(of: part))
    // The error of a share of independent samples follows from the share.
    let shares = names.filter { $0 == "\(part.rawValue)_accuracy" && task.kind == .classification }
    let prefix = part.rawValue.count + 1
    var tallies = tallies(of: configuration.taskMetrics ?? [])
    tallies.measureErrors(
      of: names.filter { !shares.contains($0) }.map { String($0.dropFirst(prefix)) }, for: task,
      samples: samples)
    var metrics = try evaluate(on: part, into: &tallies)
    for (name, error) in try tallies.errors(over: peers) {
      metrics[SamplingError.name(of: "\(part.rawValue)_\(name)")] = error
    }
    for name in shares {
      metrics[SamplingError.name(of: name)] = metrics[name].flatMap {
        SamplingError.ofShare($0, samples: samples)
      }
    }
    return metrics
  }

  mutating func evaluate(
    on part: DataPart, into tallies: inout MetricTallies
  ) throws(TrainingError) -> [String: Double] {
    try shareBuffers()
    let statistics = try statisticsOfFound()
    let peers = peers
    let sums = try peers.together { () throws(TrainingError) in
      try probe?(.measured)
      return try withFound(statistics: statistics) { trainer throws(TrainingError) in
        try trainer.evaluateShare(of: part, into: &tallies)
      }
    }
    let totals = try peers.sum([sums.lossSum, Double(sums.correct), Double(sums.rows)])
    guard totals[0].isFinite else {
      throw .diverged(
        step: progress.step,
        what:
          "the \(part.rawValue) loss, measured after \(progress.budget) \(configuration.budgetUnit.rawValue),"
      )
    }
    let whole = Evaluation(lossSum: totals[0], correct: Int(totals[1]), rows: Int(totals[2]))
    var metrics = try tallies.values(on: part, over: peers)
    for (name, value) in task.standardMetrics(of: whole) { metrics["\(part.rawValue)_\(name)"] = value }
    return metrics
  }

  /// This rank's samples of a part, by the parameters that the model has now.
  private mutating func evaluateShare(
    of part: DataPart, into tallies: inout MetricTallies
  ) throws(TrainingError) -> Evaluation {
    let count = data.count(of: part)
    let share = BatchDivision(globalBatch: count, ranks: peers.ranks).range(rank: peers.rank)
    let capacity = min(configuration.evaluationBatchSize, max(1, share.count))
    var sums = Evaluation()
    var start = share.lowerBound
    tallies.begin(at: start, of: count)
    while start < share.upperBound {
      let end = min(start + capacity, share.upperBound)
      let batch = try evaluationBatch(start..<end, of: part, capacity: capacity)
      sums =
        try sums
        + model.evaluate(
          batch.inputs, batch.targets, for: task, groups: data.groups(start..<end, of: part), into: &tallies)
      start = end
    }
    return sums
  }

  /// Valid until the next one is asked for.
  private mutating func evaluationBatch(
    _ range: Range<Int>, of part: DataPart, capacity: Int
  ) throws(TrainingError) -> Batch {
    if let batch = try stream.residentBatch(range, of: part) { return batch }
    let buffer =
      if let evaluationBuffer, evaluationBuffer.capacity >= capacity { evaluationBuffer } else {
        try BatchBuffer(data, capacity: capacity)
      }
    evaluationBuffer = buffer
    try buffer.fill(range, of: part)
    return try buffer.batch(range.count, on: model.store.device)
  }

  /// Gives all ranks the mean of their running statistics where those are of ghost batches: as each rank's move
  /// linearly toward the mean of its own, they are then what one rank with all of them would have. After every step,
  /// so that it does not matter when a trial is measured or saved. Collective.
  func averageGhostStatistics() throws(TrainingError) {
    guard peers.ranks > 1, configuration.model.shape.batchStatistics?.kind == .ghost else { return }
    let buffers = model.store.buffers
    let own = try peers.together { () throws(TrainingError) -> [Float] in
      try library { () throws(TensorError) in try buffers.scalars() }
    }
    let sums = try peers.sum(own.map(Double.init))
    let ranks = Double(peers.ranks)
    do throws(TrainingError) {
      try library { () throws(TensorError) in
        try buffers.copyInPlace(from: Tensor(sums.map { Float($0 / ranks) }))
      }
    } catch { try peers.keep(error) }
  }

  /// Gives all ranks the root's running statistics, as PyTorch's data-parallel training does: each rank's are
  /// of its own share of the batches. Only evaluation reads them, and only the root's are saved, so training
  /// is the same whenever and however often it is measured.
  func shareBuffers() throws(TrainingError) {
    let buffers = model.store.buffers
    guard peers.ranks > 1, buffers.count > 0 else { return }
    let place = StatePlace(buffers)
    let landing = try peers.together { () throws(TrainingError) -> StateMemory? in
      if case .host = place { return nil }
      return try place.copied()
    }
    let isRoots = peers.isRoot ? landing?.writable : nil
    try peers.agree(peers.broadcast(isRoots, to: place, landing: landing))
  }
}
