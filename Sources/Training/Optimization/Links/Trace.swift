import CKernels
import Tensors

/// Momentum: adds up past updates, each `momentum` times weaker than the next (Sutskever et al., ICML 2013;
/// as practised, the learning rate multiplies the sum).
struct Trace: UpdateRule {
  static let block = MemoryBlock(name: "momentum")

  /// At least 0, below 1. At 0 nothing is remembered.
  var momentum: Double
  /// Whether the update looks ahead along the momentum (Nesterov).
  var isNesterov = false
  /// What share of a gradient does not enter the sum, from the second one on, as PyTorch's SGD has it.
  var dampening = 0.0

  var memory: [MemoryBlock] { [Self.block] }

  var hyperparameters: [String: HyperparameterValue] {
    ["momentum": .number(momentum), "nesterov": .truth(isNesterov), "dampening": .number(dampening)]
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_momentum) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [momentum, place.step == 0 ? 1 : 1 - dampening, isNesterov ? 1 : 0, isNesterov ? momentum : 1]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let sum = blocks[0]
    try sum.multiplyInPlace(by: coefficients[0])
    try sum.addInPlace(update, scale: coefficients[1])
    try update.multiplyInPlace(by: coefficients[2])
    try update.addInPlace(sum, scale: coefficients[3])
  }
}
