public import Tensors

/// A causal language model of characters: as it stands where nobody says, GPT-2's transformer (Radford et
/// al., 2019, §2.3), with normalization before each branch, learned positions and the tanh form of GELU. The
/// map to logits has no bias and, unless said, is not tied to the embedding.
///
/// Parameters, with w the width, h the heads' width together and f the width of the feed-forward layer:
/// `tokens.weight` `[vocabulary, w]`; with learned positions `positions.weight` `[contextLength, w]`; those
/// of each `TransformerBlock`; unless normalization stands after the sums `norm.weight` and, but for rms,
/// `norm.bias`; unless tied `head.weight` `[vocabulary, w]`. No buffers.
public struct Transformer: Model {
  public let store: ParameterStore
  private let tokens: Parameter
  private let positions: PositionCode
  private let contextLength: Int
  private var embeddingDropout: Dropout
  private var blocks: [TransformerBlock]
  private let norm: VectorNormalization
  private let head: Linear?
  private let normPlace: TransformerConfiguration.NormPlace

  /// Weights start normal with deviation 0.02, those that end a residual branch divided by √(2 · layers)
  /// (GPT-2, §2.3).
  ///
  /// - Throws: `TrainingError.invalid` when the heads don't divide the width.
  public init(
    _ configuration: TransformerConfiguration, vocabulary: Int, contextLength: Int, seed: UInt64,
    device: Device
  ) throws(TrainingError) {
    if let problem = configuration.problems.first { throw problem }
    let store = try ParameterStore(
      Self.declarations(configuration, vocabulary: vocabulary, contextLength: contextLength), seed: seed,
      device: device)
    tokens = store.parameter("tokens.weight")
    let positions = try library { () throws(TensorError) in
      try PositionCode(configuration, contextLength: contextLength, in: store)
    }
    self.positions = positions
    self.contextLength = contextLength
    embeddingDropout = Dropout(probability: configuration.dropout, layer: 0)
    blocks = (0..<configuration.layers).map {
      TransformerBlock($0, in: store, configuration, positions: positions)
    }
    normPlace = configuration.normPlace
    norm =
      Self.hasFinalNorm(configuration)
      ? VectorNormalization(configuration.normalization, "norm", in: store) : .none
    head = configuration.hasTiedHead ? nil : Linear("head", in: store, hasBias: false)
    self.store = store
  }

  private static func hasFinalNorm(_ configuration: TransformerConfiguration) -> Bool {
    configuration.normPlace != .after
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(
    _ configuration: TransformerConfiguration, vocabulary: Int, contextLength: Int
  ) -> ModelDeclarations {
    let width = configuration.width
    var parameters = [TensorDeclaration("tokens.weight", [vocabulary, width], .normal(deviation: 0.02))]
    if configuration.positions == .learned {
      parameters.append(
        TensorDeclaration("positions.weight", [contextLength, width], .normal(deviation: 0.02)))
    }
    parameters += (0..<configuration.layers).flatMap { TransformerBlock.declarations($0, configuration) }
    if hasFinalNorm(configuration) {
      parameters += VectorNormalization.declarations(configuration.normalization, "norm", width: width)
    }
    if !configuration.hasTiedHead {
      parameters += Linear.declarations(
        "head", inputs: width, outputs: vocabulary, .normal(deviation: 0.02), hasBias: false)
    }
    return ModelDeclarations(parameters: parameters)
  }

  public var configuration: ModelConfiguration {
    var configuration = TransformerConfiguration()
    configuration.width = tokens.shape[1]
    blocks.first?.describe(in: &configuration)
    configuration.layers = blocks.count
    configuration.dropout = dropout
    configuration.stochasticDepth = stochasticDepth
    configuration.normPlace = normPlace
    configuration.positions = positions.kind
    configuration.hasTiedHead = head == nil
    return .transformer(configuration)
  }

  public var dropout: Double {
    get { embeddingDropout.probability }
    set {
      embeddingDropout.probability = newValue
      for block in blocks.indices { blocks[block].setDropout(newValue) }
    }
  }

  public var stochasticDepth: Double {
    get { blocks.first?.stochasticDepth ?? 0 }
    set { for block in blocks.indices { blocks[block].stochasticDepth = newValue } }
  }

  /// `[batch, length]`, 64-bit integers below the vocabulary's size, length at most `contextLength` → `[batch
  /// · length, vocabulary]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try embeddingDropout(positions.added(to: inputs.embedded(pass[tokens]), pass), pass)
    for block in blocks { x = try block(x, pass) }
    let last = try norm(x, pass).flattened(through: 1)
    guard let head else { return try last.linear(pass[tokens]) }
    return try head(last, pass)
  }
}
