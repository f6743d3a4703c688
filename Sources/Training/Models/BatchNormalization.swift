import Tensors

/// Batch normalization of the channels, with running statistics.
struct BatchNormalization {
  private let weight, bias: Parameter
  private let runningMean, runningVariance: Tensor
  /// How far the running statistics move toward a batch's.
  let momentum: Double
  let epsilon: Double
  let statistics: BatchStatistics

  static func declarations(_ name: String, channels: Int) -> [TensorDeclaration] {
    [
      TensorDeclaration("\(name).weight", [channels], .constant(1)),
      TensorDeclaration("\(name).bias", [channels], .constant(0)),
    ]
  }

  static func statistics(_ name: String, channels: Int) -> [TensorDeclaration] {
    [
      TensorDeclaration("\(name).running_mean", [channels], .constant(0)),
      TensorDeclaration("\(name).running_var", [channels], .constant(1)),
    ]
  }

  init(
    _ name: String, in store: ParameterStore, _ statistics: BatchStatistics, momentum: Double = 0.1,
    epsilon: Double = 1e-5
  ) {
    (self.statistics, self.momentum, self.epsilon) = (statistics, momentum, epsilon)
    weight = store.parameter("\(name).weight")
    bias = store.parameter("\(name).bias")
    runningMean = store.tensor("\(name).running_mean")
    runningVariance = store.tensor("\(name).running_var")
  }

  /// `[batch, channels, ...]`, in a training pass more than one value a channel of those whose statistics it takes.
  ///
  /// - Throws: for one value a channel, which has no spread to divide by and would leave statistics that are
  ///   not numbers.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard pass.isTraining else {
      if pass.usesBatchStatistics { try requireSpread(x) }
      return try normalized(
        x, pass, runningMean, runningVariance, momentum: pass.weightOfStatistics ?? momentum)
    }
    switch statistics.kind {
    case .group:
      guard let sum = pass.part.sum else { break }
      return try x.batchNormalized(
        weight: pass[weight], bias: pass[bias], runningMean: runningMean, runningVariance: runningVariance,
        momentum: momentum, epsilon: epsilon, summing: sum)
    case .ghost: return try ghosts(x, pass)
    case .rank: break
    }
    try requireSpread(x)
    return try normalized(x, pass, runningMean, runningVariance, momentum: momentum)
  }

  /// By its own statistics where the pass uses a batch's, by the running ones in an evaluation.
  private func normalized(
    _ x: Tensor, _ pass: ForwardPass, _ mean: Tensor, _ variance: Tensor, momentum: Double
  ) throws(TensorError) -> Tensor {
    try x.batchNormalized(
      weight: pass[weight], bias: pass[bias], runningMean: mean, runningVariance: variance,
      training: pass.usesBatchStatistics, momentum: momentum, epsilon: epsilon)
  }

  /// Each ghost batch by its own statistics. The running ones move by `momentum` in a step, toward the mean over all
  /// ghost batches of this rank; the trainer takes the mean over the ranks.
  private func ghosts(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let (samples, size) = (x.shape[0], statistics.ghostBatch)
    guard samples % size == 0 else {
      throw TensorError(
        operation: "batch normalization", shapes: [x.shape],
        message: "expected whole ghost batches of \(size) samples in a rank's share of the batch",
        remedy: "Choose a ghost_batch that divides it, or keep batch_size a multiple of it.")
    }
    let share = momentum / Double(samples / size * pass.part.passes)
    if pass.part.number == 0 {
      for running in [runningMean, runningVariance] { try running.multiplyInPlace(by: 1 - momentum) }
    }
    var outputs: [Tensor] = []
    for start in stride(from: 0, to: samples, by: size) {
      let ghost = try x.narrowed(start..<start + size, along: 0)
      try requireSpread(ghost)
      let (mean, variance) = (try runningMean.multiplied(by: 0), try runningVariance.multiplied(by: 0))
      outputs.append(try normalized(ghost, pass, mean, variance, momentum: 1))
      try runningMean.addInPlace(mean, scale: share)
      try runningVariance.addInPlace(variance, scale: share)
    }
    return outputs.count == 1 ? outputs[0] : try .concatenated(outputs, along: 0)
  }

  private func requireSpread(_ x: Tensor) throws(TensorError) {
    guard x.count < 2 * weight.shape[0] else { return }
    throw TensorError(
      operation: "batch normalization", shapes: [x.shape],
      message: "expected more than one value a channel in a rank's share of the batch",
      remedy: "Raise batch_size, or use fewer ranks or micro-batches for a trial.")
  }
}
