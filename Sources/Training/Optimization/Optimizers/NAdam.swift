import CKernels
import Foundation
import Tensors

extension OptimizerDescription {
  /// Adam that looks ahead along its first moment, its decay, if any, added to the gradient (Dozat,
  /// "Incorporating Nesterov momentum into Adam", ICLR 2016 workshop).
  static let nadam = Self(
    name: "nadam",
    summary: "Adam that looks ahead along its first moment (Dozat, 2016).",
    options: [.learningRate(2e-3), .weightDecay(0), .beta1(), .beta2(), .epsilon(), .momentumDecay],
    links: { options, rate in
      [AddDecayedWeights(options.number("weight_decay")), ScaleByNesterovAdam(options), rate]
    })

  /// NAdam with decoupled decay.
  static let nadamw = Self(
    name: "nadamw",
    summary: "NAdam with decoupled decay (Dozat, 2016).",
    options: [.learningRate(2e-3), .weightDecay(0.01), .beta1(), .beta2(), .epsilon(), .momentumDecay],
    links: { options, rate in
      [ScaleByNesterovAdam(options), AddDecayedWeights(options.number("weight_decay")), rate]
    })
}

extension OptimizerOption {
  fileprivate static let momentumDecay = number(
    "momentum_decay", .from(0, through: 1), default: 4e-3,
    "How fast the first moment's decay grows from half of beta1 to beta1.")
}

struct ScaleByNesterovAdam: UpdateRule {
  /// The product of the momenta of all steps: other values of beta1 may have been in force.
  static let momentumProduct = "momentum_product"

  var beta1: Double
  var beta2: Double
  var epsilon: Double
  var momentumDecay: Double

  init(_ options: OptimizerValues) {
    beta1 = options.number("beta1")
    beta2 = options.number("beta2")
    epsilon = options.number("epsilon")
    momentumDecay = options.number("momentum_decay")
  }

  var memory: [MemoryBlock] { [ScaleByAdam.firstMoment, ScaleByAdam.secondMoment] }
  var scalars: [String: Double] { [Self.momentumProduct: 1] }

  var hyperparameters: [String: HyperparameterValue] {
    [
      "beta1": .number(beta1), "beta2": .number(beta2), "epsilon": .number(epsilon),
      "momentum_decay": .number(momentumDecay),
    ]
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_nadam) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    let t = Double(place.step + 1)
    let product = (scalars[Self.momentumProduct] ?? 1) * momentum(at: t)
    scalars[Self.momentumProduct] = product
    return [
      beta1, 1 - beta1, beta2, 1 - beta2, (1 - momentum(at: t)) / (1 - product),
      momentum(at: t + 1) / (1 - product * momentum(at: t + 1)), 1 / (1 - pow(beta2, t)).squareRoot(),
      epsilon,
    ]
  }

  private func momentum(at t: Double) -> Double { beta1 * (1 - 0.5 * pow(0.96, t * momentumDecay)) }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let (mean, square) = (blocks[0], blocks[1])
    try mean.interpolateInPlace(to: update, weight: coefficients[1])
    try square.multiplyInPlace(by: coefficients[2])
    try square.addProductInPlace(update, update, scale: coefficients[3])
    let root = try square.squareRoot()
    try root.multiplyInPlace(by: coefficients[6])
    try root.addInPlace(coefficients[7])
    let ahead = try update.multiplied(by: coefficients[4])
    try ahead.addInPlace(mean, scale: coefficients[5])
    try update.copyInPlace(from: ahead.divided(by: root))
  }
}
