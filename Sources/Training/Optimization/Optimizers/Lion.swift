import CKernels
import Tensors

extension OptimizerDescription {
  /// The sign of an interpolated momentum, and decoupled decay (Chen et al., "Symbolic discovery of
  /// optimization algorithms", NeurIPS 2023, Algorithm 2). Every element moves by the rate, so the rate is
  /// some ten times smaller than AdamW's, and the decay as much larger.
  static let lion = Self(
    name: "lion",
    summary: "The sign of an interpolated momentum; decay decoupled (Chen et al., NeurIPS 2023).",
    options: [.learningRate(1e-4), .weightDecay(0.1), .beta1(0.9), .beta2(0.99)],
    links: { options, rate in
      [
        ScaleBySign(beta1: options.number("beta1"), beta2: options.number("beta2")),
        AddDecayedWeights(options.number("weight_decay")), rate,
      ]
    })
}

struct ScaleBySign: UpdateRule {
  var beta1: Double
  var beta2: Double

  var memory: [MemoryBlock] { [ScaleByAdam.firstMoment] }
  var hyperparameters: [String: HyperparameterValue] { ["beta1": .number(beta1), "beta2": .number(beta2)] }
  var kernel: RuleKernel { RuleKernel(optimizer_rule_lion) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [beta1, 1 - beta1, beta2, 1 - beta2]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let mean = blocks[0]
    let between = try mean.multiplied(by: coefficients[0])
    try between.addInPlace(update, scale: coefficients[1])
    try mean.multiplyInPlace(by: coefficients[2])
    try mean.addInPlace(update, scale: coefficients[3])
    try update.copyInPlace(from: between.sign())
  }
}
