import CKernels
import Tensors

extension OptimizerDescription {
  /// The gradient over the root of the sum of all its squares (Duchi, Hazan and Singer, "Adaptive subgradient
  /// methods for online learning and stochastic optimization", JMLR 12, 2011).
  static let adagrad = Self(
    name: "adagrad",
    summary: "The gradient over the root of the sum of its squares (Duchi et al., JMLR 12 (2011)).",
    options: [.learningRate(0.01), .weightDecay(0), .epsilon(1e-10)],
    links: { options, rate in
      [
        AddDecayedWeights(options.number("weight_decay")),
        ScaleByRootSumOfSquares(epsilon: options.number("epsilon")), rate,
      ]
    })
}

struct ScaleByRootSumOfSquares: UpdateRule {
  var epsilon: Double

  var memory: [MemoryBlock] { [MemoryBlock(name: "sum_of_squares")] }
  var hyperparameters: [String: HyperparameterValue] { ["epsilon": .number(epsilon)] }
  var kernel: RuleKernel { RuleKernel(optimizer_rule_root_mean_square) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] { [1, 1, 1, epsilon] }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    try ScaleByRootMeanSquare.apply(coefficients, to: update, square: blocks[0])
  }
}
