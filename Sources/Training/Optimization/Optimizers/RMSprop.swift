import CKernels
import Tensors

extension OptimizerDescription {
  /// The gradient over the root of its mean square (Hinton, "Neural networks for machine learning", lecture
  /// 6e, 2012), or over its deviation (Graves, "Generating sequences with recurrent neural networks", arXiv
  /// 1308.0850), then momentum, as PyTorch has it.
  static let rmsprop = Self(
    name: "rmsprop",
    summary: "The gradient over its root mean square, or its deviation; then momentum "
      + "(Hinton, 2012; Graves, arXiv 1308.0850).",
    options: [
      .learningRate(0.01), .weightDecay(0), .momentum(0), .epsilon(),
      .number("smoothing", .from(0, below: 1), default: 0.99, "The decay of the gradient's mean square."),
      .truth("centered", isLive: false, "Whether the square of the mean is taken from the mean square."),
    ],
    links: { options, rate in
      let (smoothing, epsilon) = (options.number("smoothing"), options.number("epsilon"))
      let scaled: any GradientTransform =
        options.truth("centered")
        ? ScaleByDeviation(smoothing: smoothing, epsilon: epsilon)
        : ScaleByRootMeanSquare(smoothing: smoothing, epsilon: epsilon)
      return [
        AddDecayedWeights(options.number("weight_decay")), scaled,
        Trace(momentum: options.number("momentum")),
        rate,
      ]
    })
}

struct ScaleByRootMeanSquare: UpdateRule {
  var smoothing: Double
  var epsilon: Double

  var memory: [MemoryBlock] { [ScaleByAdam.secondMoment] }

  var hyperparameters: [String: HyperparameterValue] {
    ["smoothing": .number(smoothing), "epsilon": .number(epsilon), "centered": .truth(false)]
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_root_mean_square) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [smoothing, 1 - smoothing, 1, epsilon]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    try Self.apply(coefficients, to: update, square: blocks[0])
  }

  /// What the kernel `root_mean_square` computes.
  static func apply(_ coefficients: [Double], to update: Tensor, square: Tensor) throws(TensorError) {
    try square.multiplyInPlace(by: coefficients[0])
    try square.addProductInPlace(update, update, scale: coefficients[1])
    let root = try square.squareRoot()
    try root.multiplyInPlace(by: coefficients[2])
    try root.addInPlace(coefficients[3])
    try update.copyInPlace(from: update.divided(by: root))
  }
}

struct ScaleByDeviation: UpdateRule {
  var smoothing: Double
  var epsilon: Double

  var memory: [MemoryBlock] { [ScaleByAdam.secondMoment, ScaleByAdam.firstMoment] }

  var hyperparameters: [String: HyperparameterValue] {
    ["smoothing": .number(smoothing), "epsilon": .number(epsilon), "centered": .truth(true)]
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_centered) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [smoothing, 1 - smoothing, epsilon]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let (square, mean) = (blocks[0], blocks[1])
    try square.multiplyInPlace(by: coefficients[0])
    try square.addProductInPlace(update, update, scale: coefficients[1])
    try mean.interpolateInPlace(to: update, weight: coefficients[1])
    let variance = try square.copied()
    try variance.addProductInPlace(mean, mean, scale: -1)
    try variance.reluInPlace()
    try variance.squareRootInPlace()
    try variance.addInPlace(coefficients[2])
    try update.copyInPlace(from: update.divided(by: variance))
  }
}
