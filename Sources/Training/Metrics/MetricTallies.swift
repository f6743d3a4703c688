/// The tallies of the metrics that a study asks for, while a part of the data is measured.
struct MetricTallies {
  private let metrics: [any TaskMetric]
  private let width: Int
  private var tallies: [[Double]]
  /// Of every sample by itself; nil where nobody asks how the metrics vary.
  private(set) var samples: SampleTallies?
  /// Of the metrics whose errors are asked for, by name.
  private var grouped: [String: GroupedTallies] = [:]
  /// The place of the next sample among all of the part, and how many those are.
  private var place = (next: 0, all: 0)

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

  var isEmpty: Bool { metrics.isEmpty && samples == nil && grouped.isEmpty }

  /// Measures the errors of these metrics, too, those of the loss among them; of others it knows none.
  ///
  /// - Parameter names: without the part.
  mutating func measureErrors(of names: [String], for task: any LearningTask, samples: Int) {
    let standard = task.standardMetrics(of: Evaluation(rows: 1)).keys
    for name in names {
      let metric = metrics.first { $0.name == name }.map(GroupedTallies.Quantity.metric)
      guard let quantity = metric ?? (standard.contains(name) ? .standard(task, name: name) : nil) else {
        continue
      }
      grouped[name] = GroupedTallies(quantity, of: task, width: width, samples: samples)
    }
  }

  /// Says which samples come next.
  mutating func begin(at first: Int, of all: Int) { place = (first, all) }

  /// Takes the predictions of so many samples.
  mutating func add(_ predictions: Predictions, samples count: Int) {
    samples?.add(predictions, samples: count)
    for (number, metric) in metrics.enumerated() {
      tallies[number].merge(metric.tally(predictions), by: metric.merging)
      tallies[number] = metric.compacted(tallies[number])
    }
    for name in grouped.keys {
      grouped[name]?.add(predictions, samples: count, first: place.next, of: place.all)
    }
    place.next += count
  }

  /// The standard errors that are known, by the metric's name without the part; the same on all ranks. Collective.
  func errors(over peers: TrainerPeers) throws(TrainingError) -> [String: Double] {
    var errors: [String: Double] = [:]
    for (name, tallies) in grouped.sorted(by: { $0.key < $1.key }) {
      errors[name] = try tallies.error(over: peers)
    }
    return errors
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
