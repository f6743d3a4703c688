extension OptimizerDescription {
  /// Momentum with a rate for each layer (You, Gitman and Ginsburg, "Large batch training of convolutional
  /// networks", arXiv 1708.03888, Algorithm 1): the rates come before the momentum.
  static let lars = Self(
    name: "lars",
    summary: "Momentum with a rate for each layer (You et al., arXiv 1708.03888).",
    options: [
      .learningRate(1), .weightDecay(5e-4), .momentum(0.9), .nesterov(),
      .number(
        "trust_coefficient", .above(0, through: 1e6), default: 1e-3,
        "By how much of its size a layer trusts to move at a rate of 1."),
    ],
    links: { options, rate in
      [
        ScaleByLayerwiseRate(
          coefficient: options.number("trust_coefficient"), weightDecay: options.number("weight_decay")),
        rate,
        Trace(momentum: options.number("momentum"), isNesterov: options.truth("nesterov")),
      ]
    })
}
