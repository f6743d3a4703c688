/// A built-in model. What follows from the data (input shape, classes, vocabulary) is not in it.
public enum ModelConfiguration: Codable, Equatable, Sendable {
  case mlp(MLPConfiguration)
  case resnet(ResNetConfiguration)
  case transformer(TransformerConfiguration)
}

/// The elementwise function between the layers.
public enum Activation: String, Codable, CaseIterable, Sendable {
  case relu, gelu, tanh
}

/// A multi-layer perceptron: per hidden layer a linear map, then normalization, activation and dropout; then
/// a linear map to the classes.
public struct MLPConfiguration: Codable, Equatable, Sendable {
  public enum Normalization: String, Codable, CaseIterable, Sendable {
    case none, batch, layer
  }

  /// The widths of the hidden layers, each at least 1; may be empty.
  public var hidden: [Int] = [128, 128]
  public var activation: Activation = .relu
  public var normalization: Normalization = .none
  /// The probability, in [0, 1), with which a hidden activation is zeroed.
  public var dropout: Double = 0

  public init() {}
}

/// The residual network for small images (He et al., CVPR 2016, §4.2): depth 6n + 2, three stages of widths
/// w, 2w, 4w.
public struct ResNetConfiguration: Codable, Equatable, Sendable {
  /// 6n + 2, n at least 1: 8, 14, 20 ...
  public var depth: Int = 20
  /// The channels of the first stage.
  public var width: Int = 16

  public init() {}
}

/// A causal character language model of pre-norm transformer blocks.
public struct TransformerConfiguration: Codable, Equatable, Sendable {
  public var layers: Int = 4
  /// Divides `width`.
  public var heads: Int = 4
  public var width: Int = 128
  /// The probability, in [0, 1), with which an activation is zeroed in the embedding and on the residual
  /// branches.
  public var dropout: Double = 0

  public init() {}
}
