public import Tensors

/// A built-in model and its options.
public struct ModelConfiguration: Sendable {
  public var shape: any ModelShape

  public init(_ shape: any ModelShape) { self.shape = shape }

  /// As experiments write it.
  public var name: String { type(of: shape).name }

  public var dropout: Double { shape.dropout }

  public var stochasticDepth: Double { shape.stochasticDepth }

  /// The model for data of this form, freshly initialized. Local; a function of its arguments alone.
  ///
  /// - Parameter seed: the trial's.
  /// - Throws: `TrainingError.invalid` when model and data don't go together, `TrainingError.memory` when it
  ///   doesn't fit.
  public func makeModel(
    for form: DataSet.Form, seed: UInt64, device: Device
  ) throws(TrainingError) -> any Model {
    try shape.makeModel(for: form, seed: seed, device: device)
  }
}

extension ModelConfiguration: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.shape.isEqual(to: b.shape) }
}

extension ModelShape {
  fileprivate func isEqual(to other: any ModelShape) -> Bool { (other as? Self) == self }
}

extension ModelConfiguration: Codable {
  private enum ShapeKey: String, CodingKey { case shape = "_0" }

  /// The model's name, and under it its options: `{"resnet": {"_0": {"depth": 20, "width": 16}}}`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: NameKey.self)
    guard let key = container.allKeys.first(where: { ModelShapes.named($0.stringValue) != nil }),
      let shape = ModelShapes.named(key.stringValue)
    else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath,
          debugDescription: "expected one of \(ModelShapes.names.joined(separator: ", "))"))
    }
    let inner = try container.nestedContainer(keyedBy: ShapeKey.self, forKey: key)
    self.init(try inner.decode(shape, forKey: .shape))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: NameKey.self)
    var inner = container.nestedContainer(keyedBy: ShapeKey.self, forKey: NameKey(name))
    try inner.encode(shape, forKey: .shape)
  }
}
