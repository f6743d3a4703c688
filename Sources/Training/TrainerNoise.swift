import Tensors

// The gradient noise scale, for studies that ask for it: what each step's shares of the batch say of it.
extension Trainer {
  private var measuresNoise: Bool { configuration.measuresNoise }

  /// Micro-batches of a step on each rank.
  var microBatches: Int { configuration.microBatches(ranks: peers.ranks) }

  /// Whether the exchange may begin while gradients are computed: not where this rank's own are looked at.
  var exchangesEarly: Bool { !measuresNoise }

  /// After the gradients of another micro-batch have come. Local.
  ///
  /// - Parameters:
  ///   - report: what this rank has computed so far.
  ///   - isLast: whether that is all of its share.
  func observeShare(_ report: inout GradientExchange.Report, isLast: Bool) throws(TrainingError) {
    guard measuresNoise else { return }
    // A rank's whole share; of a rank alone the first micro-batch, whose gradients nothing is added to yet.
    if peers.ranks > 1 ? isLast : report.squares.shares == 0 {
      let weight = BatchDivision(globalBatch: stream.batch, ranks: peers.ranks).weight(
        samples: Double(report.samples))
      report.squares.add(try gradientSquare() / (weight * weight), samples: report.samples)
    }
  }

  /// After the exchange, before anything changes the batch's gradients. Local, and the same on all ranks.
  mutating func observeBatch(_ report: GradientExchange.Report) throws(TrainingError) {
    guard measuresNoise else { return }
    var noise = progress.noise ?? NoiseScale()
    noise.record(report.squares, batch: try gradientSquare(), samples: report.samples)
    progress.noise = noise
  }

  private func gradientSquare() throws(TrainingError) -> Double {
    let norm = try library { () throws(TensorError) in try model.store.gradients.norm().item() }
    return norm * norm
  }
}

extension TrainingConfiguration {
  var measuresNoise: Bool { resourceMetrics?.contains(.gradientNoiseScale) ?? false }

  /// Micro-batches of a step on each rank. A batch that would be in one piece is computed in two, the sizes that the
  /// noise scale needs.
  func microBatches(ranks: Int) -> Int {
    measuresNoise && ranks <= 1 ? max(2, accumulation) : max(1, accumulation)
  }
}
