/// A tensor of a module that somebody else wrote: what it is, and its place.
public struct ModuleEntry: Sendable {
  /// Dotted, such as `layers.0.weight`.
  public let name: String
  public let shape: [Int]
  /// Nil for one that `ScalarType` doesn't list.
  public let scalarType: ScalarType?
  /// Whether it requires a gradient.
  public let isTrained: Bool
  /// A buffer of the module's, else one of its parameters.
  public let isBuffer: Bool
  /// Among the module's parameters, or its buffers.
  public let index: Int

  public init(
    name: String, shape: [Int], scalarType: ScalarType?, isTrained: Bool, isBuffer: Bool, index: Int
  ) {
    (self.name, self.shape, self.scalarType) = (name, shape, scalarType)
    (self.isTrained, self.isBuffer, self.index) = (isTrained, isBuffer, index)
  }
}
