public import Tensors

/// A residual network for tables (Gorishniy et al., arXiv:2106.11959, §3.2): first(x), then for each block
///
///     x ← x + dropout(linear2(dropout(activation(linear1(norm(x))))))
///
/// and last classifier(activation(norm(x))). A category reaches it as a feature of its own, 1 where it stands: so its
/// column of the first map's weight is its embedding, as wide as the model, and the map the sum over the columns; or
/// through an embedding of another width, which is as if that weight had so low a rank (`TabularInputs`).
///
/// Parameters, with w the width and h that inside a block: those of `TabularInputs`; `first.weight` `[w, inputs]`,
/// `first.bias`; for block i
/// `blocks.i.norm.weight`, `blocks.i.norm.bias`, `blocks.i.linear1.weight` `[h, w]`, `.bias`,
/// `blocks.i.linear2.weight` `[w, h]`, `.bias`; `norm.weight`, `norm.bias`; `classifier.weight` `[outputs, w]`,
/// `.bias`. Buffers, with batch normalization: `running_mean` and `running_var` of each norm.
public struct TabularNetwork: Model {
  public let store: ParameterStore
  private let embeddings: TabularEmbeddings
  private let first, classifier: Linear
  private var blocks: [TabularBlock]
  private let norm: VectorNormalization
  private let options: TabularConfiguration

  /// Weights start with the variance that the activation keeps; biases at 0.
  init(
    _ configuration: TabularConfiguration, inputs: TabularInputs, outputs: Int, seed: UInt64, device: Device
  ) throws(TrainingError) {
    let store = try ParameterStore(
      Self.declarations(configuration, inputs: inputs, outputs: outputs), seed: seed, device: device)
    embeddings = inputs.embeddings(in: store)
    first = Linear("first", in: store)
    blocks = (0..<configuration.blocks).map { TabularBlock($0, in: store, configuration) }
    norm = VectorNormalization(configuration.normalization, "norm", in: store, configuration.statistics)
    classifier = Linear("classifier", in: store)
    options = configuration
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(_ configuration: TabularConfiguration, inputs: TabularInputs, outputs: Int)
    -> ModelDeclarations
  {
    let (width, kind) = (configuration.width, configuration.normalization)
    var declarations = ModelDeclarations(
      parameters: inputs.declarations
        + Linear.declarations(
          "first", inputs: inputs.width, outputs: width,
          .xavierUniform(inputs: inputs.width, outputs: width)))
    for block in 0..<configuration.blocks {
      declarations.parameters += TabularBlock.declarations(block, configuration)
      declarations.buffers += VectorNormalization.statistics(kind, "blocks.\(block).norm", width: width)
    }
    declarations.parameters += VectorNormalization.declarations(kind, "norm", width: width)
    declarations.buffers += VectorNormalization.statistics(kind, "norm", width: width)
    declarations.parameters += Linear.declarations(
      "classifier", inputs: width, outputs: outputs, .logits(inputs: width))
    return declarations.starting(by: configuration.start, but: "classifier.weight")
  }

  public var configuration: ModelConfiguration {
    var configuration = options
    configuration.blocks = blocks.count
    (configuration.dropout, configuration.stochasticDepth) = (dropout, stochasticDepth)
    return .tabular(configuration)
  }

  public var dropout: Double {
    get { blocks.first?.inner.probability ?? 0 }
    set { for block in blocks.indices { blocks[block].inner.probability = newValue } }
  }

  public var stochasticDepth: Double {
    get { blocks.first?.depth.probability ?? 0 }
    set { for block in blocks.indices { blocks[block].depth.probability = newValue } }
  }

  /// `[batch, ...]` → `[batch, outputs]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try first(embeddings(inputs.flattened(from: 1), pass), pass)
    for block in blocks { x = try x.adding(block(x, pass)) }
    return try classifier(options.activation(norm(x, pass)), pass)
  }
}

/// What is added to what comes in.
private struct TabularBlock {
  private let norm: VectorNormalization
  private let linear1, linear2: Linear
  private let activation: Activation
  private let outer: Dropout
  var inner: Dropout
  var depth: StochasticDepth

  static func declarations(_ number: Int, _ configuration: TabularConfiguration) -> [TensorDeclaration] {
    let (name, width, inner) = ("blocks.\(number)", configuration.width, configuration.hiddenWidth)
    return VectorNormalization.declarations(configuration.normalization, "\(name).norm", width: width)
      + Linear.declarations(
        "\(name).linear1", inputs: width, outputs: inner,
        configuration.activation.initialization(inputs: width, outputs: inner))
      + Linear.declarations("\(name).linear2", inputs: inner, outputs: width, .logits(inputs: inner))
  }

  init(_ number: Int, in store: ParameterStore, _ configuration: TabularConfiguration) {
    let name = "blocks.\(number)"
    norm = VectorNormalization(
      configuration.normalization, "\(name).norm", in: store, configuration.statistics)
    linear1 = Linear("\(name).linear1", in: store)
    linear2 = Linear("\(name).linear2", in: store)
    activation = configuration.activation
    inner = Dropout(probability: configuration.dropout, layer: 2 * number)
    outer = Dropout(probability: configuration.residualDropout, layer: 2 * number + 1)
    depth = StochasticDepth(
      probability: configuration.stochasticDepth, branch: number, branches: configuration.blocks)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let inside = try inner(activation(linear1(norm(x, pass), pass)), pass)
    return try depth(outer(linear2(inside, pass), pass), pass)
  }
}
