/// How a global batch is divided over the ranks of a group and, on each, over its micro-batches.
///
/// Which samples are in the batch does not depend on the group; so neither does the mathematics of a step.
/// Shares that cannot be equal differ by one sample, and `weight` makes the sum of all gradients right all
/// the same.
public struct BatchDivision: Equatable, Sendable {
  /// Samples in an optimizer step, over all ranks and micro-batches.
  public let globalBatch: Int
  /// Ranks of the group.
  public let ranks: Int
  /// Micro-batches on each rank.
  public let microBatches: Int

  /// All counts are at least 1.
  public init(globalBatch: Int, ranks: Int, microBatches: Int = 1) {
    self.globalBatch = globalBatch
    self.ranks = ranks
    self.microBatches = microBatches
  }

  /// The positions within the global batch that `rank` computes in its micro-batch `microBatch`; empty if
  /// there are more shares than samples.
  public func range(rank: Int, microBatch: Int = 0) -> Range<Int> {
    let share = rank * microBatches + microBatch
    let shares = ranks * microBatches
    return globalBatch * share / shares..<globalBatch * (share + 1) / shares
  }

  /// What the mean loss of a part that counts as `samples` samples (`Batch.worth`) is multiplied with before backward,
  /// so that the gradients of all ranks and micro-batches sum to the gradient of the global batch's mean loss.
  public func weight(samples: Double) -> Double { samples / Double(globalBatch) }
}
