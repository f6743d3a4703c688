/// What a trial takes on each rank of its group, in bytes; `Int.max` for a number that exceeds it.
///
/// Parameters, gradients, running statistics and the optimizer's memory are exact. What the passes and a
/// snapshot take is an estimate, rather too high than too low.
public struct MemoryEstimate: Equatable, Sendable {
  /// The flat buffer of all parameters.
  public var parameters: Int
  /// As large as the parameters.
  public var gradients: Int
  /// What the optimizer and what acts beside it remember: a block as large as the parameters for `sgd`, two
  /// for `adamw` and `lamb`, one more for early stopping; of the rank that keeps most where they share it.
  public var optimizer: Int
  /// What batch normalization keeps.
  public var statistics: Int
  /// What the forward pass of a training or evaluation batch leaves for the backward pass, the inputs
  /// included.
  public var activations: Int
  /// The copy of the state that is saved or sent while training goes on, and that which a cooldown goes back to.
  public var snapshot: Int

  /// What no trial of this shape can do without.
  public var least: Int { .clampedSum([parameters, gradients, optimizer, statistics]) }

  /// All of it.
  public var total: Int { .clampedSum([least, activations, snapshot]) }
}

extension TrainingConfiguration {
  /// What a trial with this configuration takes on each rank, for data of this form. Allocates nothing.
  ///
  /// On a GPU all but the snapshot is the GPU's memory.
  ///
  /// - Throws: `TrainingError.invalid` when model and data don't go together.
  public func memoryEstimate(
    for form: DataSet.Form, ranksPerTrial: Int = 1
  ) throws(TrainingError) -> MemoryEstimate {
    let declarations = try model.shape.declarations(for: form)
    let scalar = MemoryLayout<Float>.stride
    let elements = ParameterStore.elements(of: declarations.parameters)
    let parameters = Int.clampedProduct([elements, scalar])
    let statistics = Int.clampedProduct([ParameterStore.elements(of: declarations.buffers), scalar])
    let shapes = declarations.parameters.map(\.shape)
    func bytes(of blocks: [MemoryBlock]) -> Int {
      .clampedSum(
        blocks.map { .clampedProduct([$0.elements(for: shapes, parameters: elements), scalar]) })
    }
    let ofOptimizer = optimizer.transform(rate: .constant(0)).memory
    let ofHooks = bytes(of: StepHooks.memory(of: self))
    let best = stopping.isOn ? Int.clampedSum([parameters, statistics]) : 0
    let besides = Int.clampedSum([ofHooks, best])
    let wholeOptimizer = Int.clampedSum([bytes(of: ofOptimizer), besides])
    var optimizer = wholeOptimizer
    if sharding.isOn, ranksPerTrial > 1 {
      let (entries, elements) = try ParameterStore.place(declarations.parameters)
      let shards = OptimizerShards(try ParameterLayout(entries, elements: elements), ranks: ranksPerTrial)
      optimizer = .clampedSum([shards.mostBytes(of: ofOptimizer), besides])
    }
    let shares = max(1, Int.clampedProduct([ranksPerTrial, accumulation]))
    let samples = max((batchSize + shares - 1) / shares, evaluationBatchSize / max(1, ranksPerTrial) / 4)
    return MemoryEstimate(
      parameters: parameters, gradients: parameters, optimizer: optimizer,
      statistics: statistics,
      activations: .clampedProduct([max(1, samples), model.shape.activations(for: form), scalar]),
      snapshot: .clampedProduct([
        cooldown.length > 0 ? 2 : 1, .clampedSum([parameters, wholeOptimizer, statistics]),
      ]))
  }
}
