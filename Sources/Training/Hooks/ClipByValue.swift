import Tensors

/// Cuts each element of the gradient to a magnitude (PyTorch's `torch.nn.utils.clip_grad_value_`).
struct ClipByValue: StepHook {
  /// Above 0.
  var magnitude: Double

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.clipping.value > 0 else { return nil }
    magnitude = configuration.clipping.value
  }

  func changeGradients(_ step: HookedStep) throws(TensorError) {
    try step.gradients.clampInPlace(magnitude: magnitude)
  }
}
