import Tensors

/// activation(shortcut(x) + norm(convolution(activation(norm(convolution(x)))))); preactivated
/// shortcut(x) + convolution(activation(norm(convolution(activation(norm(x)))))).
///
/// Parameters of a block, under its name: `convolution1.weight`, `norm1.weight`, `norm1.bias`, and the same
/// with 2; preactivated each norm before its convolution. With squeeze-and-excitation `squeeze.weight`,
/// `squeeze.bias`, `excite.weight`, `excite.bias`.
struct ResidualBlock {
  struct Shape {
    var name: String
    var inputs: Int
    var outputs: Int
    var stride: Int
  }

  private let shape: Shape
  private let convolutions: [Convolution]
  private let norms: [ImageNormalization]
  private let excitation: Excitation?
  private let activation: Activation
  private let isPreactivated: Bool
  var depth: StochasticDepth

  /// The channels that the norms see.
  private static func normChannels(_ shape: Shape, _ configuration: ResNetConfiguration) -> [Int] {
    [configuration.isPreactivated ? shape.inputs : shape.outputs, shape.outputs]
  }

  static func declarations(_ shape: Shape, _ configuration: ResNetConfiguration) -> [TensorDeclaration] {
    let channels = normChannels(shape, configuration)
    let parts = (0..<2).flatMap { number in
      let norm = ImageNormalization.declarations(
        configuration.norm, "\(shape.name).norm\(number + 1)", channels: channels[number])
      let convolution = Convolution.declarations(
        "\(shape.name).convolution\(number + 1)", inputs: number == 0 ? shape.inputs : shape.outputs,
        outputs: shape.outputs, hasBias: configuration.normalization == .none)
      return configuration.isPreactivated ? norm + convolution : convolution + norm
    }
    return parts
      + Excitation.declarations(shape.name, channels: shape.outputs, dividing: configuration.squeeze)
  }

  static func statistics(_ shape: Shape, _ configuration: ResNetConfiguration) -> [TensorDeclaration] {
    normChannels(shape, configuration).enumerated().flatMap { number, channels in
      ImageNormalization.statistics(configuration.norm, "\(shape.name).norm\(number + 1)", channels: channels)
    }
  }

  init(
    _ shape: Shape, in store: ParameterStore, _ configuration: ResNetConfiguration, _ depth: StochasticDepth
  ) {
    (self.shape, self.depth) = (shape, depth)
    let hasBias = configuration.normalization == .none
    convolutions = [1, 2].map {
      Convolution(
        "\(shape.name).convolution\($0)", in: store, stride: $0 == 1 ? shape.stride : 1, hasBias: hasBias)
    }
    norms = [1, 2].map { ImageNormalization(configuration.norm, "\(shape.name).norm\($0)", in: store) }
    excitation = configuration.squeeze > 0 ? Excitation(shape.name, in: store) : nil
    (activation, isPreactivated) = (configuration.activation, configuration.isPreactivated)
  }

  // In place where no backward pass needs the old values: a normalization's looks at its input, a rectifier's
  // and a convolution's at the rectified values. It saves a pass over memory and an allocation each time.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    if isPreactivated { return try preactivated(x, pass) }
    let inner = try norms[0](convolutions[0](x, pass), pass).activated(activation, inPlace: true)
    let sum = try depth(excited(norms[1](convolutions[1](inner, pass), pass), pass), pass)
    try sum.addInPlace(shortcut(x))
    return try sum.activated(activation, inPlace: true)
  }

  private func preactivated(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    // Without a norm the first would change what the shortcut takes.
    let first = try norms[0](x, pass).activated(activation, inPlace: norms[0].makesItsOwn)
    let second = try norms[1](convolutions[0](first, pass), pass).activated(activation, inPlace: true)
    let sum = try depth(excited(convolutions[1](second, pass), pass), pass)
    try sum.addInPlace(shortcut(x))
    return sum
  }

  private func excited(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    guard let excitation else { return x }
    return try excitation(x, pass)
  }

  private func shortcut(_ x: Tensor) throws(TensorError) -> Tensor {
    guard shape.stride > 1 || shape.outputs > shape.inputs else { return x }
    let added = shape.outputs - shape.inputs
    return try x.strided(by: shape.stride, along: 2).strided(by: shape.stride, along: 3)
      .padded([0, 0, 0, 0, added / 2, added - added / 2])
  }
}

/// Squeeze-and-excitation (Hu, Shen and Sun, CVPR 2018, §3): the channels, weighed by what their means say.
private struct Excitation {
  private let squeeze, excite: Linear

  static func declarations(_ name: String, channels: Int, dividing divisor: Int) -> [TensorDeclaration] {
    guard divisor > 0 else { return [] }
    let inner = max(1, channels / divisor)
    return Linear.declarations(
      "\(name).squeeze", inputs: channels, outputs: inner, .kaimingUniform(inputs: channels))
      + Linear.declarations("\(name).excite", inputs: inner, outputs: channels, .logits(inputs: inner))
  }

  init(_ name: String, in store: ParameterStore) {
    squeeze = Linear("\(name).squeeze", in: store)
    excite = Linear("\(name).excite", in: store)
  }

  /// `[batch, channels, height, width]` → the same.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let means = try x.averagePooled(toHeight: 1, width: 1).flattened(from: 1)
    let weights = try excite(squeeze(means, pass).relu(), pass).sigmoid()
    return try x.multiplied(by: weights.reshaped([-1, x.shape[1], 1, 1]))
  }
}

extension Tensor {
  /// The activation of it, in place where that is allowed and the activation is a rectifier.
  func activated(_ activation: Activation, inPlace: Bool) throws(TensorError) -> Tensor {
    guard inPlace, activation == .relu else { return try activation(self) }
    try reluInPlace()
    return self
  }
}
