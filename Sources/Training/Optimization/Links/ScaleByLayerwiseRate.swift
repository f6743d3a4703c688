/// Decays the weights, and scales each parameter tensor's gradient with them by η‖w‖ / (‖g‖ + β‖w‖), where η
/// is the coefficient and β the decay (You, Gitman and Ginsburg, "Large batch training of convolutional
/// networks", arXiv 1708.03888, equation 6).
///
/// Exempt parameters neither decay nor are scaled; the ratio is 1 wherever a norm is 0.
struct ScaleByLayerwiseRate: GradientTransform {
  /// Above 0.
  var coefficient: Double
  /// At least 0.
  var weightDecay: Double

  var hyperparameters: [String: HyperparameterValue] {
    ["trust_coefficient": .number(coefficient), "weight_decay": .number(weightDecay)]
  }

  /// The same with the decay of one tensor.
  func multiplied(by factors: LayerRates.Factors) -> Self {
    Self(coefficient: coefficient, weightDecay: weightDecay * factors.decay)
  }

  func ratio(parameterNorm: Double, gradientNorm: Double) -> Double {
    guard parameterNorm > 0, gradientNorm > 0 else { return 1 }
    return coefficient * parameterNorm / (gradientNorm + weightDecay * parameterNorm)
  }
}
