/// The hyperparameters besides the learning rate that follow schedules of their own while a trial runs. What is
/// searched, perturbed and read back of each is the peak, as of the rate.
struct ScheduledHyperparameters: Sendable {
  /// Those that may: the numbers that may change while a trial runs.
  static let rows: [TrainingHyperparameter] = TrainingHyperparameters.all.filter { row in
    switch row.kind {
    case .number, .integer:
      row.isLive && row.name != "learning_rate"
        && !TrainingHyperparameters.schedule.contains { $0.name == row.name }
    case .text, .any: false
    }
  }

  private var schedules: [(row: TrainingHyperparameter, schedule: Schedule)] = []

  /// - Parameter stepsPerUnit: optimizer steps in one unit of the budget, with batches of the configuration's size.
  /// - Throws: `TrainingError.invalid` for a schedule that lacks its length.
  init(_ configuration: TrainingConfiguration, stepsPerUnit: Int) throws(TrainingError) {
    guard let wanted = configuration.schedules else { return }
    for row in Self.rows {
      guard let schedule = wanted[row.name], case .number(let peak) = row.read(configuration) else {
        continue
      }
      schedules.append((row, try Schedule(schedule, peak: peak, stepsPerUnit: stepsPerUnit)))
    }
  }

  var isEmpty: Bool { schedules.isEmpty }

  /// What each is now read back as, by name.
  var peaks: [String: HyperparameterValue] {
    Dictionary(schedules.map { ($0.row.name, .number($0.schedule.peak)) }) { first, _ in first }
  }

  /// The configuration as it is in force at a step, each value within what the hyperparameter may be.
  ///
  /// - Parameters:
  ///   - step: counted in batches of the configuration's own size.
  ///   - shares: of a batch, one for each rank and micro-batch: a scheduled batch is a multiple of them.
  ///   - samples: of the train split, which is the greatest batch.
  func inForce(
    _ configuration: TrainingConfiguration, at step: Int, shares: Int, samples: Int
  ) -> TrainingConfiguration {
    var current = configuration
    for (row, schedule) in schedules {
      row.write(&current, .number(row.kind.nearest(to: schedule.value(at: step))))
    }
    if schedules.contains(where: { $0.row.name == "batch_size" }) {
      // Batch normalization divides by the spread of two samples at least.
      let least = configuration.model.shape.fewestNormalizedValues(of: nil) == 1 ? 2 : 1
      let most = max(samples / shares, 1)
      current.batchSize = min(max(current.batchSize / shares, least), most) * shares
    }
    return current
  }
}

extension Hyperparameter.Kind {
  /// The number nearest to `value` that it takes.
  fileprivate func nearest(to value: Double) -> Double {
    switch self {
    case .number(let range):
      min(
        max(value, range.includesLow ? range.low : range.low.nextUp),
        range.includesHigh ? range.high : range.high.nextDown)
    case .integer(let low, let high): min(max(value.rounded(), Double(low)), Double(high))
    case .text, .any: value
    }
  }
}
