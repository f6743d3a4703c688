/// Shrinks the update so that its norm, over all parameters together, is at most `maximumNorm` (Pascanu,
/// Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, Algorithm 1).
public struct ClipByGlobalNorm: GradientTransform {
  /// Above 0.
  public var maximumNorm: Double

  public init(_ maximumNorm: Double) { self.maximumNorm = maximumNorm }

  public var hyperparameters: [String: HyperparameterValue] { ["gradient_clip": .number(maximumNorm)] }

  /// What an update of this norm is multiplied by.
  func factor(norm: Double) -> Double { norm > maximumNorm ? maximumNorm / norm : 1 }

  public func apply(
    to update: inout [Float], parameters: [Float], layout: ParameterLayout, step: Int,
    blocks: inout [String: [Float]]
  ) {
    let factor = Float(factor(norm: globalNorm(update, layout)))
    for segment in layout.segments {
      for i in segment.offset..<segment.offset + segment.count { update[i] *= factor }
    }
  }
}

/// The Euclidean norm over all segments.
func globalNorm(_ values: [Float], _ layout: ParameterLayout) -> Double {
  layout.segments.reduce(0) { sum, segment in
    sum + sumOfSquares(values[segment.offset..<segment.offset + segment.count])
  }.squareRoot()
}
