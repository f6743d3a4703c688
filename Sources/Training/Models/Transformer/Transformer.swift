public import Tensors

/// A causal language model of characters: GPT-2's transformer (Radford et al., 2019, §2.3), with
/// normalization before each branch, learned positions and the tanh form of GELU. The map to logits has no
/// bias and is not tied to the embedding.
///
/// Parameters, with w the width: `tokens.weight` `[vocabulary, w]`, `positions.weight` `[contextLength, w]`;
/// for block i `blocks.i.attention_norm.weight`, `.bias`, `blocks.i.attention.weight` `[3w, w]` (queries,
/// keys, values), `.bias`, `blocks.i.projection.weight` `[w, w]`, `.bias`,
/// `blocks.i.feedforward_norm.weight`, `.bias`, `blocks.i.expansion.weight` `[4w, w]`, `.bias`,
/// `blocks.i.contraction.weight` `[w, 4w]`, `.bias`; last `norm.weight`, `norm.bias`, `head.weight`
/// `[vocabulary, w]`. No buffers.
public struct Transformer: Model {
  public let store: ParameterStore
  private let tokens, positions: Tensor
  private let contextLength: Int
  private var embeddingDropout: Dropout
  private var blocks: [TransformerBlock]
  private let norm: LayerNormalization
  private let head: Linear

  /// Weights start normal with deviation 0.02, those that end a residual branch divided by √(2 · layers)
  /// (GPT-2, §2.3).
  ///
  /// - Throws: `TrainingError.invalid` when the heads don't divide the width.
  public init(
    _ configuration: TransformerConfiguration, vocabulary: Int, contextLength: Int, seed: UInt64,
    device: Device
  ) throws(TrainingError) {
    guard configuration.heads >= 1, configuration.width % configuration.heads == 0 else {
      throw .invalid(
        subject: "heads", expected: "a divisor of the width \(configuration.width)",
        found: "\(configuration.heads)",
        remedy: "Change heads or width.")
    }
    let store = try ParameterStore(
      Self.declarations(configuration, vocabulary: vocabulary, contextLength: contextLength), seed: seed,
      device: device)
    tokens = store.tensor("tokens.weight")
    positions = store.tensor("positions.weight")
    self.contextLength = contextLength
    embeddingDropout = Dropout(probability: configuration.dropout, layer: 0)
    blocks = (0..<configuration.layers).map { TransformerBlock($0, in: store, configuration) }
    norm = LayerNormalization("norm", in: store)
    head = Linear("head", in: store, hasBias: false)
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(
    _ configuration: TransformerConfiguration, vocabulary: Int, contextLength: Int
  ) -> ModelDeclarations {
    let width = configuration.width
    return ModelDeclarations(
      parameters: [
        TensorDeclaration("tokens.weight", [vocabulary, width], .normal(deviation: 0.02)),
        TensorDeclaration("positions.weight", [contextLength, width], .normal(deviation: 0.02)),
      ] + (0..<configuration.layers).flatMap { TransformerBlock.declarations($0, configuration) }
        + LayerNormalization.declarations("norm", width: width)
        + Linear.declarations(
          "head", inputs: width, outputs: vocabulary, .normal(deviation: 0.02), hasBias: false))
  }

  public var configuration: ModelConfiguration {
    var configuration = TransformerConfiguration()
    configuration.layers = blocks.count
    configuration.heads = blocks.first?.heads ?? configuration.heads
    configuration.width = tokens.shape[1]
    configuration.dropout = dropout
    return .transformer(configuration)
  }

  public var dropout: Double {
    get { embeddingDropout.probability }
    set {
      embeddingDropout.probability = newValue
      for block in blocks.indices { blocks[block].setDropout(newValue) }
    }
  }

  /// `[batch, length]`, 64-bit integers below the vocabulary's size, length at most `contextLength` → `[batch
  /// · length, vocabulary]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let length = inputs.shape.last ?? 0
    let positions = length == contextLength ? positions : try positions.narrowed(0..<length, along: 0)
    var x = try embeddingDropout(inputs.embedded(tokens).adding(positions), pass)
    for block in blocks { x = try block(x, pass) }
    return try head(norm(x).flattened(through: 1))
  }
}

/// x + attention(norm(x)), then x + feedforward(norm(x)).
private struct TransformerBlock {
  private let attentionNorm, feedforwardNorm: LayerNormalization
  private let attention, projection, expansion, contraction: Linear
  private var attentionDropout, feedforwardDropout: Dropout
  let heads: Int

  static func declarations(_ number: Int, _ configuration: TransformerConfiguration) -> [TensorDeclaration] {
    let width = configuration.width
    let inner = Initialization.normal(deviation: 0.02)
    let last = Initialization.normal(deviation: 0.02 / Double(2 * configuration.layers).squareRoot())
    let name = "blocks.\(number)"
    return LayerNormalization.declarations("\(name).attention_norm", width: width)
      + Linear.declarations("\(name).attention", inputs: width, outputs: 3 * width, inner)
      + Linear.declarations("\(name).projection", inputs: width, outputs: width, last)
      + LayerNormalization.declarations("\(name).feedforward_norm", width: width)
      + Linear.declarations("\(name).expansion", inputs: width, outputs: 4 * width, inner)
      + Linear.declarations("\(name).contraction", inputs: 4 * width, outputs: width, last)
  }

  init(_ number: Int, in store: ParameterStore, _ configuration: TransformerConfiguration) {
    let name = "blocks.\(number)"
    attentionNorm = LayerNormalization("\(name).attention_norm", in: store)
    attention = Linear("\(name).attention", in: store)
    projection = Linear("\(name).projection", in: store)
    feedforwardNorm = LayerNormalization("\(name).feedforward_norm", in: store)
    expansion = Linear("\(name).expansion", in: store)
    contraction = Linear("\(name).contraction", in: store)
    attentionDropout = Dropout(probability: configuration.dropout, layer: 2 * number + 1)
    feedforwardDropout = Dropout(probability: configuration.dropout, layer: 2 * number + 2)
    heads = configuration.heads
  }

  mutating func setDropout(_ probability: Double) {
    attentionDropout.probability = probability
    feedforwardDropout.probability = probability
  }

  /// `[batch, length, width]` → the same.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let attended = try attentionDropout(attend(attentionNorm(x)), pass)
    let x = try x.adding(attended)
    let fed = try contraction(expansion(feedforwardNorm(x)).gelu())
    return try x.adding(feedforwardDropout(fed, pass))
  }

  private func attend(_ x: Tensor) throws(TensorError) -> Tensor {
    let parts = try attention(x).split(into: 3, along: -1)
    let query = try splitHeads(parts[0])
    let key = try splitHeads(parts[1])
    let value = try splitHeads(parts[2])
    let mixed = try Tensor.attention(query: query, key: key, value: value, causal: true)
    return try projection(mixed.transposed(1, 2).flattened(from: 2))
  }

  /// `[batch, length, width]` → `[batch, heads, length, width / heads]`.
  private func splitHeads(_ x: Tensor) throws(TensorError) -> Tensor {
    let shape = x.shape
    return try x.reshaped([shape[0], shape[1], heads, shape[2] / heads]).transposed(1, 2)
  }
}
