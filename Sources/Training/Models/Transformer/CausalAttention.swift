import Tensors

/// Every position looks at itself and those before it (Vaswani et al., NeurIPS 2017, §3.2), in several heads.
struct CausalAttention {
  private let attention, projection: Linear
  private let positions: PositionCode
  private let heads: Int
  /// As it was asked for: 0 for what is left to a head.
  private let headWidth: Int
  private let dropout: Dropout

  static func declarations(
    _ name: String, _ configuration: TransformerConfiguration, first: Initialization, last: Initialization
  ) -> [TensorDeclaration] {
    let all = Int.clampedProduct([configuration.heads, configuration.usedHeadWidth])
    return Linear.declarations("\(name).attention", inputs: configuration.width, outputs: 3 * all, first)
      + Linear.declarations("\(name).projection", inputs: all, outputs: configuration.width, last)
  }

  /// - Parameter dropoutLayer: the number of its dropout in the model.
  init(
    _ name: String, in store: ParameterStore, _ configuration: TransformerConfiguration,
    positions: PositionCode, dropoutLayer: Int
  ) {
    attention = Linear("\(name).attention", in: store)
    projection = Linear("\(name).projection", in: store)
    self.positions = positions
    (heads, headWidth) = (configuration.heads, configuration.headWidth)
    dropout = Dropout(probability: configuration.attentionDropout, layer: dropoutLayer)
  }

  /// Says in a configuration what this is.
  func describe(in configuration: inout TransformerConfiguration) {
    (configuration.heads, configuration.headWidth) = (heads, headWidth)
    let found = projection.inputs / heads
    if configuration.usedHeadWidth != found { configuration.headWidth = found }
    configuration.attentionDropout = dropout.probability
  }

  /// `[batch, length, width]` → the same.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let parts = try attention(x, pass).split(into: 3, along: -1)
    let query = try positions.turned(splitHeads(parts[0]))
    let key = try positions.turned(splitHeads(parts[1]))
    let value = try splitHeads(parts[2])
    let mixed =
      dropout.probability > 0 && pass.isTraining
      ? try dropped(query, key, value, pass)
      : try Tensor.attention(query: query, key: key, value: value, causal: true)
    return try projection(mixed.transposed(1, 2).flattened(from: 2), pass)
  }

  /// `[batch, length, all]` → `[batch, heads, length, all / heads]`.
  private func splitHeads(_ x: Tensor) throws(TensorError) -> Tensor {
    let shape = x.shape
    return try x.reshaped([-1, shape[1], heads, shape[2] / heads]).transposed(1, 2)
  }

  /// The attention step by step, its weights dropped by the layer's own masks: those of the fused operator
  /// would come from a generator that runs on from step to step.
  private func dropped(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ pass: ForwardPass
  ) throws(TensorError) -> Tensor {
    let scale = 1 / Double(query.shape[3]).squareRoot()
    let scores = try query.matmul(key.transposed(2, 3)).multiplied(by: scale)
    let weights = try scores.adding(Self.future(query.shape[2], on: query.device)).softmax(along: -1)
    return try dropout(weights, pass).matmul(value)
  }

  /// 0 where a position may look, far below any score where it may not; `[length, length]`.
  private static func future(_ length: Int, on device: Device) throws(TensorError) -> Tensor {
    var mask = [Float](repeating: 0, count: length * length)
    for row in 0..<length {
      for column in row + 1..<max(length, row + 1) { mask[row * length + column] = -1e30 }
    }
    return try Tensor(mask, shape: [length, length]).to(device)
  }
}
