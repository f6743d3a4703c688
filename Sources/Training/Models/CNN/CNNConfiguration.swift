import Foundation
public import Tensors

/// A convolutional network: blocks of convolutions, each block with more channels and half the pixels of the one
/// before, and a small classifier.
public struct CNNConfiguration: Equatable, Sendable {
  /// The channels of the first block.
  public var width: Int = 32
  /// How many times more channels a block has than the one before.
  public var growth: Double = 2
  public var blocks: Int = 2
  /// Of a block.
  public var convolutions: Int = 1
  /// Pixels of a convolution's side, odd.
  public var kernel: Int = 3
  public var activation: Activation = .relu
  /// None, batch, layer or group; and of which samples batch normalization takes its statistics.
  var norm = ImageNormalizationShape()
  public var pooling: Pooling = .max
  /// Of the hidden layer between the last block and the outputs; 0 for none.
  public var classifierWidth: Int = 0
  /// Whether the classifier sees every pixel of the last block instead of the mean of each channel.
  public var seesPixels = false
  /// The probability, in [0, 1), with which an activation is zeroed after a block and after the hidden layer.
  public var dropout: Double = 0
  public var start = WeightStart()

  public init() {}

  /// What halves the pixels at the end of a block.
  public enum Pooling: String, Codable, CaseIterable, Sendable {
    case max, average
  }

  /// The channels of a block, counted from 0; at least 1.
  func channels(ofBlock block: Int) -> Int {
    let exact = (Double(width) * pow(growth, Double(block))).rounded()
    return exact < 1e9 ? max(1, Int(exact)) : 1_000_000_000
  }

  /// The pixels after so many blocks: a block halves both sides, rounded down, as long as both have two.
  static func extents(height: Int, width: Int, afterBlocks blocks: Int) -> (height: Int, width: Int) {
    (0..<blocks).reduce((height, width)) { extents, _ in
      min(extents.0, extents.1) < 2 ? extents : (extents.0 / 2, extents.1 / 2)
    }
  }
}

extension CNNConfiguration: NormalizingModelShape {
  public static var name: String { "cnn" }
  public static var tasks: Set<TaskKind> { [.classification, .regression] }

  public static var options: [ConfigurationOption<Self>] {
    [
      .integer("width", low: 1, high: 1_000_000, \.width, ModelSummaries.width),
      .number(
        "growth", .above(0, through: 8), \.growth,
        "How many times more channels a block has than the one before."),
      .integer("blocks", low: 1, high: 16, \.blocks, ModelSummaries.blocks),
      .integer("convolutions", low: 1, high: 64, \.convolutions, "The convolutions of a block."),
      .integer("kernel", low: 1, high: 63, \.kernel, "Pixels of a convolution's side, odd."),
      .choice("activation", \.activation, ModelSummaries.activation),
      .choice("normalization", \.normalization, ModelSummaries.normalization),
    ] + normOptions + layerOptions + [
      .choice("pooling", \.pooling, "What halves the pixels at the end of a block."),
      .integer(
        "classifier_width", low: 0, high: 1_000_000, \.classifierWidth,
        "The width of the hidden layer after the last block; 0 for none."),
      .truth(
        "sees_pixels", \.seesPixels,
        "Whether the classifier sees the last block's pixels instead of the means of its channels."),
      .number("dropout", .from(0, below: 1), \.dropout, isLive: true, ModelSummaries.dropout),
    ]
  }

  public var problems: [TrainingError] {
    var problems = normalization.problems(among: [.none, .batch, .layer, .group], of: Self.name)
    if kernel > 0, kernel % 2 == 0 {
      problems.append(
        .invalid(
          subject: "kernel", expected: "an odd number, so that a pixel is in the middle", found: "\(kernel)",
          remedy: "Write \(kernel - 1) or \(kernel + 1)."))
    }
    guard blocks <= 16, growth > 0 else { return problems }
    let channels = (0..<max(blocks, 0)).map { self.channels(ofBlock: $0) }
    return problems + norm.problems(dividing: channels)
  }

  public func objection(to shape: [Int]) -> TrainingError? { Self.imagesOnly(shape) }

  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    return try CNN(self, imageShape: shape, outputs: form.outputs, seed: seed, device: device)
  }

  public func declarations(for form: DataSet.Form) throws(TrainingError) -> ModelDeclarations {
    guard case .samples(let shape, _, _) = form else { throw Self.mismatch }
    if let objection = objection(to: shape) { throw objection }
    return CNN.declarations(self, imageShape: shape, outputs: form.outputs)
  }

  public func activations(for form: DataSet.Form) -> Int {
    guard case .samples(let shape, _, _) = form, shape.count == 3 else { return 0 }
    let blocks = (0..<blocks).map { block in
      let area = Self.extents(height: shape[1], width: shape[2], afterBlocks: block)
      return Int.clampedProduct([3 * convolutions + 1, channels(ofBlock: block), area.height, area.width])
    }
    return .clampedSum([.clampedProduct(shape), 3 * classifierWidth, form.outputs] + blocks)
  }

  public func fewestNormalizedValues(of shape: [Int]?) -> Int? {
    guard normalization == .batch, let shape, shape.count == 3 else { return nil }
    let last = Self.extents(height: shape[1], width: shape[2], afterBlocks: blocks - 1)
    return .clampedProduct([last.height, last.width])
  }
}

extension ModelConfiguration {
  public static func cnn(_ shape: CNNConfiguration) -> Self { Self(shape) }
}
