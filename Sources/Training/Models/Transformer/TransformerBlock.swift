import Tensors

/// Attention and a feed-forward layer, each a branch that is added to what comes in.
///
/// Parameters of block i, with w the width, h the heads' width together and f the feed-forward width:
/// `blocks.i.attention_norm`, `blocks.i.attention.weight` `[3h, w]` (queries, keys, values), `.bias`,
/// `blocks.i.projection.weight` `[w, h]`, `.bias`, `blocks.i.feedforward_norm`, `blocks.i.expansion.weight`
/// `[f, w]` (gated `[2f, w]`: the gate first), `.bias`, `blocks.i.contraction.weight` `[w, f]`, `.bias`; with
/// norms around a branch `blocks.i.attention_end_norm` and `blocks.i.feedforward_end_norm`, too. A norm has
/// `.weight` and, but for rms, `.bias`.
struct TransformerBlock {
  private let attentionNorm, feedforwardNorm: VectorNormalization
  /// After a branch; nothing unless norms stand around it.
  private let attentionEnd, feedforwardEnd: VectorNormalization
  private let attention: CausalAttention
  private let expansion, contraction: Linear
  private let activation: Activation
  private let isGated: Bool
  /// What the feed-forward layer was made wide by.
  private let ratio: Double
  private let place: TransformerConfiguration.NormPlace
  private var attentionDropout, feedforwardDropout: Dropout
  private var attentionDepth, feedforwardDepth: StochasticDepth

  private static func norms(_ number: Int, _ place: TransformerConfiguration.NormPlace) -> [String] {
    let first = ["blocks.\(number).attention_norm", "blocks.\(number).feedforward_norm"]
    let last = ["blocks.\(number).attention_end_norm", "blocks.\(number).feedforward_end_norm"]
    return place == .around ? first + last : first
  }

  static func declarations(_ number: Int, _ configuration: TransformerConfiguration) -> [TensorDeclaration] {
    let (width, inner) = (configuration.width, configuration.feedforwardWidth)
    let first = Initialization.normal(deviation: 0.02)
    let last = Initialization.normal(deviation: 0.02 / Double(2 * configuration.layers).squareRoot())
    let name = "blocks.\(number)"
    let norms = norms(number, configuration.normPlace).map {
      VectorNormalization.declarations(configuration.normalization, $0, width: width)
    }
    return norms[0] + CausalAttention.declarations(name, configuration, first: first, last: last) + norms[1]
      + Linear.declarations(
        "\(name).expansion", inputs: width, outputs: configuration.isGated ? 2 * inner : inner, first)
      + Linear.declarations("\(name).contraction", inputs: inner, outputs: width, last)
      + norms.dropFirst(2).flatMap { $0 }
  }

  init(
    _ number: Int, in store: ParameterStore, _ configuration: TransformerConfiguration,
    positions: PositionCode
  ) {
    let norms = Self.norms(number, configuration.normPlace).map {
      VectorNormalization(configuration.normalization, $0, in: store)
    }
    (attentionNorm, feedforwardNorm) = (norms[0], norms[1])
    (attentionEnd, feedforwardEnd) = norms.count > 2 ? (norms[2], norms[3]) : (.none, .none)
    let layers = configuration.layers
    attention = CausalAttention(
      "blocks.\(number)", in: store, configuration, positions: positions,
      dropoutLayer: 2 * layers + 1 + number)
    expansion = Linear("blocks.\(number).expansion", in: store)
    contraction = Linear("blocks.\(number).contraction", in: store)
    (activation, isGated, place) = (configuration.activation, configuration.isGated, configuration.normPlace)
    ratio = configuration.feedforwardRatio
    attentionDropout = Dropout(probability: configuration.dropout, layer: 2 * number + 1)
    feedforwardDropout = Dropout(probability: configuration.dropout, layer: 2 * number + 2)
    attentionDepth = StochasticDepth(
      probability: configuration.stochasticDepth, branch: 2 * number, branches: 2 * layers)
    feedforwardDepth = StochasticDepth(
      probability: configuration.stochasticDepth, branch: 2 * number + 1, branches: 2 * layers)
  }

  mutating func setDropout(_ probability: Double) {
    attentionDropout.probability = probability
    feedforwardDropout.probability = probability
  }

  var stochasticDepth: Double {
    get { attentionDepth.probability }
    set { (attentionDepth.probability, feedforwardDepth.probability) = (newValue, newValue) }
  }

  /// Says in a configuration what this block is.
  func describe(in configuration: inout TransformerConfiguration) {
    attention.describe(in: &configuration)
    configuration.feedforwardRatio = ratio
    if configuration.feedforwardWidth != contraction.inputs {
      configuration.feedforwardRatio = Double(contraction.inputs) / Double(configuration.width)
    }
    (configuration.isGated, configuration.activation) = (isGated, activation)
    configuration.normalization = attentionNorm.kind
  }

  /// `[batch, length, width]` → the same.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let middle = try branch(x, attentionNorm, pass) { x throws(TensorError) in
      try attentionDepth(attentionDropout(attentionEnd(attention(x, pass), pass), pass), pass)
    }
    return try branch(middle, feedforwardNorm, pass) { x throws(TensorError) in
      try feedforwardDepth(feedforwardDropout(feedforwardEnd(feedforward(x, pass), pass), pass), pass)
    }
  }

  /// x + branch(norm(x)), or norm(x + branch(x)); norms around a branch end it.
  private func branch(
    _ x: Tensor, _ norm: VectorNormalization, _ pass: ForwardPass,
    _ branch: (Tensor) throws(TensorError) -> Tensor
  ) throws(TensorError) -> Tensor {
    if place == .after { return try norm(x.adding(branch(x)), pass) }
    return try x.adding(branch(norm(x, pass)))
  }

  private func feedforward(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let wide = try expansion(x, pass)
    guard isGated else { return try contraction(activation(wide), pass) }
    let halves = try wide.split(into: 2, along: -1)
    return try contraction(activation(halves[0]).multiplied(by: halves[1]), pass)
  }
}
