import CKernels
import Tensors

/// A rule of `CKernels/rules`.
struct RuleKernel: Sendable {
  let rule: optimizer_rule

  init(_ rule: optimizer_rule) { self.rule = rule }
}

/// The gradient as it is: what a pass computes that has decay, a ratio or a rate, and no rule.
struct PlainRule: UpdateRule {
  var kernel: RuleKernel { RuleKernel(optimizer_rule_plain) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] { [] }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {}
}
