public import Tensors

/// A residual network for tables (Gorishniy, Rubachev, Khrulkov and Babenko, arXiv:2106.11959, §3.2): a linear map,
/// residual blocks of two linear maps, and a linear map to the outputs.
public struct TabularConfiguration: Equatable, Sendable {
  /// Numbers that pass from block to block.
  public var width: Int = 128
  public var blocks: Int = 2
  /// Numbers that a column of categories becomes, at most as many as it has categories; 0 for a feature of each
  /// category.
  public var embeddingWidth: Int = 0
  /// How many times wider a block is inside, above 0.
  public var hiddenFactor: Double = 2
  public var activation: Activation = .relu
  /// None, batch, layer or rms.
  public var normalization: Normalization = .batch
  /// The probability, in [0, 1), with which an activation inside a block is zeroed.
  public var dropout: Double = 0
  /// The same of what a block adds.
  public var residualDropout: Double = 0
  /// The probability, in [0, 1), with which a sample leaves out the last block: see `StochasticDepth`.
  public var stochasticDepth: Double = 0
  public var statistics = BatchStatistics()
  public var start = WeightStart()

  public init() {}

  /// Numbers inside a block, at least 1.
  var hiddenWidth: Int { max(1, Int((hiddenFactor * Double(width)).rounded())) }
}

extension TabularConfiguration: LayeredModelShape {
  public static var name: String { "tabular" }
  public static var tasks: Set<TaskKind> { [.classification, .regression] }

  public static var options: [ConfigurationOption<Self>] {
    [
      .integer("width", low: 1, high: 1_000_000, \.width, ModelSummaries.width),
      .integer("blocks", low: 1, high: 16, \.blocks, ModelSummaries.blocks),
      .integer(
        "embedding_width", low: 0, high: 1_000, \.embeddingWidth,
        "The learned numbers that a column of categories becomes, at most as many as it has; 0 for a feature each."
      ),
      .number(
        "hidden_factor", .above(0, through: 100), \.hiddenFactor,
        "How many times wider than the model a block is inside."),
      .choice("activation", \.activation, ModelSummaries.activation),
      .choice("normalization", \.normalization, ModelSummaries.normalization),
      .number("dropout", .from(0, below: 1), \.dropout, isLive: true, ModelSummaries.dropout),
      .number(
        "residual_dropout", .from(0, below: 1), \.residualDropout,
        "The probability with which a number that a block adds is zeroed."),
      .stochasticDepth(\.stochasticDepth),
    ] + layerOptions
  }

  public var problems: [TrainingError] {
    normalization.problems(among: [.none, .batch, .layer, .rms], of: Self.name)
  }

  public var embedsCategories: Bool { embeddingWidth > 0 }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    guard let inputs = TabularInputs(of: form, embeddingWidth: embeddingWidth) else { throw Self.mismatch }
    return try TabularNetwork(self, inputs: inputs, outputs: form.outputs, seed: seed, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    guard let inputs = TabularInputs(of: form, embeddingWidth: embeddingWidth) else { throw Self.mismatch }
    return TabularNetwork.declarations(self, inputs: inputs, outputs: form.outputs)
  }

  public func activations(for form: DataSet.Form) -> Int {
    guard let inputs = TabularInputs(of: form, embeddingWidth: embeddingWidth) else { return 0 }
    let block = Int.clampedSum([.clampedProduct([4, width]), .clampedProduct([3, hiddenWidth])])
    return .clampedSum([
      inputs.features, inputs.width, form.outputs, 3 * width, .clampedProduct([blocks, block]),
    ])
  }

  public func fewestNormalizedValues(of shape: [Int]?) -> Int? { normalization == .batch ? 1 : nil }
}

extension ModelConfiguration {
  public static func tabular(_ shape: TabularConfiguration) -> Self { Self(shape) }
}
