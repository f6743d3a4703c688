public import Tensors

/// A multi-layer perceptron: per hidden layer a linear map, then normalization, activation and dropout; then
/// a linear map to the outputs.
public struct MLPConfiguration: Equatable, Sendable {
  /// The widths of the hidden layers, each at least 1; may be empty.
  public var hidden: [Int] = [128, 128]
  public var activation: Activation = .relu
  /// None, batch, layer or rms.
  public var normalization: Normalization = .none
  /// The probability, in [0, 1), with which a hidden activation is zeroed.
  public var dropout: Double = 0
  /// Of which samples batch normalization takes its statistics.
  public var statistics = BatchStatistics()
  public var start = WeightStart()

  public init() {}
}

extension MLPConfiguration: LayeredModelShape {
  public static var name: String { "mlp" }
  public static var tasks: Set<TaskKind> { [.classification, .regression] }

  /// Of a hidden layer: the weights between two such layers can still be counted.
  static let widest = 1_000_000_000
  static let mostLayers = 1_000
  /// How many hidden layers have a width with a name of its own.
  static let namedWidths = 6

  public static var options: [ConfigurationOption<Self>] {
    [
      .integers("hidden", atLeast: 1, atMost: mostLayers, \.hidden),
      .derived(
        "hidden_layers", low: 1, high: mostLayers,
        "The number of hidden layers; new ones are as wide as the last.",
        needs: "with a hidden layer", where: { !$0.hidden.isEmpty },
        read: { $0.hidden.count }, write: { $0.setLayers($1) }),
      .derived(
        "hidden_width", low: 1, high: widest, "The width of every hidden layer.",
        needs: "with a hidden layer",
        where: { !$0.hidden.isEmpty },
        // Layers of different widths have no common one; their own names tell them.
        read: { shape in
          shape.hidden.first.flatMap { first in shape.hidden.allSatisfy { $0 == first } ? first : nil }
        },
        write: { $0.hidden = Array(repeating: $1, count: $0.hidden.count) }),
      .choice("activation", \.activation, ModelSummaries.activation, .always),
      .choice("normalization", \.normalization, ModelSummaries.normalization, .always),
    ] + hiddenWidths + [
      .number(
        "dropout", .from(0, below: 1), \.dropout, isLive: true, ModelSummaries.dropout,
        needs: "with a hidden layer", .always, where: { !$0.hidden.isEmpty })
    ] + layerOptions
  }

  private static var hiddenWidths: [ConfigurationOption<Self>] {
    (0..<namedWidths).map { layer in
      .derived(
        "hidden_width_\(layer + 1)", low: 1, high: widest, "The width of hidden layer \(layer + 1).",
        needs: "with at least \(layer + 1) hidden layers", where: { $0.hidden.count > layer },
        read: { $0.hidden[layer] }, write: { if $0.hidden.count > layer { $0.hidden[layer] = $1 } })
    }
  }

  private mutating func setLayers(_ count: Int) {
    guard let last = hidden.last else { return }
    hidden = Array(hidden.prefix(count)) + Array(repeating: last, count: max(0, count - hidden.count))
  }

  public var problems: [TrainingError] {
    var problems: [TrainingError] = []
    if hidden.count > Self.mostLayers {
      problems.append(
        .invalid(
          subject: "hidden", expected: "at most \(Self.mostLayers) hidden layers", found: "\(hidden.count)",
          remedy: "Write fewer."))
    }
    let widths = 1...Self.widest
    for (layer, width) in hidden.enumerated() where !widths.contains(width) && layer >= Self.namedWidths {
      problems.append(.outOfRange("hidden_width_\(layer + 1)", widths, width))
    }
    return problems + normalization.problems(among: [.none, .batch, .layer, .rms], of: Self.name)
  }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    return try MLP(self, inputs: .clampedProduct(shape), outputs: form.outputs, seed: seed, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    return MLP.declarations(self, inputs: .clampedProduct(shape), outputs: form.outputs)
  }

  public func activations(for form: DataSet.Form) -> Int {
    guard case .samples(let shape, _, _) = form else { return 0 }
    return .clampedSum([.clampedProduct(shape), form.outputs] + hidden.map { .clampedProduct([3, $0]) })
  }

  public func fewestNormalizedValues(of shape: [Int]?) -> Int? {
    normalization == .batch && !hidden.isEmpty ? 1 : nil
  }
}

extension ModelConfiguration {
  public static func mlp(_ shape: MLPConfiguration) -> Self { Self(shape) }
}
