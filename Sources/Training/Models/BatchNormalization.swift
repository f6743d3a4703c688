import Tensors

/// Batch normalization of the channels, with running statistics.
struct BatchNormalization {
  private let weight, bias: Parameter
  private let runningMean, runningVariance: Tensor
  /// How far the running statistics move toward a batch's.
  let momentum: Double
  let epsilon: Double

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

  init(_ name: String, in store: ParameterStore, momentum: Double = 0.1, epsilon: Double = 1e-5) {
    (self.momentum, self.epsilon) = (momentum, epsilon)
    weight = store.parameter("\(name).weight")
    bias = store.parameter("\(name).bias")
    runningMean = store.tensor("\(name).running_mean")
    runningVariance = store.tensor("\(name).running_var")
  }

  /// `[batch, channels, ...]`, in a training pass more than one value a channel.
  ///
  /// - Throws: for one value a channel, which has no spread to divide by and would leave statistics that are
  ///   not numbers.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    if pass.isTraining, x.count < 2 * weight.shape[0] {
      throw TensorError(
        operation: "batch normalization", shapes: [x.shape],
        message: "expected more than one value a channel in a rank's share of the batch",
        remedy: "Raise batch_size, or use fewer ranks or micro-batches for a trial.")
    }
    return try x.batchNormalized(
      weight: pass[weight], bias: pass[bias], runningMean: runningMean, runningVariance: runningVariance,
      training: pass.isTraining, momentum: momentum, epsilon: epsilon)
  }
}
