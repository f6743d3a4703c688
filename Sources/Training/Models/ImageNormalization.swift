import Tensors

/// How the channels of images are normalized: its kind and its numbers.
struct ImageNormalizationShape: Equatable, Sendable {
  var kind = Normalization.batch
  /// Of group normalization.
  var groups = 8
  /// Of the running statistics.
  var momentum = 0.1
  var epsilon = 1e-5
  /// Of batch normalization.
  var statistics = BatchStatistics()

  /// What is wrong with it for layers of so many channels.
  func problems(dividing channels: [Int]) -> [TrainingError] {
    guard kind == .group, groups > 0, let odd = channels.first(where: { $0 % groups != 0 }) else { return [] }
    let divisor = (1...max(1, min(groups, odd, 1000))).last { odd % $0 == 0 } ?? 1
    return [
      .invalid(
        subject: "norm_groups", expected: "a divisor of the width \(odd)", found: "\(groups)",
        remedy: "Write \(divisor), or change the width.")
    ]
  }
}

/// The shape of a model of images whose channels may be normalized.
protocol NormalizingModelShape: LayeredModelShape {
  var norm: ImageNormalizationShape { get set }
}

extension NormalizingModelShape {
  public var normalization: Normalization {
    get { norm.kind }
    set { norm.kind = newValue }
  }
  public var statistics: BatchStatistics {
    get { norm.statistics }
    set { norm.statistics = newValue }
  }

  /// The normalization's numbers.
  static var normOptions: [ConfigurationOption<Self>] {
    [
      .integer(
        "norm_groups", low: 1, high: 1_000_000, \.norm.groups, "Groups of channels of group normalization."),
      .number(
        "norm_momentum", .above(0, through: 1), \.norm.momentum,
        "How far batch normalization's running statistics move toward a batch's."),
      .number(
        "norm_epsilon", .from(1e-12, through: 1), \.norm.epsilon,
        "What keeps the division by a normalization's spread finite."),
    ]
  }
}

/// A normalization of `[batch, channels, height, width]`, or of nothing.
enum ImageNormalization {
  case none
  case batch(BatchNormalization)
  /// Weight and bias `[channels]`; one group is layer normalization.
  case group(weight: Parameter, bias: Parameter, groups: Int, epsilon: Double)

  static func declarations(
    _ shape: ImageNormalizationShape, _ name: String, channels: Int
  ) -> [TensorDeclaration] {
    shape.kind == .none ? [] : BatchNormalization.declarations(name, channels: channels)
  }

  static func statistics(
    _ shape: ImageNormalizationShape, _ name: String, channels: Int
  ) -> [TensorDeclaration] {
    shape.kind == .batch ? BatchNormalization.statistics(name, channels: channels) : []
  }

  init(_ shape: ImageNormalizationShape, _ name: String, in store: ParameterStore) {
    switch shape.kind {
    case .none, .rms: self = .none
    case .batch:
      self = .batch(
        BatchNormalization(
          name, in: store, shape.statistics, momentum: shape.momentum, epsilon: shape.epsilon))
    case .group, .layer:
      self = .group(
        weight: store.parameter("\(name).weight"), bias: store.parameter("\(name).bias"),
        groups: shape.kind == .layer ? 1 : shape.groups, epsilon: shape.epsilon)
    }
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    switch self {
    case .none: x
    case .batch(let norm): try norm(x, pass)
    case .group(let weight, let bias, let groups, let epsilon):
      try x.groupNormalized(groups: groups, weight: pass[weight], bias: pass[bias], epsilon: epsilon)
    }
  }

  /// Whether it makes a tensor of its own, which may be changed in place.
  var makesItsOwn: Bool { if case .none = self { false } else { true } }
}
