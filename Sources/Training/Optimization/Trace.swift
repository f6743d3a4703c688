/// Momentum: adds up past updates, each `momentum` times weaker than the next (Sutskever et al., ICML 2013;
/// as practised, the learning rate multiplies the sum).
public struct Trace: GradientTransform {
  public static let momentumBlock = "momentum"

  /// At least 0, below 1. At 0 nothing is remembered.
  public var momentum: Double
  /// Whether the update looks ahead along the momentum (Nesterov).
  public var isNesterov: Bool

  public init(momentum: Double, isNesterov: Bool = false) {
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  public var memory: [String] { [Self.momentumBlock] }

  public var hyperparameters: [String: HyperparameterValue] {
    ["momentum": .number(momentum), "nesterov": .text(isNesterov ? "true" : "false")]
  }

  public func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]]
  ) {
    var sums = blocks[Self.momentumBlock]!
    for segment in layout.segments {
      for i in segment.offset..<segment.offset + segment.count {
        let gradient = update[i]
        sums[i] = Float(momentum) * sums[i] + gradient
        update[i] = isNesterov ? gradient + Float(momentum) * sums[i] : sums[i]
      }
    }
    blocks[Self.momentumBlock] = sums
  }
}
