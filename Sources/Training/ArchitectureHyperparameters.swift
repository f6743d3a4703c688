// The hyperparameters that give the network its shape. None may change while a trial runs.

extension TrainingHyperparameters {
  /// How many hidden layers of an MLP have a width with a name of its own.
  static let namedWidths = 6
  /// Of a hidden layer: the weights between two such layers can still be counted.
  static let widest = 1_000_000_000
  /// Of an MLP.
  static let mostHiddenLayers = 1_000

  static let architecture: [TrainingHyperparameter] = mlp + hiddenWidths + resnetAndTransformer

  private static let mlp: [TrainingHyperparameter] = [
    .integer(
      "hidden_layers", low: 1, high: mostHiddenLayers, \.model.hiddenLayers, isLive: false,
      "The number of hidden layers; new ones are as wide as the last.",
      needs: "the model mlp with a hidden layer"
    ) { $0.model.hiddenLayers > 0 },
    TrainingHyperparameter(
      name: "hidden_width", summary: "The width of every hidden layer.", kind: .integer(low: 1, high: widest),
      isLive: false, applicability: "the model mlp with a hidden layer",
      isApplicable: { $0.model.hiddenLayers > 0 },
      read: { configuration in
        guard let hidden = configuration.model.mlp?.hidden, let first = hidden.first else { return nil }
        // Layers of different widths have no common one; their own names tell them.
        return hidden.allSatisfy { $0 == first } ? .number(Double(first)) : nil
      },
      write: { configuration, value in
        guard case .number(let width) = value else { return }
        let layers = configuration.model.hiddenLayers
        configuration.model.mlp?.hidden = Array(repeating: Int(width), count: layers)
      }),
    .text(
      "activation", Activation.self, \.model.activation, isLive: false, "The function between the layers.",
      needs: "the model mlp"
    ) { $0.model.mlp != nil },
    .text(
      "normalization", MLPConfiguration.Normalization.self, \.model.normalization, isLive: false,
      "What normalizes the hidden layers.", needs: "the model mlp"
    ) { $0.model.mlp != nil },
  ]

  private static let hiddenWidths: [TrainingHyperparameter] = (0..<namedWidths).map { layer in
    TrainingHyperparameter(
      name: "hidden_width_\(layer + 1)", summary: "The width of hidden layer \(layer + 1).",
      kind: .integer(low: 1, high: widest), isLive: false,
      applicability: "the model mlp with at least \(layer + 1) hidden layers",
      isApplicable: { $0.model.hiddenLayers > layer },
      read: { $0.model.mlp.map { .number(Double($0.hidden[layer])) } },
      write: { if case .number(let width) = $1 { $0.model.mlp?.hidden[layer] = Int(width) } })
  }

  private static let resnetAndTransformer: [TrainingHyperparameter] = [
    .integer(
      "depth", low: 8, high: 1_202, \.model.depth, isLive: false,
      "The depth of the residual network, 6n + 2.",
      needs: "the model resnet"
    ) { $0.model.resnet != nil },
    .integer(
      "layers", low: 1, high: 1_000, \.model.layers, isLive: false, "The blocks of the transformer.",
      needs: "the model transformer"
    ) { $0.model.transformer != nil },
    .integer(
      "heads", low: 1, high: 1_000, \.model.heads, isLive: false,
      "The attention heads of a block; divides the width.",
      needs: "the model transformer"
    ) { $0.model.transformer != nil },
    .integer(
      "width", low: 1, high: 1_000_000, \.model.width, isLive: false,
      "The channels of the residual network's first stage, or the width of the transformer.",
      needs: "the model resnet or transformer"
    ) { $0.model.mlp == nil },
  ]
}

// One path to each number of a model, whichever model it is: a model that has no such number reads as a
// harmless value and ignores being set. The table asks `isApplicable` first, so neither shows.
extension ModelConfiguration {
  var name: String {
    switch self {
    case .mlp: "mlp"
    case .resnet: "resnet"
    case .transformer: "transformer"
    }
  }

  var mlp: MLPConfiguration? {
    get { if case .mlp(let mlp) = self { mlp } else { nil } }
    set { if let newValue { self = .mlp(newValue) } }
  }

  var resnet: ResNetConfiguration? {
    get { if case .resnet(let resnet) = self { resnet } else { nil } }
    set { if let newValue { self = .resnet(newValue) } }
  }

  var transformer: TransformerConfiguration? {
    get { if case .transformer(let transformer) = self { transformer } else { nil } }
    set { if let newValue { self = .transformer(newValue) } }
  }

  var dropout: Double {
    get { mlp?.dropout ?? transformer?.dropout ?? 0 }
    set {
      mlp?.dropout = newValue
      transformer?.dropout = newValue
    }
  }

  var hiddenLayers: Int {
    get { mlp?.hidden.count ?? 0 }
    set {
      guard let hidden = mlp?.hidden, let last = hidden.last else { return }
      let added = max(0, newValue - hidden.count)
      mlp?.hidden = Array(hidden.prefix(newValue)) + Array(repeating: last, count: added)
    }
  }

  var activation: Activation {
    get { mlp?.activation ?? .relu }
    set { mlp?.activation = newValue }
  }

  var normalization: MLPConfiguration.Normalization {
    get { mlp?.normalization ?? .none }
    set { mlp?.normalization = newValue }
  }

  var depth: Int {
    get { resnet?.depth ?? 0 }
    set { resnet?.depth = newValue }
  }

  var layers: Int {
    get { transformer?.layers ?? 0 }
    set { transformer?.layers = newValue }
  }

  var heads: Int {
    get { transformer?.heads ?? 0 }
    set { transformer?.heads = newValue }
  }

  var width: Int {
    get { resnet?.width ?? transformer?.width ?? 0 }
    set {
      resnet?.width = newValue
      transformer?.width = newValue
    }
  }
}
