/// The tallies of the metrics that a study asks for, while a part of the data is measured.
struct MetricTallies {
  private let metrics: [any TaskMetric]
  private let width: Int
  private var tallies: [[Double]]
  /// Of every sample by itself; nil where nobody asks how the metrics vary.
  private(set) var samples: SampleTallies?

  /// - Parameters:
  ///   - names: as `TrainingConfiguration.taskMetrics`.
  ///   - width: of a row of the model's outputs.
  ///   - keepsSamples: whether tallies of every sample are kept, too.
  init(_ names: [String], of task: any LearningTask, width: Int, keepsSamples: Bool = false) {
    metrics = TaskMetrics.requested(names).filter { $0.tasks.contains(task.kind) }
    self.width = width
    // A rank without samples has as many numbers to add as the others.
    let none = task.noPredictions(width: width)
    tallies = metrics.map { $0.tally(none) }
    samples = keepsSamples ? SampleTallies(metrics, of: task, width: width) : nil
  }

  var isEmpty: Bool { metrics.isEmpty && samples == nil }

  /// Takes the predictions of so many samples.
  mutating func add(_ predictions: Predictions, samples count: Int) {
    samples?.add(predictions, samples: count)
    for (number, metric) in metrics.enumerated() {
      tallies[number].merge(metric.tally(predictions), by: metric.merging)
      tallies[number] = metric.compacted(tallies[number])
    }
  }

  /// By name, such as `dev_f1_macro`; the same bits on all ranks. Collective.
  ///
  /// - Throws: `TrainingError.invalid` for a metric that is no number on this part.
  func values(on part: DataPart, over peers: TrainerPeers) throws(TrainingError) -> [String: Double] {
    var values: [String: Double] = [:]
    for (metric, tally) in zip(metrics, tallies) {
      let whole =
        switch metric.merging {
        case .sum: try peers.sum(tally)
        case .join: try peers.joined(tally)
        }
      let value = metric.value(of: whole, width: width)
      guard value.isFinite else { throw metric.undefined(on: part) }
      values["\(part.rawValue)_\(metric.name)"] = value
    }
    return values
  }
}
