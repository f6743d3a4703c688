public import Tensors

/// A convolutional network for images. Block b of B has n convolutions of w · g^b channels, each followed by
/// normalization and activation; then pooling over 2 x 2 pixels, unless a side has only one left, and dropout.
/// After the last block the mean of each channel, or all pixels; then a linear map, with a hidden layer of
/// activation and dropout before it where there is one.
///
/// Parameters: for block b and convolution c, from 0, `blocks.b.c.convolution.weight` `[channels, inputs, k, k]`,
/// then `blocks.b.c.norm.weight`, `blocks.b.c.norm.bias`, or without normalization `blocks.b.c.convolution.bias`;
/// with a hidden layer `hidden.weight`, `hidden.bias`; `classifier.weight` `[outputs, features]`,
/// `classifier.bias`. Buffers, with batch normalization: `running_mean` and `running_var` of each norm.
public struct CNN: Model {
  public let store: ParameterStore
  private var blocks: [Block]
  private let hidden: Linear?
  private let classifier: Linear
  private var hiddenDropout: Dropout
  private let options: CNNConfiguration

  /// Convolutions start by He et al., ICCV 2015, so that gradients keep their variance; norms at 1 and 0.
  ///
  /// - Parameter imageShape: `[channels, height, width]`.
  /// - Throws: `TrainingError.invalid` when samples are no images.
  public init(
    _ configuration: CNNConfiguration, imageShape: [Int], outputs: Int, seed: UInt64, device: Device
  ) throws(TrainingError) {
    if let objection = configuration.objection(to: imageShape) { throw objection }
    if let problem = configuration.problems.first { throw problem }
    let store = try ParameterStore(
      Self.declarations(configuration, imageShape: imageShape, outputs: outputs), seed: seed, device: device)
    blocks = (0..<configuration.blocks).map { Block($0, in: store, configuration) }
    hidden = configuration.classifierWidth > 0 ? Linear("hidden", in: store) : nil
    classifier = Linear("classifier", in: store)
    hiddenDropout = Dropout(probability: configuration.dropout, layer: configuration.blocks)
    options = configuration
    self.store = store
  }

  /// What it owns, in the order that the type's comment gives.
  static func declarations(_ configuration: CNNConfiguration, imageShape: [Int], outputs: Int)
    -> ModelDeclarations
  {
    var declarations = ModelDeclarations(parameters: [])
    var channels = imageShape[0]
    for block in 0..<configuration.blocks {
      declarations.parameters += Block.declarations(block, inputs: channels, configuration)
      declarations.buffers += Block.statistics(block, configuration)
      channels = configuration.channels(ofBlock: block)
    }
    let last = CNNConfiguration.extents(
      height: imageShape[1], width: imageShape[2], afterBlocks: configuration.blocks)
    var features =
      configuration.seesPixels ? Int.clampedProduct([channels, last.height, last.width]) : channels
    if configuration.classifierWidth > 0 {
      let width = configuration.classifierWidth
      declarations.parameters += Linear.declarations(
        "hidden", inputs: features, outputs: width,
        configuration.activation.initialization(inputs: features, outputs: width))
      features = width
    }
    declarations.parameters += Linear.declarations(
      "classifier", inputs: features, outputs: outputs, .logits(inputs: features))
    return declarations.starting(by: configuration.start, but: "classifier.weight")
  }

  public var configuration: ModelConfiguration {
    var configuration = options
    configuration.blocks = blocks.count
    configuration.dropout = dropout
    return .cnn(configuration)
  }

  public var dropout: Double {
    get { hiddenDropout.probability }
    set {
      hiddenDropout.probability = newValue
      for block in blocks.indices { blocks[block].dropout.probability = newValue }
    }
  }

  /// `[batch, channels, height, width]` → `[batch, outputs]`.
  public func outputs(_ inputs: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = try inputs.channelsLast()
    for block in blocks { x = try block(x, pass) }
    if !options.seesPixels { x = try x.averagePooled(toHeight: 1, width: 1) }
    x = try x.flattened(from: 1)
    if let hidden { x = try hiddenDropout(options.activation(hidden(x, pass)), pass) }
    return try classifier(x, pass)
  }
}

/// Convolutions, then pooling and dropout.
private struct Block {
  private let convolutions: [(convolution: Convolution, norm: ImageNormalization)]
  private let activation: Activation
  private let pooling: CNNConfiguration.Pooling
  var dropout: Dropout

  private static func name(_ block: Int, _ convolution: Int) -> String { "blocks.\(block).\(convolution)" }

  static func declarations(
    _ block: Int, inputs: Int, _ configuration: CNNConfiguration
  ) -> [TensorDeclaration] {
    let channels = configuration.channels(ofBlock: block)
    return (0..<configuration.convolutions).flatMap { number in
      let name = name(block, number)
      return Convolution.declarations(
        "\(name).convolution", inputs: number == 0 ? inputs : channels, outputs: channels,
        kernel: configuration.kernel, hasBias: configuration.normalization == .none)
        + ImageNormalization.declarations(configuration.norm, "\(name).norm", channels: channels)
    }
  }

  static func statistics(_ block: Int, _ configuration: CNNConfiguration) -> [TensorDeclaration] {
    (0..<configuration.convolutions).flatMap { number in
      ImageNormalization.statistics(
        configuration.norm, "\(name(block, number)).norm", channels: configuration.channels(ofBlock: block))
    }
  }

  init(_ block: Int, in store: ParameterStore, _ configuration: CNNConfiguration) {
    convolutions = (0..<configuration.convolutions).map { number in
      let name = Self.name(block, number)
      return (
        Convolution("\(name).convolution", in: store, hasBias: configuration.normalization == .none),
        ImageNormalization(configuration.norm, "\(name).norm", in: store)
      )
    }
    (activation, pooling) = (configuration.activation, configuration.pooling)
    dropout = Dropout(probability: configuration.dropout, layer: block)
  }

  func callAsFunction(_ x: Tensor, _ pass: ForwardPass) throws(TensorError) -> Tensor {
    var x = x
    for (convolution, norm) in convolutions {
      // In place: neither a convolution's backward pass nor a normalization's looks at what it made.
      x = try norm(convolution(x, pass), pass).activated(activation, inPlace: true)
    }
    return try dropout(pooled(x), pass)
  }

  private func pooled(_ x: Tensor) throws(TensorError) -> Tensor {
    let shape = x.shape
    if min(shape[2], shape[3]) < 2 { return x }
    return switch pooling {
    case .max: try x.maxPooled(kernel: 2, stride: 2)
    case .average: try x.averagePooled(kernel: 2, stride: 2)
    }
  }
}
