/// Of which samples batch normalization takes mean and variance in a training pass.
public struct BatchStatistics: Equatable, Sendable {
  public var kind = Kind.rank
  /// Samples of a ghost batch; divides what a rank computes at once.
  public var ghostBatch = 32

  public enum Kind: String, Codable, CaseIterable, Sendable {
    /// Of those that a rank computes at once: they change with the number of ranks.
    case rank
    /// Of those that all ranks of the group compute at once: the same on any number of ranks, in as many
    /// micro-batches.
    case group
    /// Of `ghostBatch` samples, by their position in the batch (Hoffer, Hubara and Soudry, arXiv:1705.08741,
    /// Algorithm 1): the same on any number of ranks and micro-batches. The running statistics move once a step,
    /// toward the mean over its ghost batches; the paper moves them once a ghost batch, which would tell how many
    /// a rank has.
    case ghost
  }
}

/// The shape of a model of layers of weights, each perhaps followed by a normalization.
protocol LayeredModelShape: ModelShape {
  var normalization: Normalization { get }
  var statistics: BatchStatistics { get set }
  /// How its weights start, all but those of the map to the outputs.
  var start: WeightStart { get set }
}

extension LayeredModelShape {
  public var batchStatistics: BatchStatistics? { normalization == .batch ? statistics : nil }

  /// What all such models have.
  static var layerOptions: [ConfigurationOption<Self>] {
    [
      .choice(
        "batch_statistics", \.statistics.kind,
        "Whether batch normalization sees the samples of a rank, of the group, or of ghost batches."),
      .integer(
        "ghost_batch", low: 1, high: 1_000_000_000, \.statistics.ghostBatch,
        "Samples of a ghost batch; divides what a rank computes at once."),
      .choice("initialization", \.start.rule, "The rule by which weights start, but for the last layer's."),
      .number(
        "initialization_gain", .above(0, through: 1_000), \.start.gain,
        "What weights that start by the rule are multiplied with."),
    ]
  }
}

extension TrainingConfiguration {
  /// Statistics that this division of a batch, or this device, cannot give.
  func statisticsProblems(ranks: Int) -> [TrainingError] {
    guard let statistics = model.shape.batchStatistics else { return [] }
    let share = batchSize / max(1, Int.clampedProduct([max(1, ranks), microBatches(ranks: ranks)]))
    switch statistics.kind {
    case .rank: return []
    case .group:
      // The sums are exchanged where backward runs: on a GPU a thread that must not speak to MPI.
      guard ranks > 1, device != .cpu else { return [] }
      return [
        .invalid(
          subject: "batch_statistics", expected: "rank or ghost on \(device.rawValue)", found: "group",
          remedy: "Write ghost, which does not depend on the ranks either.")
      ]
    case .ghost:
      let size = statistics.ghostBatch
      guard size >= 1, share >= 1, share % size != 0 else { return [] }
      let divisor = (1...max(1, min(size, share, 100_000))).last { share % $0 == 0 } ?? 1
      return [
        .invalid(
          subject: "ghost_batch",
          expected: "a divisor of \(share), the samples that a rank computes at once", found: "\(size)",
          remedy: "Write \(divisor), or change batch_size.")
      ]
    }
  }
}
