/// Shrinks the update so that its norm, over all parameters together, is at most `maximumNorm` (Pascanu,
/// Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, Algorithm 1).
/// The first link of a chain: every step measures the gradient's norm anyway.
struct ClipByGlobalNorm: GradientTransform {
  /// Above 0.
  var maximumNorm: Double

  init(_ maximumNorm: Double) { self.maximumNorm = maximumNorm }

  var hyperparameters: [String: HyperparameterValue] { ["gradient_clip": .number(maximumNorm)] }

  /// What an update of this norm is multiplied by.
  func factor(norm: Double) -> Double { norm > maximumNorm ? maximumNorm / norm : 1 }
}
