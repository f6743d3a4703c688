import Foundation

/// Divides the running mean of the gradient by the root of the running mean of its square (Kingma and Ba,
/// "Adam", ICLR 2015, Algorithm 1).
public struct ScaleByAdam: GradientTransform {
  public static let firstMoment = "first_moment"
  public static let secondMoment = "second_moment"

  public var beta1: Double
  public var beta2: Double
  public var epsilon: Double
  /// Whether the moments are divided by 1 − βᵗ, because they start at 0. Without it, early steps are longer.
  public var correctsBias: Bool

  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, correctsBias: Bool = true) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.correctsBias = correctsBias
  }

  public var memory: [String] { [Self.firstMoment, Self.secondMoment] }

  public var hyperparameters: [String: HyperparameterValue] {
    ["beta1": .number(beta1), "beta2": .number(beta2), "epsilon": .number(epsilon)]
  }

  /// What the first moment and the root of the second are multiplied by, at the step after `step` others.
  func corrections(after step: Int) -> (first: Double, second: Double) {
    guard correctsBias else { return (1, 1) }
    let t = Double(step + 1)
    return (1 / (1 - pow(beta1, t)), 1 / (1 - pow(beta2, t)).squareRoot())
  }

  public func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]]
  ) {
    let (first, second) = corrections(after: step)
    var (means, squares) = (blocks[Self.firstMoment]!, blocks[Self.secondMoment]!)
    for segment in layout.segments {
      for i in segment.offset..<segment.offset + segment.count {
        let gradient = update[i]
        means[i] = Float(beta1) * means[i] + Float(1 - beta1) * gradient
        squares[i] = Float(beta2) * squares[i] + Float(1 - beta2) * (gradient * gradient)
        update[i] = (Float(first) * means[i]) / (Float(second) * squares[i].squareRoot() + Float(epsilon))
      }
    }
    blocks[Self.firstMoment] = means
    blocks[Self.secondMoment] = squares
  }
}
