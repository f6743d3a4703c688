public import Tensors

/// A causal character language model of transformer blocks.
public struct TransformerConfiguration: Equatable, Sendable {
  public var layers: Int = 4
  /// Divides `width`.
  public var heads: Int = 4
  public var width: Int = 128
  /// The probability, in [0, 1), with which an activation is zeroed in the embedding and on the residual
  /// branches.
  public var dropout: Double = 0

  public init() {}
}

extension TransformerConfiguration: ModelShape {
  public static var name: String { "transformer" }
  public static var tasks: Set<TaskKind> { [.language] }

  public static var options: [ModelOption<Self>] {
    [
      .integer("layers", low: 1, high: 1_000, \.layers, "The blocks of the transformer.", .always),
      .integer(
        "heads", low: 1, high: 1_000, \.heads, "The attention heads of a block; divides the width.", .always),
      .integer("width", low: 1, high: 1_000_000, \.width, ModelSummaries.width, .always),
      .number("dropout", .from(0, below: 1), \.dropout, isLive: true, ModelSummaries.dropout, .always),
    ]
  }

  public var problems: [TrainingError] {
    guard heads > 0, width % heads != 0 else { return [] }
    let divisor = (1...max(1, min(heads, width, 1000))).last { width % $0 == 0 } ?? 1
    return [
      .invalid(
        subject: "heads", expected: "a divisor of the width \(width)", found: "\(heads)",
        remedy: "Write \(divisor), or change the width.")
    ]
  }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    guard case .text(let vocabulary, let contextLength) = form else { throw Self.mismatch }
    return try Transformer(
      self, vocabulary: vocabulary.count, contextLength: contextLength, seed: seed, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    guard case .text(let vocabulary, let contextLength) = form else { throw Self.mismatch }
    return Transformer.declarations(self, vocabulary: vocabulary.count, contextLength: contextLength)
  }

  public func activations(for form: DataSet.Form) -> Int {
    guard case .text(let vocabulary, let contextLength) = form else { return 0 }
    return .clampedProduct([
      contextLength, .clampedSum([.clampedProduct([20, layers, width]), 2 * vocabulary.count]),
    ])
  }
}

extension ModelConfiguration {
  public static func transformer(_ shape: TransformerConfiguration) -> Self { Self(shape) }
}
