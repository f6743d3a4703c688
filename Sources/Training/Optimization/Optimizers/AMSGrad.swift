import CKernels
import Tensors

extension OptimizerDescription {
  /// Adam with the greatest second moment so far in the place of the last (Reddi, Kale and Kumar, "On the
  /// convergence of Adam and beyond", ICLR 2018, Algorithm 2). `adam` and `adamw` have it as an option, as
  /// PyTorch has.
  static let amsgrad = Self(
    name: "amsgrad",
    summary: "Adam that divides by the greatest second moment so far (Reddi et al., ICLR 2018).",
    options: [.learningRate(1e-3), .weightDecay(0), .beta1(), .beta2(), .epsilon(), .biasCorrection],
    links: { options, rate in
      [
        AddDecayedWeights(options.number("weight_decay")),
        ScaleByGreatestMoment(moments: ScaleByAdam(options)),
        rate,
      ]
    })
}

struct ScaleByGreatestMoment: UpdateRule {
  static let greatest = MemoryBlock(name: "greatest_second_moment")

  var moments: ScaleByAdam

  var memory: [MemoryBlock] { moments.memory + [Self.greatest] }

  var hyperparameters: [String: HyperparameterValue] {
    moments.hyperparameters.merging(["amsgrad": .truth(true)]) { _, own in own }
  }

  var kernel: RuleKernel { RuleKernel(optimizer_rule_amsgrad) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    moments.coefficients(at: place, scalars: &scalars)
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let (mean, square, greatest) = (blocks[0], blocks[1], blocks[2])
    try mean.interpolateInPlace(to: update, weight: coefficients[1])
    try square.multiplyInPlace(by: coefficients[2])
    try square.addProductInPlace(update, update, scale: coefficients[3])
    try greatest.copyInPlace(from: greatest.maximum(square))
    let root = try greatest.squareRoot()
    try root.multiplyInPlace(by: coefficients[5])
    try root.addInPlace(coefficients[6])
    try update.fillInPlace(0)
    try update.addQuotientInPlace(mean, root, scale: coefficients[4])
  }
}

extension OptimizerOption {
  static func amsgrad() -> Self {
    .truth(
      "amsgrad", isLive: false,
      "Whether the greatest second moment so far is divided by, not the last.")
  }
}

extension ScaleByAdam {
  /// Adam's rule, or AMSGrad's where the options say so.
  static func chosen(_ options: OptimizerValues) -> any GradientTransform {
    options.truth("amsgrad") ? ScaleByGreatestMoment(moments: Self(options)) : Self(options)
  }
}
