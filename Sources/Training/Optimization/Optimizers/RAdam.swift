import CKernels
import Foundation
import Tensors

extension OptimizerDescription {
  /// Adam that divides by the second moment only once that can be told from its variance (Liu et al., "On the
  /// variance of the adaptive learning rate and beyond", ICLR 2020, Algorithm 2). Decay is added to the
  /// gradient, or decoupled on request, as PyTorch has it.
  static let radam = Self(
    name: "radam",
    summary: "Adam that divides by the second moment once that can be told; decay decoupled on request "
      + "(Liu et al., ICLR 2020).",
    options: [.learningRate(1e-3), .weightDecay(0), .beta1(), .beta2(), .epsilon(), .decoupledDecay],
    links: { options, rate in
      let rectified = ScaleByRectifiedAdam(
        beta1: options.number("beta1"), beta2: options.number("beta2"), epsilon: options.number("epsilon"))
      return options.decayed(rectified) + [rate]
    })
}

struct ScaleByRectifiedAdam: UpdateRule {
  var beta1: Double
  var beta2: Double
  var epsilon: Double

  var memory: [MemoryBlock] { [ScaleByAdam.firstMoment, ScaleByAdam.secondMoment] }

  var hyperparameters: [String: HyperparameterValue] {
    ["beta1": .number(beta1), "beta2": .number(beta2), "epsilon": .number(epsilon)]
  }

  /// Adam's, with other coefficients.
  var kernel: RuleKernel { RuleKernel(optimizer_rule_adam) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    let t = Double(place.step + 1)
    let moments = [beta1, 1 - beta1, beta2, 1 - beta2]
    let first = 1 / (1 - pow(beta1, t))
    let longest = 2 / (1 - beta2) - 1
    let length = longest - 2 * t * pow(beta2, t) / (1 - pow(beta2, t))
    // Until then the first moment alone moves: over 0·√v + 1.
    guard length > 5 else { return moments + [first, 0, 1] }
    let rectification =
      ((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)).squareRoot()
    return moments + [first * rectification * (1 - pow(beta2, t)).squareRoot(), 1, epsilon]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    try ScaleByAdam.apply(coefficients, to: update, mean: blocks[0], square: blocks[1])
  }
}
