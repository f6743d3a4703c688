/// Adds `weightDecay` times the parameters, save those that are exempt.
///
/// Before the moments it is L2 regularization, as in SGD; after them it is decoupled (Loshchilov and Hutter,
/// "Decoupled weight decay regularization", ICLR 2019, Algorithm 2), as in AdamW and LAMB.
struct AddDecayedWeights: GradientTransform {
  var weightDecay: Double

  init(_ weightDecay: Double) { self.weightDecay = weightDecay }

  var hyperparameters: [String: HyperparameterValue] { ["weight_decay": .number(weightDecay)] }
}
