import Tensors

/// Shortens the weights into each unit to a norm (Srivastava et al., "Dropout: a simple way to prevent neural
/// networks from overfitting", JMLR 15 (2014), §5.1). A unit is a row of a matrix, or a filter.
struct LimitRowNorms: StepHook {
  /// The paper's c, above 0.
  var norm: Double

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.regularization.maxNorm > 0 else { return nil }
    norm = configuration.regularization.maxNorm
  }

  func changeParameters(_ step: HookedStep, scalars: inout [String: Double]) throws(TensorError) {
    let limit = try Tensor.full([1], norm, on: step.parameters.device)
    for weights in try step.rows(of: step.parameters) { try weights.shortenRowsInPlace(to: limit) }
  }
}
