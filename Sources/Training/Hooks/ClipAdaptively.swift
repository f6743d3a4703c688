import Tensors

/// Shortens the gradient of each unit whose norm is more than a share of the norm of the unit's weights
/// (Brock, De, Smith and Simonyan, "High-performance large-scale image recognition without normalization",
/// arXiv 2102.06171, equation 3).
///
/// A unit is a row of a matrix, or a filter. Parameters of one dimension are left out, and so is the matrix
/// that gives the outputs, as in the paper's §4.1.
struct ClipAdaptively: StepHook {
  /// The paper's λ, above 0.
  var share: Double
  /// The paper's ε: what counts as the norm of weights whose own is smaller, so that weights that begin at 0
  /// can move.
  static let smallestNorm = 1e-3

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.clipping.adaptive > 0 else { return nil }
    share = configuration.clipping.adaptive
  }

  func changeGradients(_ step: HookedStep) throws(TensorError) {
    let output = step.layout.outputMatrix
    let weights = try step.rows(of: step.parameters) { $0 == output }
    let gradients = try step.rows(of: step.gradients) { $0 == output }
    let smallest = try Tensor.full([1], Self.smallestNorm, on: step.parameters.device)
    for (weights, gradients) in zip(weights, gradients) {
      let limits = try weights.rowNorms().maximum(smallest)
      try limits.multiplyInPlace(by: share)
      try gradients.shortenRowsInPlace(to: limits)
    }
  }
}
