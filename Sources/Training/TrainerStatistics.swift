import Tensors

// Batch normalization's statistics of weights that are not those that training passes through.
extension Trainer {
  /// Samples of a batch that gives statistics, at most: whatever the batch size, so that it fits.
  private static let mostSamplesOfStatistics = 512

  /// The statistics of the weights that are evaluated, over batches from all over the train split, as the mean
  /// of the batches' own (`torch.optim.swa_utils.update_bn`, but with nothing dropped). The same whichever
  /// and however many ranks share the batches, to rounding; nothing else is changed. Collective.
  ///
  /// - Returns: as long as the model's buffers; nil where those that training keeps are right.
  mutating func statisticsOfFound() throws(TrainingError) -> [Float]? {
    guard hooks.found != nil, model.store.buffers.count > 0 else { return nil }
    let peers = peers
    let own = try peers.together { () throws(TrainingError) in
      try withFound(statistics: nil) { trainer throws(TrainingError) in try trainer.ownStatistics() }
    }
    let sums = try peers.sum(own.sums + [Double(own.batches)])
    let batches = max(sums[sums.count - 1], 1)
    return sums.dropLast().map { Float($0 / batches) }
  }

  /// The sum over this rank's batches of the statistics of each. Leaves the last mean in the model's buffers.
  private mutating func ownStatistics() throws(TrainingError) -> (sums: [Double], batches: Int) {
    let (samples, buffers, device) = (data.count(of: .train), model.store.buffers, model.store.device)
    let size = min(max(configuration.batchSize, 2), Self.mostSamplesOfStatistics, samples)
    let all = min(configuration.averaging.batches, samples / size)
    let buffer = try BatchBuffer(data, capacity: size)
    var batches = 0
    for number in stride(from: peers.rank, to: all, by: peers.ranks) {
      // From all over the split: what lies together in a file may be of one class.
      let places = (0..<size).map { ($0 * all + number) * samples / (all * size) }
      try buffer.fill(places, of: .train)
      let batch = try buffer.batch(size, on: device)
      try library { () throws(TensorError) in
        try withoutGradients { () throws(TensorError) in
          _ = try model.outputs(batch.inputs, .statistics(number: batches))
        }
      }
      batches += 1
    }
    guard batches > 0 else { return ([Double](repeating: 0, count: buffers.count), 0) }
    let means = try library { () throws(TensorError) in try buffers.scalars(Float.self) }
    return (means.map { Double($0) * Double(batches) }, batches)
  }

  /// Does something with the weights that were found in the place of those that are trained, and then brings
  /// those back, and the statistics, to the last bit. Local.
  ///
  /// - Parameter statistics: as long as the model's buffers; nil to leave them.
  mutating func withFound<Value>(
    statistics: [Float]?, _ body: (inout Trainer) throws(TrainingError) -> Value
  ) throws(TrainingError) -> Value {
    let kept = try keepStatistics()
    try showFound()
    var (value, failure) = (Value?.none, TrainingError?.none)
    do throws(TrainingError) {
      if let statistics {
        let buffers = model.store.buffers
        try library { () throws(TensorError) in try buffers.copyInPlace(from: statistics) }
      }
      value = try body(&self)
    } catch { failure = error }
    try showTrained()
    if let kept {
      let buffers = model.store.buffers
      try library { () throws(TensorError) in try buffers.copyInPlace(from: kept) }
    }
    if let failure { throw failure }
    guard let value else { preconditionFailure("neither a value nor a failure") }
    return value
  }

  /// A copy of the statistics that training keeps, where others are to take their place; nil where not.
  private func keepStatistics() throws(TrainingError) -> Tensor? {
    let buffers = model.store.buffers
    guard hooks.found != nil, buffers.count > 0 else { return nil }
    return try library { () throws(TensorError) in try buffers.copied() }
  }

  /// What is trained is kept in the gradients, which are 0 between two steps.
  private func showFound() throws(TrainingError) {
    let (parameters, spare) = (model.store.parameters, model.store.gradients)
    guard let found = hooks.found else {
      try optimizer.showFound(in: parameters, keepingTrainedIn: spare)
      return
    }
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try spare.copyInPlace(from: parameters)
        try parameters.copyInPlace(from: found)
      }
    }
  }

  private func showTrained() throws(TrainingError) {
    let (parameters, spare) = (model.store.parameters, model.store.gradients)
    guard hooks.found != nil else {
      try optimizer.showTrained(in: parameters, from: spare)
      return
    }
    try library { () throws(TensorError) in
      try withoutGradients { () throws(TensorError) in
        try parameters.copyInPlace(from: spare)
        try spare.fillInPlace(0)
      }
    }
  }
}
