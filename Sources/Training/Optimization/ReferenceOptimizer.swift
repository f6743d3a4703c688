/// What a chain of transforms means, one transform after the other over plain arrays. Slow and clear:
/// `Optimizer` is held against it, and falls back on it for chains that no fused loop covers.
public struct ReferenceOptimizer: Sendable {
  public let transform: Chain
  public let layout: ParameterLayout
  public var state: OptimizerState

  public init(_ transform: some GradientTransform, layout: ParameterLayout) {
    self.transform = Chain(transform.stages)
    self.layout = layout
    state = OptimizerState(initialFor: transform, elements: layout.elements)
  }

  /// One step: gradients through the chain, the result added to `parameters`.
  ///
  /// - Parameter gradientScale: what the gradients are multiplied by first.
  /// - Throws: `TrainingError.diverged`, before anything is changed, when the gradient's norm is not finite.
  public mutating func update(
    parameters: inout [Float], gradients: [Float], gradientScale: Double = 1
  ) throws(TrainingError) {
    var update = gradients.map { $0 * Float(gradientScale) }
    guard globalNorm(update, layout).isFinite else {
      throw .diverged(step: state.step, what: "the gradient's norm")
    }
    transform.apply(
      to: &update, parameters: parameters, layout: layout, step: state.step, blocks: &state.blocks)
    for segment in layout.segments {
      for i in segment.offset..<segment.offset + segment.count { parameters[i] += update[i] }
    }
    state.step += 1
  }
}
