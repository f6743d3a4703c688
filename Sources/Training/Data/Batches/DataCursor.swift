/// What becomes of the samples that an epoch has left when the batch does not divide the train split.
public enum EpochTail: String, Codable, CaseIterable, Sendable {
  /// They are left out: others in each epoch.
  case dropped
  /// Every sample is used once in each epoch, which has ⌈samples / batch⌉ batches. Their sizes differ by one sample
  /// at most, and none exceeds the batch size, so that no step weighs a few samples as much as others do many.
  case spread
}

/// Where a trial stands in the stream of training samples: epoch after epoch, each of as many batches as
/// `EpochTail` says.
///
/// The position is `samples`, to which what is left out at an epoch's end counts as consumed: so epoch k begins at
/// sample k·count whatever the batch size, which may change on the way.
package struct DataCursor: Equatable {
  /// Samples consumed or left out.
  package var samples: Int
  /// The size of the train split.
  package let count: Int
  package let tail: EpochTail

  package init(samples: Int = 0, count: Int, tail: EpochTail = .dropped) {
    self.samples = samples
    self.count = count
    self.tail = tail
  }

  package var epoch: Int { samples / count }
  /// The position in the epoch's permutation.
  package var offset: Int { samples % count }

  /// Samples of the global batch that is next where batches are of `size`, at most `count`. A function of the
  /// position and the size alone, so that a trial that was interrupted goes on with the same batches.
  package func batch(of size: Int) -> Int {
    guard tail == .spread else { return size }
    let left = count - offset
    return Self.quotient(left, Self.quotient(left, size))
  }

  /// Moves past one global batch of `size`, at most `count`.
  package mutating func advance(by size: Int) {
    samples += batch(of: size)
    align(to: size)
  }

  /// Moves to where a batch of `size` fits: a batch size that grew in mid-epoch may not fit into the rest.
  package mutating func align(to size: Int) {
    if tail == .dropped, offset + size > count { samples = (epoch + 1) * count }
  }

  /// The budget reached, after `step` optimizer steps.
  func budget(in unit: BudgetUnit, step: Int) -> Int {
    switch unit {
    case .steps: step
    case .epochs: epoch
    }
  }

  /// Batches of `size` in an epoch.
  package func stepsInEpoch(of size: Int) -> Int {
    switch tail {
    case .dropped: count / size
    case .spread: Self.quotient(count, size)
    }
  }

  /// Steps that a trial would have done, had it trained with batches of `size` all along.
  package func steps(of size: Int) -> Int {
    let before = epoch * stepsInEpoch(of: size)
    return switch tail {
    case .dropped: before + offset / size
    case .spread: before + stepsInEpoch(of: size) - Self.quotient(count - offset, size)
    }
  }

  /// Rounded up.
  private static func quotient(_ dividend: Int, _ divisor: Int) -> Int { (dividend + divisor - 1) / divisor }
}
