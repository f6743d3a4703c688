public import Tensors

/// The residual network for small images: He, Zhang, Ren and Sun, "Deep residual learning for image
/// recognition", CVPR 2016, §4.2. A 3 x 3 stem, three stages of n blocks of two 3 x 3 convolutions each, of
/// w, 2w and 4w channels, the second and third stage at half the resolution of the one before, global average
/// pooling, a linear map: depth 6n + 2. Shortcuts are free of parameters (the paper's option A): every second
/// pixel, new channels zero.
///
/// Parameters: `stem.convolution.weight` `[w, channels, 3, 3]`, `stem.norm.weight`, `stem.norm.bias`; for
/// stage s from 0 to 2 and block b from 0 to n - 1 those of `ResidualBlock` under `stages.s.b`; preactivated
/// `norm.weight`, `norm.bias` in the place of the stem's; `classifier.weight` `[outputs, 4w]`,
/// `classifier.bias`. Without normalization no norms, and a `.bias` of each convolution. Buffers, with batch
/// normalization: `running_mean` and `running_var` of each norm.
public struct ResNet: Model {
  public let store: ParameterStore
  private let stem: Convolution
  /// After the stem; preactivated, after the last block.
  private let norm: ImageNormalization
  private var blocks: [ResidualBlock]
  private let options: ResNetConfiguration
  private let classifier: Linear

  /// Convolutions start by He et al., ICCV 2015, so that gradients keep their variance; norms at 1 and 0.
  ///
  /// - Parameter imageShape: `[channels, height, width]`.
  /// - Throws: `TrainingError.invalid` when samples are no images, or the depth is not 6n + 2.
  public init(
    _ configuration: ResNetConfiguration, imageShape: [Int], outputs: Int, seed: UInt64, device: Device
  ) throws(TrainingError) {
    if let objection = configuration.objection(to: imageShape) { throw objection }
    if let problem = configuration.problems.first { throw problem }
    guard configuration.depth >= 8, configuration.width >= 1 else {
      throw .invalid(
        subject: "depth",
        expected: "6n + 2, for n blocks in each of the three stages, and a width of at least 1",
        found: "depth \(configuration.depth), width \(configuration.width)",
        remedy: "Write depth: 20, width: 16.")
    }
    let store = try ParameterStore(
      Self.declarations(configuration, inputs: imageShape[0], outputs: outputs), seed: seed, device: device)
    stem = Convolution("stem.convolution", in: store, hasBias: configuration.normalization == .none)
    norm = ImageNormalization(configuration.norm, Self.normName(configuration), in: store)
    let shapes = Self.blockShapes(configuration)
    blocks = shapes.enumerated().map { number, shape in
      let depth = StochasticDepth(
        probability: configuration.stochasticDepth, branch: number, branches: shapes.count)
      return ResidualBlock(shape, in: store, configuration, depth)
    }
    options = configuration
    classifier = Linear("classifier", in: store)
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(_ configuration: ResNetConfiguration, inputs: Int, outputs: Int)
    -> ModelDeclarations
  {
    let width = configuration.isPreactivated ? 4 * configuration.width : configuration.width
    let (shape, name) = (configuration.norm, normName(configuration))
    let norm = ImageNormalization.declarations(shape, name, channels: width)
    var declarations = ModelDeclarations(
      parameters: Convolution.declarations(
        "stem.convolution", inputs: inputs, outputs: configuration.width,
        hasBias: configuration.normalization == .none),
      buffers: ImageNormalization.statistics(shape, name, channels: width))
    if !configuration.isPreactivated { declarations.parameters += norm }
    for block in blockShapes(configuration) {
      declarations.parameters += ResidualBlock.declarations(block, configuration)
      declarations.buffers += ResidualBlock.statistics(block, configuration)
    }
    if configuration.isPreactivated { declarations.parameters += norm }
    let channels = 4 * configuration.width
    declarations.parameters += Linear.declarations(
      "classifier", inputs: channels, outputs: outputs, .logits(inputs: channels))
    return declarations.starting(by: configuration.start, but: "classifier.weight")
  }

  private static func normName(_ configuration: ResNetConfiguration) -> String {
    configuration.isPreactivated ? "norm" : "stem.norm"
  }

  /// The pixels of a stage, 0 to 2: every stage after the first has half the side of the one before, rounded
  /// up.
  static func extents(height: Int, width: Int, stage: Int) -> (height: Int, width: Int) {
    (0..<stage).reduce((height, width)) { extents, _ in ((extents.0 + 1) / 2, (extents.1 + 1) / 2) }
  }

  public var configuration: ModelConfiguration {
    var configuration = options
    configuration.depth = 2 * blocks.count + 2
    configuration.width = stem.outputs
    configuration.stochasticDepth = stochasticDepth
    return .resnet(configuration)
  }

  public var dropout: Double {
    get { 0 }
    set {}
  }

  public var stochasticDepth: Double {
    get { blocks.first?.depth.probability ?? 0 }
    set { for block in blocks.indices { blocks[block].depth.probability = newValue } }
  }

  /// `[batch, channels, height, width]` → `[batch, outputs]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try stem(inputs.channelsLast(), pass)
    if !options.isPreactivated { x = try norm(x, pass).activated(options.activation, inPlace: true) }
    for block in blocks { x = try block(x, pass) }
    if options.isPreactivated {
      x = try norm(x, pass).activated(options.activation, inPlace: norm.makesItsOwn)
    }
    return try classifier(x.averagePooled(toHeight: 1, width: 1).flattened(from: 1), pass)
  }

  private static func blockShapes(_ configuration: ResNetConfiguration) -> [ResidualBlock.Shape] {
    var inputs = configuration.width
    return (0..<3).flatMap { stage in
      (0..<(configuration.depth - 2) / 6).map { block in
        let outputs = configuration.width << stage
        defer { inputs = outputs }
        return ResidualBlock.Shape(
          name: "stages.\(stage).\(block)", inputs: inputs, outputs: outputs,
          stride: stage > 0 && block == 0 ? 2 : 1)
      }
    }
  }
}
