import CKernels
import Foundation
import Tensors

/// Divides the running mean of the gradient by the root of the running mean of its square (Kingma and Ba,
/// "Adam", ICLR 2015, Algorithm 1).
struct ScaleByAdam: UpdateRule {
  static let firstMoment = MemoryBlock(name: "first_moment")
  static let secondMoment = MemoryBlock(name: "second_moment")

  var beta1 = 0.9
  var beta2 = 0.999
  var epsilon = 1e-8
  /// Whether the moments are divided by 1 − βᵗ, because they start at 0. Without it, early steps are longer.
  var correctsBias = true

  var memory: [MemoryBlock] { [Self.firstMoment, Self.secondMoment] }

  var hyperparameters: [String: HyperparameterValue] {
    [
      "beta1": .number(beta1), "beta2": .number(beta2), "epsilon": .number(epsilon),
      "bias_correction": .truth(correctsBias), "amsgrad": .truth(false),
    ]
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_adam) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    let (first, second) = corrections(at: place.step)
    return [beta1, 1 - beta1, beta2, 1 - beta2, first, second, epsilon]
  }

  /// What the first moment and the root of the second are multiplied by, at the step after `step` others.
  private func corrections(at step: Int) -> (first: Double, second: Double) {
    guard correctsBias else { return (1, 1) }
    let t = Double(step + 1)
    return (1 / (1 - pow(beta1, t)), 1 / (1 - pow(beta2, t)).squareRoot())
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    try Self.apply(coefficients, to: update, mean: blocks[0], square: blocks[1])
  }

  /// What the kernel `adam` computes.
  static func apply(
    _ coefficients: [Double], to update: Tensor, mean: Tensor, square: Tensor
  ) throws(TensorError) {
    try mean.interpolateInPlace(to: update, weight: coefficients[1])
    try square.multiplyInPlace(by: coefficients[2])
    try square.addProductInPlace(update, update, scale: coefficients[3])
    let root = try square.squareRoot()
    try root.multiplyInPlace(by: coefficients[5])
    try root.addInPlace(coefficients[6])
    try update.fillInPlace(0)
    try update.addQuotientInPlace(mean, root, scale: coefficients[4])
  }
}

extension HyperparameterValue {
  /// A choice between true and false.
  static func truth(_ truth: Bool) -> Self { .text(truth ? "true" : "false") }
}
