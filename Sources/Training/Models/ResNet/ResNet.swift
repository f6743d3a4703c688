public import Tensors

/// The residual network for small images: He, Zhang, Ren and Sun, "Deep residual learning for image
/// recognition", CVPR 2016, §4.2. A 3 x 3 stem, three stages of n blocks of two 3 x 3 convolutions each, of
/// w, 2w and 4w channels, the second and third stage at half the resolution of the one before, global average
/// pooling, a linear map: depth 6n + 2. Shortcuts are free of parameters (the paper's option A): every second
/// pixel, new channels zero.
///
/// Parameters: `stem.convolution.weight` `[w, channels, 3, 3]`, `stem.norm.weight`, `stem.norm.bias`; for
/// stage s from 0 to 2 and block b from 0 to n - 1 `stages.s.b.convolution1.weight`,
/// `stages.s.b.norm1.weight`, `stages.s.b.norm1.bias`, and the same with 2; `classifier.weight` `[classes,
/// 4w]`, `classifier.bias`. Buffers: `running_mean` and `running_var` of each norm.
public struct ResNet: Model {
  public let store: ParameterStore
  private let stem: NormalizedConvolution
  private let blocks: [ResidualBlock]
  private let classifier: Linear

  /// Convolutions start by He et al., ICCV 2015, so that gradients keep their variance; norms at 1 and 0.
  ///
  /// - Parameter imageShape: `[channels, height, width]`.
  /// - Throws: `TrainingError.invalid` when samples are no images, or the depth is not 6n + 2.
  public init(
    _ configuration: ResNetConfiguration, imageShape: [Int], outputs: Int, seed: UInt64, device: Device
  ) throws(TrainingError) {
    if let objection = configuration.objection(to: imageShape) { throw objection }
    guard configuration.depth >= 8, (configuration.depth - 2) % 6 == 0, configuration.width >= 1 else {
      throw .invalid(
        subject: "depth",
        expected: "6n + 2, for n blocks in each of the three stages, and a width of at least 1",
        found: "depth \(configuration.depth), width \(configuration.width)",
        remedy: "Write depth: 20, width: 16.")
    }
    let store = try ParameterStore(
      Self.declarations(configuration, inputs: imageShape[0], outputs: outputs), seed: seed, device: device)
    stem = NormalizedConvolution("stem", in: store)
    blocks = Self.blockShapes(configuration).map { ResidualBlock($0, in: store) }
    classifier = Linear("classifier", in: store)
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(_ configuration: ResNetConfiguration, inputs: Int, outputs: Int)
    -> ModelDeclarations
  {
    var declarations = ModelDeclarations(
      parameters: NormalizedConvolution.declarations("stem", inputs: inputs, outputs: configuration.width),
      buffers: NormalizedConvolution.statistics("stem", channels: configuration.width))
    for shape in blockShapes(configuration) {
      declarations.parameters += ResidualBlock.declarations(shape)
      declarations.buffers += ResidualBlock.statistics(shape)
    }
    let channels = 4 * configuration.width
    declarations.parameters += Linear.declarations(
      "classifier", inputs: channels, outputs: outputs, .logits(inputs: channels))
    return declarations
  }

  /// The pixels of a stage, 0 to 2: every stage after the first has half the side of the one before, rounded
  /// up.
  static func extents(height: Int, width: Int, stage: Int) -> (height: Int, width: Int) {
    (0..<stage).reduce((height, width)) { extents, _ in ((extents.0 + 1) / 2, (extents.1 + 1) / 2) }
  }

  public var configuration: ModelConfiguration {
    var configuration = ResNetConfiguration()
    configuration.depth = 2 * blocks.count + 2
    configuration.width = stem.channels
    return .resnet(configuration)
  }

  public var dropout: Double {
    get { 0 }
    set {}
  }

  /// `[batch, channels, height, width]` → `[batch, outputs]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try stem(inputs.channelsLast(), pass)
    try x.reluInPlace()
    for block in blocks { x = try block(x, pass) }
    return try classifier(x.averagePooled(toHeight: 1, width: 1).flattened(from: 1))
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

/// A convolution and its normalization.
private struct NormalizedConvolution {
  private let convolution: Convolution
  private let norm: BatchNormalization

  /// `suffix` numbers the convolutions of a block.
  static func declarations(_ name: String, inputs: Int, outputs: Int, suffix: String = "")
    -> [TensorDeclaration]
  {
    Convolution.declarations("\(name).convolution\(suffix)", inputs: inputs, outputs: outputs)
      + BatchNormalization.declarations("\(name).norm\(suffix)", channels: outputs)
  }

  static func statistics(_ name: String, channels: Int, suffix: String = "") -> [TensorDeclaration] {
    BatchNormalization.statistics("\(name).norm\(suffix)", channels: channels)
  }

  init(_ name: String, in store: ParameterStore, suffix: String = "", stride: Int = 1) {
    convolution = Convolution("\(name).convolution\(suffix)", in: store, stride: stride)
    norm = BatchNormalization("\(name).norm\(suffix)", in: store)
  }

  var channels: Int { convolution.outputs }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    try norm(convolution(x), pass)
  }
}

/// relu(shortcut(x) + norm(convolution(relu(norm(convolution(x)))))).
private struct ResidualBlock {
  struct Shape {
    var name: String
    var inputs: Int
    var outputs: Int
    var stride: Int
  }

  private let shape: Shape
  private let first, second: NormalizedConvolution

  static func declarations(_ shape: Shape) -> [TensorDeclaration] {
    NormalizedConvolution.declarations(shape.name, inputs: shape.inputs, outputs: shape.outputs, suffix: "1")
      + NormalizedConvolution.declarations(
        shape.name, inputs: shape.outputs, outputs: shape.outputs, suffix: "2")
  }

  static func statistics(_ shape: Shape) -> [TensorDeclaration] {
    ["1", "2"].flatMap { NormalizedConvolution.statistics(shape.name, channels: shape.outputs, suffix: $0) }
  }

  init(_ shape: Shape, in store: ParameterStore) {
    self.shape = shape
    first = NormalizedConvolution(shape.name, in: store, suffix: "1", stride: shape.stride)
    second = NormalizedConvolution(shape.name, in: store, suffix: "2")
  }

  // In place where no backward pass needs the old values: a normalization's looks at its input, a rectifier's
  // and a convolution's at the rectified values. It saves a pass over memory and an allocation each time.
  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    let inner = try first(x, pass)
    try inner.reluInPlace()
    let sum = try second(inner, pass)
    try sum.addInPlace(shortcut(x))
    try sum.reluInPlace()
    return sum
  }

  private func shortcut(_ x: Tensor) throws(TensorError) -> Tensor {
    guard shape.stride > 1 || shape.outputs > shape.inputs else { return x }
    let added = shape.outputs - shape.inputs
    return try x.strided(by: shape.stride, along: 2).strided(by: shape.stride, along: 3)
      .padded([0, 0, 0, 0, added / 2, added - added / 2])
  }
}
