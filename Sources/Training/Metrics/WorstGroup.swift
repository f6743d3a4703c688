/// The worst value of another metric over the groups of samples: worst-group accuracy of Sagawa, Koh,
/// Hashimoto and Liang, "Distributionally Robust Neural Networks for Group Shifts", ICLR 2020, section 3, for
/// any metric.
///
/// A group without samples is left out, as is one that the metric is no number of, such as the area under the
/// curve of samples of one class. Of no group it is no number.
struct WorstGroup: TaskMetric {
  private let metric: any TaskMetric

  /// Nil for a metric that knows no samples, or is one of groups itself.
  init?(_ metric: any TaskMetric) {
    guard !metric.needsGroups, !metric.tasks.isDisjoint(with: Self.possibleTasks) else { return nil }
    self.metric = metric
  }

  /// A text has no samples that could be of groups.
  static let possibleTasks: Set<TaskKind> = [.classification, .regression]
  static let prefix = "worst_group_"

  var name: String { Self.prefix + metric.name }
  var goal: Metric.Goal { metric.goal }
  var summary: String { "The worst over the groups: \(metric.summary)" }
  var tasks: Set<TaskKind> { metric.tasks.intersection(Self.possibleTasks) }
  var merging: TallyMerging { .join }
  var needsGroups: Bool { true }

  /// For one group.
  func isDefined(for classCounts: [Int]) -> Bool { metric.isDefined(for: classCounts) }

  func undefined(on part: DataPart) -> TrainingError {
    .invalid(
      subject: "\(part.rawValue)_\(name)",
      expected: "a group of data.group_column with samples of every class in the \(part.rawValue) split",
      found: "none", remedy: "Give more data, a larger split.\(part.rawValue), or another metric.")
  }

  /// Of each group that is there, in their order: its number, how many numbers its tally has, and the tally.
  func tally(_ predictions: Predictions) -> [Double] {
    let groups = predictions.groups
    return Dictionary(grouping: groups.indices) { groups[$0] }.sorted { $0.key < $1.key }
      .flatMap { group, rows in
        let tally = metric.tally(rows.count == groups.count ? predictions : predictions.rows(rows))
        return [Double(group), Double(tally.count)] + tally
      }
  }

  /// One entry for each group, however many batches it was in.
  func compacted(_ tally: [Double]) -> [Double] {
    merged(tally).sorted { $0.key < $1.key }.flatMap { [$0.key, Double($0.value.count)] + $0.value }
  }

  func value(of tally: [Double], width: Int) -> Double {
    let values = merged(tally).values.map { metric.value(of: $0, width: width) }.filter { !$0.isNaN }
    return (goal == .maximize ? values.min() : values.max()) ?? .nan
  }

  private func merged(_ tally: [Double]) -> [Double: [Double]] {
    var groups: [Double: [Double]] = [:]
    var place = 0
    while place < tally.count {
      let (group, end) = (tally[place], place + 2 + Int(tally[place + 1]))
      groups[group, default: []].merge(tally[place + 2..<end], by: metric.merging)
      place = end
    }
    return groups
  }
}

/// The share of samples that is classified rightly; as `dev_accuracy` always measured, but of groups.
struct Accuracy: ClassMetric {
  var name: String { "accuracy" }
  var goal: Metric.Goal { .maximize }
  var summary: String { "The share of samples that is classified rightly, from 0 to 1." }

  func tally(_ predictions: ClassPredictions) -> [Double] {
    let hits = zip(predictions.predicted, predictions.classes).count { $0 == $1 }
    return [Double(hits), Double(predictions.rows)]
  }

  func value(of tally: [Double], width: Int) -> Double { tally[0] / tally[1] }
}
