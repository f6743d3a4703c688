import Tensors

extension Trainer {
  /// The resource metrics that the configuration asks for; on ranks other than the root the latency is left
  /// out.
  mutating func measureResources() throws(TrainingError) -> [String: Double] {
    var metrics: [String: Double] = [:]
    for metric in configuration.resourceMetrics ?? [] {
      switch metric {
      case .parameters:
        metrics[metric.rawValue] = Double(model.store.parameterEntries.reduce(0) { $0 + $1.count })
      case .trainingSeconds:
        metrics[metric.rawValue] = progress.trainingSeconds ?? 0
      case .gradientNoiseScale:
        metrics[metric.rawValue] = progress.noise?.value
      case .bestBudget: metrics[metric.rawValue] = progress.stopping["best_budget"]
      case .joules: metrics[metric.rawValue] = progress.joules ?? 0
      case .flops:
        let peers = peers
        metrics[metric.rawValue] = try peers.together { () throws(TrainingError) in
          try operationsOfOneSample()
        }
      case .latency:
        let peers = peers
        let latency = try peers.together { () throws(TrainingError) -> Double? in
          try probe?(.timed)
          return peers.isRoot ? try medianLatency() : nil
        }
        if let latency { metrics[metric.rawValue] = latency }
      case .zeroedGroups:
        metrics[metric.rawValue] = try library { () throws(TensorError) in
          try ShrinkGroups.zeroedShare(of: model.store)
        }
      }
    }
    return metrics
  }

  /// `ResourceMetric.flops` says of what. Local.
  private func operationsOfOneSample() throws(TrainingError) -> Double {
    let buffer = try BatchBuffer(data, capacity: 1)
    try buffer.fill(0..<1, of: .dev)
    let batch = try buffer.batch(1, on: model.store.device)
    let count = try library { () throws(TensorError) in
      try MultiplyAdds.counted { () throws(TensorError) in
        try withoutGradients { () throws(TensorError) in _ = try model.outputs(batch.inputs, .evaluation) }
      }
    }
    return 2 * Double(count)
  }

  /// Milliseconds; `ResourceMetric.latency` says of what.
  private mutating func medianLatency() throws(TrainingError) -> Double {
    let count = min(32, data.count(of: .dev))
    let buffer = try BatchBuffer(data, capacity: count)
    try buffer.fill(0..<count, of: .dev)
    let batch = try buffer.batch(count, on: model.store.device)
    var passes: [Double] = []
    for _ in 0...11 {
      let start = ContinuousClock.now
      // Its sums are read back, so that it returns only when a GPU is done.
      _ = try model.evaluate(batch.inputs, batch.targets, for: task)
      passes.append(1000 * start.secondsUntilNow)
    }
    return passes.dropFirst().sorted()[5]
  }
}

extension ContinuousClock.Instant {
  var secondsUntilNow: Double { duration(to: .now) / .seconds(1) }
}
