public import Tensors

/// The residual network for small images (He et al., CVPR 2016, §4.2): depth 6n + 2, three stages of widths
/// w, 2w, 4w.
public struct ResNetConfiguration: Equatable, Sendable {
  /// 6n + 2, n at least 1: 8, 14, 20 ...
  public var depth: Int = 20
  /// The channels of the first stage.
  public var width: Int = 16
  public var activation: Activation = .relu
  /// None, batch, layer or group; and of which samples batch normalization takes its statistics.
  var norm = ImageNormalizationShape()
  /// Whether normalization and activation come before each convolution (He et al., ECCV 2016, figure 1b).
  public var isPreactivated = false
  /// By what the channels are divided where a squeeze-and-excitation weighs them (Hu et al., CVPR 2018, §3);
  /// 0 for none.
  public var squeeze: Int = 0
  /// The probability, in [0, 1), with which a sample leaves out the last block: see `StochasticDepth`.
  public var stochasticDepth: Double = 0
  public var start = WeightStart()

  public init() {}
}

extension ResNetConfiguration: NormalizingModelShape {
  public static var name: String { "resnet" }
  public static var tasks: Set<TaskKind> { [.classification, .regression] }

  public static var options: [ConfigurationOption<Self>] {
    [
      .integer("depth", low: 8, high: 1_202, \.depth, "The depth of the residual network, 6n + 2.", .always),
      .integer("width", low: 1, high: 1_000_000, \.width, ModelSummaries.width, .always),
      .choice("activation", \.activation, ModelSummaries.activation),
      .choice("normalization", \.normalization, ModelSummaries.normalization),
    ] + normOptions + layerOptions + [
      .truth(
        "preactivation", \.isPreactivated,
        "Whether normalization and activation come before each convolution."),
      .integer(
        "squeeze", low: 0, high: 1_000_000, \.squeeze,
        "By what squeeze-and-excitation divides the channels; 0 for none."),
      .stochasticDepth(\.stochasticDepth),
    ]
  }

  public var problems: [TrainingError] {
    depthProblems + normalization.problems(among: [.none, .batch, .layer, .group], of: Self.name)
      + norm.problems(dividing: [width])
  }

  private var depthProblems: [TrainingError] {
    guard depth >= 8, (depth - 2) % 6 != 0 else { return [] }
    let below = depth - (depth - 2) % 6
    return [
      .invalid(
        subject: "depth", expected: "6n + 2, for n blocks in each of the three stages", found: "\(depth)",
        remedy: "Write \(below) or \(below + 6).")
    ]
  }

  public func objection(to shape: [Int]) -> TrainingError? { Self.imagesOnly(shape) }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    return try ResNet(self, imageShape: shape, outputs: form.outputs, seed: seed, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    if let objection = objection(to: shape) { throw objection }
    return ResNet.declarations(self, inputs: shape[0], outputs: form.outputs)
  }

  public func activations(for form: DataSet.Form) -> Int {
    guard case .samples(let shape, _, _) = form, shape.count == 3 else { return 0 }
    let blocks = (depth - 2) / 6
    let stages = (0..<3).map { stage in
      let area = ResNet.extents(height: shape[1], width: shape[2], stage: stage)
      return Int.clampedProduct([4 * blocks, width << stage, area.height, area.width])
    }
    return .clampedSum([.clampedProduct(shape)] + stages)
  }

  public func fewestNormalizedValues(of shape: [Int]?) -> Int? {
    guard normalization == .batch, let shape, shape.count == 3 else { return nil }
    let last = ResNet.extents(height: shape[1], width: shape[2], stage: 2)
    return .clampedProduct([last.height, last.width])
  }
}

extension ModelConfiguration {
  public static func resnet(_ shape: ResNetConfiguration) -> Self { Self(shape) }
}
