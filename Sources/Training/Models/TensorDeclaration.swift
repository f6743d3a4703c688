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
  /// A matrix of so many rows whose rows, or columns if they are fewer, are orthogonal and of length `gain`.
  case orthogonal(rows: Int, gain: Double)

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
    case .orthogonal(let rows, let gain):
      Self.fillOrthogonally(elements, rows: rows, gain: gain, using: &generator)
    }
  }

  /// Normal vectors made orthonormal one after the other (Gram-Schmidt, each twice for precision): uniform among
  /// all such matrices, as the signs of the decomposition's diagonal are positive (Mezzadri, Notices of the AMS 54
  /// (2007), §5). Takes rows · columns · min(rows, columns) operations.
  private static func fillOrthogonally(
    _ elements: UnsafeMutableBufferPointer<Float>, rows: Int, gain: Double,
    using generator: inout CounterGenerator
  ) {
    let columns = rows > 0 ? elements.count / rows : 0
    let (count, length) = (min(rows, columns), max(rows, columns))
    var vectors: [[Double]] = []
    for _ in 0..<count {
      var vector = (0..<length).map { _ in generator.nextNormal() }
      for _ in 0..<2 {
        for other in vectors {
          var product = 0.0
          for index in 0..<length { product += vector[index] * other[index] }
          for index in 0..<length { vector[index] -= product * other[index] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      vectors.append(vector.map { $0 / norm })
    }
    for row in 0..<rows {
      for column in 0..<columns {
        let value = rows <= columns ? vectors[row][column] : vectors[column][row]
        elements[row * columns + column] = Float(gain * value)
      }
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
