extension OptimizerDescription {
  /// Stochastic gradient descent with momentum, as PyTorch's: decay before the momentum, the rate after it
  /// (Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013).
  static let sgd = Self(
    name: "sgd",
    summary: "Momentum, Nesterov's too; decay before it (Sutskever et al., ICML 2013).",
    options: [
      .learningRate(1e-3), .weightDecay(0.01), .momentum(0.9), .nesterov(),
      .number(
        "dampening", .from(0, through: 1), default: 0,
        "What share of a gradient does not enter the momentum, from the second step on."),
    ],
    links: { options, rate in
      [
        AddDecayedWeights(options.number("weight_decay")),
        Trace(
          momentum: options.number("momentum"), isNesterov: options.truth("nesterov"),
          dampening: options.number("dampening")),
        rate,
      ]
    })
}
