import Randomness

/// The order in which the samples of the train split are used: a fresh permutation for each epoch. A function
/// of (seed, epoch), so that no order ever needs saving.
package struct SampleOrder {
  package let count: Int
  package let seed: UInt64
  private var epoch = -1
  private var permutation: [Int32] = []

  package init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// Positions in the train split, each once. Linear in `count` the first time an epoch is asked for, else
  /// constant.
  package mutating func permutation(ofEpoch epoch: Int) -> [Int32] {
    if epoch != self.epoch {
      self.epoch = epoch
      permutation = (0..<Int32(count)).map { $0 }
        .shuffled(by: CounterGenerator(seed: seed, purpose: .shuffle, index: epoch))
    }
    return permutation
  }
}

/// Where a trial stands in the stream of training samples: epoch after epoch, each of ⌊count / batch⌋ whole
/// batches.
///
/// The position is `samples`, to which the incomplete batch at an epoch's end counts as consumed: so epoch k
/// begins at sample k·count whatever the batch size, which may change on the way.
package struct DataCursor: Equatable {
  /// Samples consumed or left out.
  package var samples: Int
  /// The size of the train split.
  package let count: Int

  package init(samples: Int = 0, count: Int) {
    self.samples = samples
    self.count = count
  }

  package var epoch: Int { samples / count }
  /// The position in the epoch's permutation.
  package var offset: Int { samples % count }

  /// Moves past one global batch of `size`, at most `count`.
  package mutating func advance(by size: Int) {
    samples += size
    // The rest of the epoch is too short for another batch.
    if offset + size > count { samples = (epoch + 1) * count }
  }

  /// Moves to where a batch of `size` fits: a batch size that grew in mid-epoch may not fit into the rest.
  package mutating func align(to size: Int) {
    if offset + size > count { samples = (epoch + 1) * count }
  }

  /// The budget reached, after `step` optimizer steps.
  func budget(in unit: BudgetUnit, step: Int) -> Int {
    switch unit {
    case .steps: step
    case .epochs: epoch
    }
  }

  /// Steps that a trial would have done, had it trained with batches of `size` all along.
  package func steps(of size: Int) -> Int { epoch * (count / size) + offset / size }
}
