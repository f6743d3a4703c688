import Glibc
import Randomness

/// A tensor that a model owns: its name, its shape, and how it starts.
public struct TensorDeclaration: Equatable, Sendable {
  /// Dotted, such as `layers.0.weight`.
  public var name: String
  public var shape: [Int]
  public var initialization: Initialization

  public init(_ name: String, _ shape: [Int], _ initialization: Initialization) {
    self.name = name
    self.shape = shape
    self.initialization = initialization
  }
}

/// All that a model owns, before any of it is allocated.
public struct ModelDeclarations: Equatable, Sendable {
  /// In the order of the forward pass.
  public var parameters: [TensorDeclaration]
  /// Running statistics; empty for most models.
  public var buffers: [TensorDeclaration]

  public init(parameters: [TensorDeclaration], buffers: [TensorDeclaration] = []) {
    self.parameters = parameters
    self.buffers = buffers
  }
}

/// How the elements of a tensor are drawn at first.
public enum Initialization: Equatable, Sendable {
  case constant(Float)
  /// Uniform in [-bound, bound).
  case uniform(bound: Double)
  /// Normal with mean 0.
  case normal(deviation: Double)

  /// Draws `elements`. A function of (seed, number) alone, where `number` is the tensor's place in its model.
  func fill(_ elements: UnsafeMutableBufferPointer<Float>, seed: UInt64, number: Int) {
    var generator = CounterGenerator(seed: seed, purpose: .initialization, index: number)
    switch self {
    case .constant(let value):
      for index in elements.indices { elements[index] = value }
    case .uniform(let bound):
      for index in elements.indices { elements[index] = Float((2 * generator.nextUniform() - 1) * bound) }
    case .normal(let deviation):
      for index in elements.indices { elements[index] = Float(generator.nextNormal() * deviation) }
    }
  }
}

extension Initialization {
  /// Keeps the variance of what flows forward through rectifiers: He et al., ICCV 2015, equation 10, uniform.
  static func kaimingUniform(inputs: Int) -> Self { .uniform(bound: (6 / Double(inputs)).squareRoot()) }

  /// Keeps the variance of what flows backward through rectifiers: He et al., ICCV 2015, equation 14.
  static func kaimingNormal(outputs: Int) -> Self { .normal(deviation: (2 / Double(outputs)).squareRoot()) }

  /// A compromise of both directions for tanh: Glorot and Bengio, AISTATS 2010, equation 16.
  static func xavierUniform(inputs: Int, outputs: Int) -> Self {
    .uniform(bound: (6 / Double(inputs + outputs)).squareRoot())
  }

  /// For the map to the logits, small at first; PyTorch's default for all linear maps.
  static func logits(inputs: Int) -> Self { .uniform(bound: 1 / Double(max(inputs, 1)).squareRoot()) }
}
