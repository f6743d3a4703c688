import Tensors

/// Keeps a mean of the weights: `WeightAveraging` says which. The first weights are taken as they are, as
/// PyTorch's `torch.optim.swa_utils.AveragedModel` does.
struct AverageWeights: StepHook {
  private let averaging: WeightAveraging

  private static let block = MemoryBlock(name: "averaged_weights")
  /// How many weights are in the mean.
  private static let count = "averaged_count"

  init?(_ configuration: TrainingConfiguration) {
    guard configuration.averaging.kind != .none else { return nil }
    averaging = configuration.averaging
  }

  var memory: [MemoryBlock] { [Self.block] }
  var scalars: [String: Double] { [Self.count: 0] }

  func changeParameters(_ step: HookedStep, scalars: inout [String: Double]) throws(TensorError) {
    guard Double(step.budgetBefore) >= averaging.start,
      averaging.every == .step || step.budget > step.budgetBefore,
      let mean = step.memory.blocks[Self.block.name]?.tensor
    else { return }
    let count = scalars[Self.count] ?? 0
    if count == 0 {
      try mean.copyInPlace(from: step.parameters)
    } else {
      try mean.interpolateInPlace(to: step.parameters, weight: weight(after: count))
    }
    scalars[Self.count] = count + 1
  }

  func found(_ scalars: [String: Double]) -> MemoryBlock? {
    scalars[Self.count] ?? 0 > 0 ? Self.block : nil
  }

  /// What new weights count in the mean when it has `count` others.
  private func weight(after count: Double) -> Double {
    switch averaging.kind {
    case .none: 0
    case .ema: 1 - (averaging.warmsUp ? min(averaging.decay, (1 + count) / (10 + count)) : averaging.decay)
    case .swa: 1 / (count + 1)
    }
  }
}
