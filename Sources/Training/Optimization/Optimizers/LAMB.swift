extension OptimizerDescription {
  /// Adam's update with decay, each layer's scaled to the size of its weights (You et al., "Large batch
  /// optimization for deep learning: training BERT in 76 minutes", ICLR 2020, Algorithm 2), with the gradient
  /// clipped before the moments, as practised.
  static let lamb = Self(
    name: "lamb",
    summary: "Adam's update, each layer's scaled to the size of its weights; decay decoupled "
      + "(You et al., ICLR 2020).",
    options: [
      .learningRate(1e-3), .weightDecay(0.01), .beta1(), .beta2(), .epsilon(1e-6), .biasCorrection,
      .number(
        "trust_ratio_clip", .from(0, through: 1e30), default: 0,
        "The highest ratio of a layer's weights to its update; 0 is no limit."),
    ],
    links: { options, rate in
      let clip = options.number("trust_ratio_clip")
      return [
        ScaleByAdam(options), AddDecayedWeights(options.number("weight_decay")),
        ScaleByTrustRatio(maximumRatio: clip > 0 ? clip : nil), rate,
      ]
    })
}
