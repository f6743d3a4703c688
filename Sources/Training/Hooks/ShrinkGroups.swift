import Tensors

/// Shrinks each group of weights by its norm, to exactly 0 where that is all it has: the proximal step of
/// λ∑√n‖w‖ over groups of n weights (Yuan and Lin, "Model selection and estimation in regression with grouped
/// variables", 2006, equation 2.1; Parikh and Boyd, "Proximal algorithms", 2014, §6.5.1).
///
/// A group is all weights into one unit: a row of a matrix, or a filter (Wen et al., "Learning structured
/// sparsity in deep neural networks", arXiv 1608.03665, equation 2). Parameters of one dimension have none.
struct ShrinkGroups: StepHook {
  /// The λ, above 0.
  var strength: Double
  /// A tensor's own rate is what the optimizer moves it with.
  var rates: LayerRates

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.regularization.groupLasso > 0 else { return nil }
    strength = configuration.regularization.groupLasso
    rates = configuration.layerRates
  }

  func changeParameters(_ step: HookedStep, scalars: inout [String: Double]) throws(TensorError) {
    guard step.place.rate > 0 else { return }
    let factors = zip(step.layout.segments, rates.factors(of: step.layout)).filter { !$0.0.isExempt }
    for (weights, (_, own)) in zip(try step.rows(of: step.parameters), factors) where own.rate > 0 {
      let reach = step.place.rate * own.rate * strength * Double(weights.shape[1]).squareRoot()
      let ones = try Tensor.full([weights.shape[0], 1], 1, on: weights.device)
      // Of a norm of 0 it is minus infinity, and so 0.
      let kept = try ones.copied()
      try kept.addQuotientInPlace(ones, weights.rowNorms(), scale: -reach)
      try kept.reluInPlace()
      try weights.multiplyInPlace(by: kept)
    }
  }

  /// The share, from 0 to 1, of the groups of a model whose weights are all 0; 0 of a model without groups.
  /// Waits for the device.
  static func zeroedShare(of store: ParameterStore) throws(TensorError) -> Double {
    var (zeroed, all) = (0, 0)
    for segment in store.layout.segments where !segment.isExempt {
      let view = try store.parameters.narrowed(segment.offset..<segment.offset + segment.count, along: 0)
      let rows = try view.reshaped([segment.shape[0], segment.count / segment.shape[0]])
      let sums = try rows.absolute().sum(along: 1).scalars(Float.self)
      zeroed += sums.count { $0 == 0 }
      all += sums.count
    }
    return all > 0 ? Double(zeroed) / Double(all) : 0
  }
}
