import Randomness

/// How the stream of training samples takes them from the train split.
public enum Sampling: String, Codable, CaseIterable, Sendable {
  /// Each sample once in an epoch, in random order.
  case shuffled
  /// With replacement, every class as often as any other: a class is drawn, then one of its samples.
  case balanced
}

/// The order in which the samples of the train split are used. A function of (seed, position in the stream), so that
/// no order ever needs saving.
package struct SampleOrder {
  /// Positions of an epoch.
  package let count: Int
  package let seed: UInt64
  private var epoch = -1
  private var permutation: [Int32] = []
  /// The places of each class in the train split, where every class is drawn as often; else empty.
  private var classes: [[Int32]] = []

  /// A fresh permutation for each epoch.
  package init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// The order in which these data are used.
  ///
  /// - Throws: `TrainingError.invalid` for a balance of classes where there are none.
  init(_ data: TrainingData, _ sampling: Sampling, seed: UInt64) throws(TrainingError) {
    self.init(count: data.permutationCount, seed: seed)
    guard sampling == .balanced else { return }
    if case .labelled(.file, _, _, _) = data.content { throw Self.unbalanced }
    guard case .labelled(_, _, .classes(let labels, let count), let split) = data.content else {
      throw .invalid(
        subject: "sampling", expected: "classes, to balance", found: data.taskKind.words,
        remedy: "Write sampling: shuffled.")
    }
    var members = [[Int32]](repeating: [], count: count)
    labels.withScalars { labels in
      for (place, sample) in split.train.enumerated() {
        members[Int(labels[Int(sample)])].append(Int32(place))
      }
    }
    classes = members.filter { !$0.isEmpty }
  }

  /// Samples of one class lie anywhere in a file that is read block by block.
  static let unbalanced = TrainingError.invalid(
    subject: "sampling", expected: "shuffled, for data that are read on demand", found: "balanced",
    remedy: "Write class_weights: balanced instead, or leave on_demand out.")

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

  /// The places in the train split of the samples at these positions of the stream.
  package mutating func places(at positions: [Int]) -> [Int] {
    if !classes.isEmpty { return positions.map(balanced) }
    var places: [Int] = []
    places.reserveCapacity(positions.count)
    for position in positions {
      let (epoch, offset) = position.quotientAndRemainder(dividingBy: count)
      places.append(Int(permutation(ofEpoch: epoch)[offset]))
    }
    return places
  }

  /// Equal to drawing each sample in inverse proportion to the size of its class.
  private func balanced(at position: Int) -> Int {
    var draws = CounterGenerator(
      seed: seed, purpose: .shuffle, index: Self.balancedIndex, position: 2 * UInt64(position))
    let members = classes[Int(draws.next(below: UInt64(classes.count)))]
    return Int(members[Int(draws.next(below: UInt64(members.count)))])
  }

  /// No epoch has this number.
  private static let balancedIndex = Int(UInt32.max)
}
