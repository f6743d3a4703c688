import Tensors

/// Adds the subgradient of λ∑|w| over the weights that decay, 0 at w = 0, to the gradient (Tibshirani,
/// "Regression shrinkage and selection via the lasso", 1996; with decay of the weights the elastic net of Zou
/// and Hastie, 2005).
struct PenalizeMagnitudes: StepHook {
  /// The λ, above 0.
  var strength: Double

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.regularization.l1 > 0 else { return nil }
    strength = configuration.regularization.l1
  }

  func changeGradients(_ step: HookedStep) throws(TensorError) {
    let (weights, gradients) = (try step.rows(of: step.parameters), try step.rows(of: step.gradients))
    for (weights, gradients) in zip(weights, gradients) {
      try gradients.addInPlace(weights.sign(), scale: strength)
    }
  }
}
