extension OptimizerDescription {
  /// Adam with decoupled decay (Loshchilov and Hutter, "Decoupled weight decay regularization", ICLR 2019,
  /// Algorithm 2).
  static let adamw = Self(
    name: "adamw",
    summary: "Adam with decoupled decay (Loshchilov and Hutter, ICLR 2019).",
    options: [
      .learningRate(1e-3), .weightDecay(0.01), .beta1(), .beta2(), .epsilon(1e-6), .biasCorrection,
      .amsgrad(),
    ],
    links: { options, rate in
      [ScaleByAdam.chosen(options), AddDecayedWeights(options.number("weight_decay")), rate]
    })
}

extension ScaleByAdam {
  /// By the options that the optimizers of Adam's family have.
  init(_ options: OptimizerValues) {
    self.init(
      beta1: options.number("beta1"), beta2: options.number("beta2"), epsilon: options.number("epsilon"),
      correctsBias: options.truth("bias_correction"))
  }
}
