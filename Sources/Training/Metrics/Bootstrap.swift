import Randomness

/// Between which values a metric lies with a probability of 95 %, as far as the samples tell.
public struct ConfidenceInterval: Codable, Equatable, Sendable {
  public var low: Double
  public var high: Double
}

/// The tallies of every sample of a part by itself, to see how metrics vary from one set of samples to another: the
/// percentile bootstrap (Efron, Annals of Statistics 7 (1979); Efron and Tibshirani, 1993, chapter 13).
struct SampleTallies {
  private let metrics: [any TaskMetric]
  private let task: any LearningTask
  private let width: Int
  /// Of each sample the sum of its losses, its hits and its rows; empty where the task tells none.
  private var evaluations: [Double] = []
  /// Of each metric, one sample's after the other's.
  private var tallies: [[Double]]
  private var samples = 0

  /// Numbers that a metric may keep: of more, 400 MB, it has no interval.
  private static let most = 50_000_000

  init(_ metrics: [any TaskMetric], of task: any LearningTask, width: Int) {
    (self.metrics, self.task, self.width) = (metrics, task, width)
    tallies = metrics.map { _ in [] }
  }

  /// Takes the predictions of so many samples, each with as many rows.
  mutating func add(_ predictions: Predictions, samples count: Int) {
    let rows = predictions.rows / max(1, count)
    for sample in 0..<count {
      let own = predictions.rows(sample * rows..<(sample + 1) * rows)
      if let evaluation = task.evaluation(of: own) {
        evaluations += [evaluation.lossSum, Double(evaluation.correct), Double(evaluation.rows)]
      }
      for (number, metric) in metrics.enumerated() where tallies[number].count < Self.most {
        tallies[number] += metric.tally(own)
      }
    }
    samples += count
  }

  /// Of every metric the 2.5 % and 97.5 % quantiles over sets of as many samples, drawn with replacement. The same on
  /// all ranks, and on any number of them. Collective.
  func intervals(
    resamples: Int, seed: UInt64, over peers: TrainerPeers
  ) throws(TrainingError) -> [String: ConfidenceInterval] {
    let all = try joined(over: peers)
    guard all.samples > 0 else { return [:] }
    var values: [String: [Double]] = [:]
    for resample in stride(from: peers.rank, to: resamples, by: peers.ranks) {
      var generator = CounterGenerator(seed: seed, purpose: .bootstrap, index: resample)
      let drawn = (0..<all.samples).map { _ in Int.random(in: 0..<all.samples, using: &generator) }
      for (name, value) in all.values(of: drawn) { values[name, default: []].append(value) }
    }
    var intervals: [String: ConfidenceInterval] = [:]
    for name in all.names {
      // A set without a sample of some class has no such metric.
      let sorted = try peers.joined(values[name] ?? []).filter(\.isFinite).sorted()
      if sorted.isEmpty { continue }
      intervals[name] = ConfidenceInterval(low: sorted.quantile(0.025), high: sorted.quantile(0.975))
    }
    return intervals
  }

  private func joined(over peers: TrainerPeers) throws(TrainingError) -> Self {
    var all = self
    all.evaluations = try peers.joined(evaluations)
    for number in tallies.indices { all.tallies[number] = try peers.joined(tallies[number]) }
    all.samples = Int(try peers.sum([Double(samples)])[0])
    return all
  }

  private var hasEvaluations: Bool { evaluations.count == 3 * samples }

  /// The metrics that there is enough of.
  private var usable: [(number: Int, metric: any TaskMetric)] {
    metrics.enumerated().map { ($0.offset, $0.element) }.filter { number, _ in
      tallies[number].count < Self.most && tallies[number].count % samples == 0
    }
  }

  /// The same on all ranks.
  private var names: [String] {
    (hasEvaluations ? task.standardMetrics(of: Evaluation(rows: 1)).keys.sorted() : [])
      + usable.map(\.metric.name)
  }

  private func values(of drawn: [Int]) -> [String: Double] {
    var values: [String: Double] = [:]
    if hasEvaluations {
      let sums = Self.sum(evaluations, size: 3, of: drawn)
      let evaluation = Evaluation(lossSum: sums[0], correct: Int(sums[1]), rows: Int(sums[2]))
      values = task.standardMetrics(of: evaluation)
    }
    for (number, metric) in usable {
      let size = tallies[number].count / samples
      let tally =
        switch metric.merging {
        case .sum: Self.sum(tallies[number], size: size, of: drawn)
        case .join: drawn.flatMap { tallies[number][$0 * size..<($0 + 1) * size] }
        }
      values[metric.name] = metric.value(of: tally, width: width)
    }
    return values
  }

  private static func sum(_ tallies: [Double], size: Int, of drawn: [Int]) -> [Double] {
    var sums = [Double](repeating: 0, count: size)
    for sample in drawn {
      for place in 0..<size { sums[place] += tallies[sample * size + place] }
    }
    return sums
  }
}
