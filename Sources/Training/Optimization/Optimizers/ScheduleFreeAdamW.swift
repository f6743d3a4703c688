import CKernels
import Foundation
import Tensors

extension OptimizerDescription {
  /// AdamW whose mean over all steps, not its last one, is the result, so that no schedule need know when
  /// training ends (Defazio et al., "The road less scheduled", NeurIPS 2024, arXiv 2405.15682; decay at y,
  /// the steps weighted by the square of the highest rate so far, as in the authors' code).
  ///
  /// Evaluation uses the mean: `Optimizer.showFound`. A snapshot holds what is trained.
  static let scheduleFreeAdamW = Self(
    name: "schedule_free_adamw",
    summary:
      "AdamW whose mean over all steps is the result; decay decoupled (Defazio et al., NeurIPS 2024).",
    options: [.learningRate(2.5e-3), .weightDecay(0), .beta1(), .beta2(), .epsilon()],
    links: { options, rate in
      [
        ScaleByCorrectedMeanSquare(beta2: options.number("beta2"), epsilon: options.number("epsilon")),
        AddDecayedWeights(options.number("weight_decay")), rate,
        AverageSteps(beta: options.number("beta1")),
      ]
    })
}

/// Adam without a first moment.
struct ScaleByCorrectedMeanSquare: UpdateRule {
  var beta2: Double
  var epsilon: Double

  var memory: [MemoryBlock] { [ScaleByAdam.secondMoment] }
  var hyperparameters: [String: HyperparameterValue] {
    ["beta2": .number(beta2), "epsilon": .number(epsilon)]
  }
  var kernel: RuleKernel { RuleKernel(optimizer_rule_root_mean_square) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    [beta2, 1 - beta2, 1 / (1 - pow(beta2, Double(place.step + 1))).squareRoot(), epsilon]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    try ScaleByRootMeanSquare.apply(coefficients, to: update, square: blocks[0])
  }
}

/// Takes steps h, and keeps apart the point y where gradients are taken, which the parameters are, and the
/// mean x of all points z reached (the paper's equations 1 to 3). Remembers x − y.
struct AverageSteps: UpdateRule {
  /// Where between z, at 0, and x, at 1, gradients are taken.
  var beta: Double

  private static let (totalWeight, highestRate) = ("total_weight", "highest_rate")

  var memory: [MemoryBlock] { [.evaluationOffset] }
  var scalars: [String: Double] { [Self.totalWeight: 0, Self.highestRate: 0] }
  var hyperparameters: [String: HyperparameterValue] { ["beta1": .number(beta)] }
  var kernel: RuleKernel { RuleKernel(optimizer_rule_schedule_free) }

  func coefficients(at place: StepPlace, scalars: inout [String: Double]) -> [Double] {
    let highest = max(scalars[Self.highestRate] ?? 0, place.rate)
    let weight = highest * highest
    let total = (scalars[Self.totalWeight] ?? 0) + weight
    (scalars[Self.highestRate], scalars[Self.totalWeight]) = (highest, total)
    let share = total > 0 ? weight / total : 0
    return [1 - beta * (1 - share), share * beta / (1 - beta), 1 - share, (1 - beta) * (1 - share)]
  }

  func apply(_ coefficients: [Double], to update: Tensor, blocks: [Tensor]) throws(TensorError) {
    let offset = blocks[0]
    let step = try update.copied()
    try update.multiplyInPlace(by: coefficients[0])
    try update.addInPlace(offset, scale: coefficients[1])
    try offset.multiplyInPlace(by: coefficients[2])
    try offset.addInPlace(step, scale: coefficients[3])
  }
}
