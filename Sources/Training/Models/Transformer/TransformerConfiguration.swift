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
  /// Of the attention's weights.
  public var attentionDropout: Double = 0
  /// Numbers of a position that a head sees; 0 for `width / heads`.
  public var headWidth: Int = 0
  /// How many times wider than the model the feed-forward layer is, above 0.
  public var feedforwardRatio: Double = 4
  /// Whether half of the feed-forward layer multiplies the other (Shazeer, arXiv:2002.05202, equation 5).
  public var isGated = false
  public var activation: Activation = .gelu
  /// Layer or rms.
  public var normalization: Normalization = .layer
  public var normPlace: NormPlace = .before
  public var positions: Positions = .learned
  /// Whether the map to logits is the embedding (Press and Wolf, EACL 2017).
  public var hasTiedHead = false
  /// The probability, in [0, 1), with which a sample leaves out the last branch: see `StochasticDepth`.
  public var stochasticDepth: Double = 0

  public init() {}

  /// Where the normalizations stand.
  public enum NormPlace: String, Codable, CaseIterable, Sendable {
    /// Before each branch, and once at the end (Radford et al., 2019, §2.3).
    case before = "pre"
    /// After each sum (Vaswani et al., NeurIPS 2017, §3.1).
    case after = "post"
    /// Before and after each branch, and once at the end (Ding et al., NeurIPS 2021, §3).
    case around = "sandwich"
  }

  /// How the model knows where a character stands.
  public enum Positions: String, Codable, CaseIterable, Sendable {
    case learned
    /// Sines and cosines, added (Vaswani et al., §3.5).
    case sinusoidal
    /// Queries and keys turned (Su et al., arXiv:2104.09864, equation 34).
    case rotary
  }

  /// Numbers of a position that a head sees.
  var usedHeadWidth: Int { headWidth > 0 ? headWidth : width / max(heads, 1) }

  /// The width of the feed-forward layer, at least 1.
  var feedforwardWidth: Int { max(1, Int((feedforwardRatio * Double(width)).rounded())) }
}

extension TransformerConfiguration: ModelShape {
  public static var name: String { "transformer" }
  public static var tasks: Set<TaskKind> { [.language] }

  public static var options: [ConfigurationOption<Self>] {
    [
      .integer("layers", low: 1, high: 1_000, \.layers, "The blocks of the transformer.", .always),
      .integer(
        "heads", low: 1, high: 1_000, \.heads, "The attention heads of a block; divides the width.", .always),
      .integer("width", low: 1, high: 1_000_000, \.width, ModelSummaries.width, .always),
      .number("dropout", .from(0, below: 1), \.dropout, isLive: true, ModelSummaries.dropout, .always),
      .number(
        "attention_dropout", .from(0, below: 1), \.attentionDropout,
        "The probability with which a weight of the attention is zeroed."),
      .integer(
        "head_width", low: 0, high: 1_000_000, \.headWidth,
        "Numbers of a position that a head sees; 0 for the width divided by the heads."),
      .number(
        "feedforward_ratio", .above(0, through: 1_000), \.feedforwardRatio,
        "How many times wider than the model its feed-forward layers are."),
      .truth("gated", \.isGated, "Whether half of a feed-forward layer multiplies the other."),
      .choice("activation", \.activation, ModelSummaries.activation),
      .choice("normalization", \.normalization, ModelSummaries.normalization),
      .choice(
        "norm_place", \.normPlace, "Normalization before each branch, after each sum, or around a branch."),
      .choice("positions", \.positions, "How the model knows where a character stands."),
      .truth("tied_head", \.hasTiedHead, "Whether the map to logits is the embedding."),
      .stochasticDepth(\.stochasticDepth),
    ]
  }

  public var problems: [TrainingError] {
    var problems = normalization.problems(among: [.layer, .rms], of: Self.name)
    if positions == .rotary, usedHeadWidth % 2 != 0 {
      problems.append(
        .invalid(
          subject: "positions", expected: "an even head width for rotary ones", found: "\(usedHeadWidth)",
          remedy: "Write an even head_width, or learned or sinusoidal."))
    }
    return problems + headProblems
  }

  private var headProblems: [TrainingError] {
    guard headWidth == 0, heads > 0, width % heads != 0 else { return [] }
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
    let attended = Int.clampedProduct([heads, usedHeadWidth])
    let weights = attentionDropout > 0 ? Int.clampedProduct([5, heads, contextLength]) : 0
    return .clampedProduct([
      contextLength,
      .clampedSum([
        .clampedProduct([
          layers,
          .clampedSum([
            .clampedProduct([8, width]), .clampedProduct([4, attended]),
            .clampedProduct([isGated ? 5 : 2, feedforwardWidth]), weights,
          ]),
        ]),
        2 * vocabulary.count,
      ]),
    ])
  }
}

extension ModelConfiguration {
  public static func transformer(_ shape: TransformerConfiguration) -> Self { Self(shape) }
}
