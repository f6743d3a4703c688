import CKernels
import Tensors

extension OptimizerDescription {
  /// The gradient times the root mean square of past updates over its own (Zeiler, "ADADELTA: an adaptive
  /// learning rate method", arXiv 1212.5701, Algorithm 1).
  static let adadelta = Self(
    name: "adadelta",
    summary: "Past updates over past gradients; no unit in its rate (Zeiler, arXiv 1212.5701).",
    options: [
      .learningRate(1), .weightDecay(0), .epsilon(1e-6),
      .number("rho", .from(0, below: 1), default: 0.9, "The decay of AdaDelta's two mean squares."),
    ],
    links: { options, rate in
      [
        AddDecayedWeights(options.number("weight_decay")),
        ScaleByAdaDelta(rho: options.number("rho"), epsilon: options.number("epsilon")), rate,
      ]
    })
}

struct ScaleByAdaDelta: UpdateRule {
  var rho: Double
  var epsilon: Double

  var memory: [MemoryBlock] { [ScaleByAdam.secondMoment, MemoryBlock(name: "squared_updates")] }
  var hyperparameters: [String: HyperparameterValue] { ["rho": .number(rho), "epsilon": .number(epsilon)] }
  var kernel: RuleKernel { RuleKernel(optimizer_rule_adadelta) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [rho, 1 - rho, epsilon]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let (square, updates) = (blocks[0], blocks[1])
    try square.multiplyInPlace(by: coefficients[0])
    try square.addProductInPlace(update, update, scale: coefficients[1])
    let ratio = try updates.adding(coefficients[2]).squareRoot()
      .divided(by: square.adding(coefficients[2]).squareRoot())
    try update.multiplyInPlace(by: ratio)
    try updates.multiplyInPlace(by: coefficients[0])
    try updates.addProductInPlace(update, update, scale: coefficients[1])
  }
}
