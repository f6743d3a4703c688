/// Adds `weightDecay` times the parameters, save those that are exempt.
///
/// Before the moments it is L2 regularization, as in SGD; after them it is decoupled (Loshchilov and Hutter,
/// "Decoupled weight decay regularization", ICLR 2019, Algorithm 2), as in AdamW and LAMB.
struct AddDecayedWeights: GradientTransform {
  var weightDecay: Double
  /// Whether it was put after the moments by a choice of the experiment; nil where the optimizer leaves none.
  var isDecoupled: Bool?

  init(_ weightDecay: Double, isDecoupled: Bool? = nil) {
    self.weightDecay = weightDecay
    self.isDecoupled = isDecoupled
  }

  var hyperparameters: [String: HyperparameterValue] {
    var values: [String: HyperparameterValue] = ["weight_decay": .number(weightDecay)]
    if let isDecoupled { values["decoupled_decay"] = .truth(isDecoupled) }
    return values
  }
}
