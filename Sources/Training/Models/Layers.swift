import Tensors

// The layers with parameters: what each declares, and what it computes. A layer finds its tensors in the
// store by name.

/// x · weightᵀ + bias.
struct Linear {
  private let weight: Tensor
  private let bias: Tensor?

  static func declarations(
    _ name: String, inputs: Int, outputs: Int, _ initialization: Initialization, hasBias: Bool = true
  ) -> [TensorDeclaration] {
    let weight = TensorDeclaration("\(name).weight", [outputs, inputs], initialization)
    return hasBias ? [weight, TensorDeclaration("\(name).bias", [outputs], .constant(0))] : [weight]
  }

  init(_ name: String, in store: ParameterStore, hasBias: Bool = true) {
    weight = store.tensor("\(name).weight")
    bias = hasBias ? store.tensor("\(name).bias") : nil
  }

  /// The extent of what it makes.
  var outputs: Int { weight.shape[0] }
  var inputs: Int { weight.shape[1] }

  /// `[..., inputs]` → `[..., outputs]`.
  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.linear(weight, bias: bias)
  }
}

/// A square convolution, without bias where a normalization follows. The output has ⌈extent / stride⌉ pixels
/// a side.
struct Convolution {
  private let weight: Tensor
  private let bias: Tensor?
  private let stride: Int

  static func declarations(
    _ name: String, inputs: Int, outputs: Int, kernel: Int = 3, hasBias: Bool = false
  ) -> [TensorDeclaration] {
    let weight = TensorDeclaration(
      "\(name).weight", [outputs, inputs, kernel, kernel], .kaimingNormal(outputs: outputs * kernel * kernel))
    return hasBias ? [weight, TensorDeclaration("\(name).bias", [outputs], .constant(0))] : [weight]
  }

  init(_ name: String, in store: ParameterStore, stride: Int = 1, hasBias: Bool = false) {
    weight = store.tensor("\(name).weight")
    bias = hasBias ? store.tensor("\(name).bias") : nil
    self.stride = stride
  }

  /// The channels that it makes.
  var outputs: Int { weight.shape[0] }

  /// `[batch, inputs, height, width]` → `[batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉]`.
  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.convolved(weight, bias: bias, stride: stride, padding: weight.shape[2] / 2)
  }
}

/// Batch normalization of the channels, with running statistics.
struct BatchNormalization {
  private let weight, bias, runningMean, runningVariance: Tensor
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
    weight = store.tensor("\(name).weight")
    bias = store.tensor("\(name).bias")
    runningMean = store.tensor("\(name).running_mean")
    runningVariance = store.tensor("\(name).running_var")
  }

  /// `[batch, channels, ...]`, in a training pass more than one value a channel.
  ///
  /// - Throws: for one value a channel, which has no spread to divide by and would leave statistics that are
  ///   not numbers.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    if pass.isTraining, x.count < 2 * weight.count {
      throw TensorError(
        operation: "batch normalization", shapes: [x.shape],
        message: "expected more than one value a channel in a rank's share of the batch",
        remedy: "Raise batch_size, or use fewer ranks or micro-batches for a trial.")
    }
    return try x.batchNormalized(
      weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
      training: pass.isTraining, momentum: pass.weightOfStatistics ?? momentum, epsilon: epsilon)
  }
}

/// Layer normalization over the last dimension.
struct LayerNormalization {
  private let weight, bias: Tensor

  static func declarations(_ name: String, width: Int) -> [TensorDeclaration] {
    [
      TensorDeclaration("\(name).weight", [width], .constant(1)),
      TensorDeclaration("\(name).bias", [width], .constant(0)),
    ]
  }

  init(_ name: String, in store: ParameterStore) {
    weight = store.tensor("\(name).weight")
    bias = store.tensor("\(name).bias")
  }

  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.layerNormalized(weight: weight, bias: bias)
  }
}

/// x / √(mean(x²) + ε) · weight over the last dimension.
struct RootMeanSquareNormalization {
  private let weight: Tensor

  static func declarations(_ name: String, width: Int) -> [TensorDeclaration] {
    [TensorDeclaration("\(name).weight", [width], .constant(1))]
  }

  init(_ name: String, in store: ParameterStore) { weight = store.tensor("\(name).weight") }

  func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
    try x.rootMeanSquareNormalized(weight: weight)
  }
}

extension ForwardPass {
  /// Whether batch normalization divides by the batch's own statistics.
  var isTraining: Bool {
    switch self {
    case .evaluation: false
    case .training, .statistics: true
    }
  }

  /// How far running statistics move toward the batch's; nil where the layer says.
  var weightOfStatistics: Double? {
    if case .statistics(let number) = self { 1 / Double(number + 1) } else { nil }
  }
}
