import Glibc
import Randomness

/// How far a metric would differ on other samples of the same kind: its standard error, by leaving out a group of the
/// samples at a time (the grouped jackknife: Quenouille, Biometrika 43 (1956); Efron and Tibshirani, "An Introduction to
/// the Bootstrap", 1993, §11.5).
///
/// What it costs is the predictions in the host's memory, which an error of the loss alone needs, too, a tally for each
/// group, and as many values of the metric. The error of an accuracy follows from it, and costs nothing.
public enum SamplingError {
  /// What the standard error of a metric is called: of `dev_accuracy` `dev_accuracy_stderr`. A program may report such a
  /// number of its own. The search reads it by the same name (`MeasuredScore.errorName`).
  public static func name(of metric: String) -> String { "\(metric)_stderr" }

  /// Of a share of so many independent samples: a binomial's, by Laplace's rule of succession, so that a share of all or
  /// none has an error, too.
  static func ofShare(_ share: Double, samples: Int) -> Double? {
    guard samples > 1 else { return nil }
    let count = Double(samples)
    let expected = (share * count + 1) / (count + 2)
    return (expected * (1 - expected) / count).squareRoot()
  }

  /// - Parameter values: of the metric, each without one of the groups.
  static func jackknife(_ values: [Double]) -> Double? {
    guard values.count > 1, values.allSatisfy(\.isFinite) else { return nil }
    let mean = values.mean
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares * Double(values.count - 1) / Double(values.count)).squareRoot()
  }
}

/// The tallies of one metric over groups of samples, for the error of its value.
struct GroupedTallies {
  private let quantity: Quantity
  private let width: Int
  private let isOfText: Bool
  private var tallies: [[Double]]

  /// What is told of a sample, and summed or joined over samples.
  enum Quantity {
    /// The loss and its like, which every task tells.
    case standard(any LearningTask, name: String)
    case metric(any TaskMetric)
  }

  /// Groups of samples: the error is known to an eighth of itself.
  private static let most = 32
  private static let fewest = 8
  /// Numbers that are kept, or sorted, for all groups together.
  private static let mostNumbers = 4_000_000

  /// Nil where groups of so many samples would be too few or take too long.
  init?(_ quantity: Quantity, of task: any LearningTask, width: Int, samples: Int) {
    self.quantity = quantity
    self.width = width
    isOfText = task.kind == .language
    let none = quantity.tally(task.noPredictions(width: width))
    let perGroup = quantity.merging == .sum ? none.count : samples
    let count = min(Self.most, samples, Self.mostNumbers / max(1, perGroup))
    guard count >= Self.fewest else { return nil }
    tallies = Array(repeating: none, count: count)
  }

  /// - Parameters:
  ///   - first: the place of the first of the samples among all of the part.
  ///   - all: samples of the part.
  mutating func add(_ predictions: Predictions, samples count: Int, first: Int, of all: Int) {
    let rows = predictions.rows / max(1, count)
    var places: [[Int]] = Array(repeating: [], count: tallies.count)
    for (sample, group) in groups(of: first..<first + count, all: all).enumerated() {
      places[group] += sample * rows..<(sample + 1) * rows
    }
    for (group, own) in places.enumerated() where !own.isEmpty {
      tallies[group].merge(quantity.tally(predictions.rows(own)), by: quantity.merging)
      tallies[group] = quantity.compacted(tallies[group])
    }
  }

  /// Samples in a row take turns, each time in another order, as files may repeat themselves. Windows of a text that lie
  /// side by side are alike, and belong to one group.
  private func groups(of samples: Range<Int>, all: Int) -> [Int] {
    if isOfText { return samples.map { $0 * tallies.count / all } }
    var (turn, order) = (-1, [Int]())
    return samples.map { sample in
      let (next, place) = sample.quotientAndRemainder(dividingBy: tallies.count)
      if next != turn {
        let generator = CounterGenerator(seed: 0, purpose: .bootstrap, index: next)
        (turn, order) = (next, Array(tallies.indices).shuffled(by: generator))
      }
      return order[place]
    }
  }

  /// The same on all ranks. Collective.
  func error(over peers: TrainerPeers) throws(TrainingError) -> Double? {
    var values: [Double] = []
    switch quantity.merging {
    case .sum:
      let size = tallies[0].count
      let sums = try peers.sum(tallies.flatMap(\.self))
      let groups = tallies.indices.map { Array(sums[$0 * size..<($0 + 1) * size]) }
      let all = (0..<size).map { place in groups.reduce(0) { $0 + $1[place] } }
      for group in groups { values.append(quantity.value(of: zip(all, group).map(-), width: width)) }
    case .join:
      var groups: [[Double]] = []
      for tally in tallies { groups.append(try peers.joined(tally)) }
      for left in groups.indices {
        let rest = groups.indices.filter { $0 != left }.flatMap { groups[$0] }
        values.append(quantity.value(of: rest, width: width))
      }
    }
    return SamplingError.jackknife(values)
  }
}

extension GroupedTallies.Quantity {
  var merging: TallyMerging {
    switch self {
    case .standard: .sum
    case .metric(let metric): metric.merging
    }
  }

  fileprivate func compacted(_ tally: [Double]) -> [Double] {
    switch self {
    case .standard: tally
    case .metric(let metric): metric.compacted(tally)
    }
  }

  fileprivate func tally(_ predictions: Predictions) -> [Double] {
    switch self {
    case .standard(let task, _):
      let sums = task.evaluation(of: predictions) ?? Evaluation()
      return [sums.lossSum, Double(sums.correct), Double(sums.rows)]
    case .metric(let metric): return metric.tally(predictions)
    }
  }

  fileprivate func value(of tally: [Double], width: Int) -> Double {
    switch self {
    case .standard(let task, let name):
      let sums = Evaluation(lossSum: tally[0], correct: Int(tally[1]), rows: Int(tally[2]))
      return task.standardMetrics(of: sums)[name] ?? .nan
    case .metric(let metric): return metric.value(of: tally, width: width)
    }
  }
}
