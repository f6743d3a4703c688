import Tensors

// The layers with parameters: what each declares, and what it computes. A layer finds its parameters in the
// store by name, and takes them from the pass when it is called.

/// x · weightᵀ + bias.
struct Linear {
  private let weight: Parameter
  private let bias: Parameter?

  static func declarations(
    _ name: String, inputs: Int, outputs: Int, _ initialization: Initialization, hasBias: Bool = true
  ) -> [TensorDeclaration] {
    let weight = TensorDeclaration("\(name).weight", [outputs, inputs], initialization)
    return hasBias ? [weight, TensorDeclaration("\(name).bias", [outputs], .constant(0))] : [weight]
  }

  init(_ name: String, in store: ParameterStore, hasBias: Bool = true) {
    weight = store.parameter("\(name).weight")
    bias = hasBias ? store.parameter("\(name).bias") : nil
  }

  /// The extent of what it makes.
  var outputs: Int { weight.shape[0] }
  var inputs: Int { weight.shape[1] }

  /// `[..., inputs]` → `[..., outputs]`.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try x.linear(pass[weight], bias: bias.map { pass[$0] })
  }
}

/// A square convolution, without bias where a normalization follows. The output has ⌈extent / stride⌉ pixels
/// a side.
struct Convolution {
  private let weight: Parameter
  private let bias: Parameter?
  private let stride: Int

  static func declarations(
    _ name: String, inputs: Int, outputs: Int, kernel: Int = 3, hasBias: Bool = false
  ) -> [TensorDeclaration] {
    let weight = TensorDeclaration(
      "\(name).weight", [outputs, inputs, kernel, kernel], .kaimingNormal(outputs: outputs * kernel * kernel))
    return hasBias ? [weight, TensorDeclaration("\(name).bias", [outputs], .constant(0))] : [weight]
  }

  init(_ name: String, in store: ParameterStore, stride: Int = 1, hasBias: Bool = false) {
    weight = store.parameter("\(name).weight")
    bias = hasBias ? store.parameter("\(name).bias") : nil
    self.stride = stride
  }

  /// The channels that it makes.
  var outputs: Int { weight.shape[0] }

  /// `[batch, inputs, height, width]` → `[batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉]`.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try x.convolved(
      pass[weight], bias: bias.map { pass[$0] }, stride: stride, padding: weight.shape[2] / 2)
  }
}

/// Layer normalization over the last dimension.
struct LayerNormalization {
  private let weight, bias: Parameter

  static func declarations(_ name: String, width: Int) -> [TensorDeclaration] {
    [
      TensorDeclaration("\(name).weight", [width], .constant(1)),
      TensorDeclaration("\(name).bias", [width], .constant(0)),
    ]
  }

  init(_ name: String, in store: ParameterStore) {
    weight = store.parameter("\(name).weight")
    bias = store.parameter("\(name).bias")
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try x.layerNormalized(weight: pass[weight], bias: pass[bias])
  }
}

/// x / √(mean(x²) + ε) · weight over the last dimension.
struct RootMeanSquareNormalization {
  private let weight: Parameter

  static func declarations(_ name: String, width: Int) -> [TensorDeclaration] {
    [TensorDeclaration("\(name).weight", [width], .constant(1))]
  }

  init(_ name: String, in store: ParameterStore) { weight = store.parameter("\(name).weight") }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try x.rootMeanSquareNormalized(weight: pass[weight])
  }
}
