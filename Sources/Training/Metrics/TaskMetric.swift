/// A measure of how well predictions meet what is true.
///
/// What is kept of a batch, its tally, is numbers that are merged over the batches and the ranks of a
/// group. So a metric is the same on any number of ranks, to the rounding of its sums. One more metric is
/// one file, and one line of `TaskMetrics`.
protocol TaskMetric: Sendable {
  /// Without the part that it is measured on: `f1_macro` is asked for as `dev_f1_macro`.
  var name: String { get }

  /// The natural goal.
  var goal: Metric.Goal { get }

  /// A sentence for people.
  var summary: String { get }

  /// What it is a measure of.
  var tasks: Set<TaskKind> { get }

  /// How tallies come together.
  var merging: TallyMerging { get }

  /// What is kept of these predictions. Of none, what merging begins with.
  func tally(_ predictions: Predictions) -> [Double]

  /// A tally that says the same in fewer numbers, where joining made it longer than it needs to be.
  func compacted(_ tally: [Double]) -> [Double]

  /// - Parameters:
  ///   - tally: of all predictions.
  ///   - width: of a row of the model's outputs.
  func value(of tally: [Double], width: Int) -> Double

  /// Whether it is a number for samples of so many of each class.
  func isDefined(for classCounts: [Int]) -> Bool

  /// Whether samples must be of groups.
  var needsGroups: Bool { get }

  /// Why it is no number on a part of the data.
  func undefined(on part: DataPart) -> TrainingError
}

extension TaskMetric {
  var merging: TallyMerging { .sum }

  func compacted(_ tally: [Double]) -> [Double] { tally }

  func isDefined(for classCounts: [Int]) -> Bool { true }

  var needsGroups: Bool { false }

  func undefined(on part: DataPart) -> TrainingError {
    .invalid(
      subject: "\(part.rawValue)_\(name)", expected: "samples of every class in the \(part.rawValue) split",
      found: "a class without any",
      remedy: "Give more data, a larger split.\(part.rawValue), or another metric.")
  }
}

/// How the tallies of batches and ranks come together.
enum TallyMerging: Sendable {
  /// Number by number.
  case sum
  /// One after the other, in the order of the samples: for what depends on all of them at once. Every rank
  /// then holds the tallies of all.
  case join
}

extension [Double] {
  /// Takes a further tally.
  mutating func merge(_ more: some Collection<Double>, by merging: TallyMerging) {
    switch merging {
    case .sum where !isEmpty: for (place, number) in more.enumerated() { self[place] += number }
    case .sum, .join: self += more
    }
  }
}

/// A metric of classes, or of the next character of a text.
protocol ClassMetric: TaskMetric {
  func tally(_ predictions: ClassPredictions) -> [Double]
}

extension ClassMetric {
  var tasks: Set<TaskKind> { [.classification] }

  func tally(_ predictions: Predictions) -> [Double] {
    guard case .classes(let classes) = predictions else { return [] }
    return tally(classes)
  }
}

/// The metrics that a study may ask for, beside the loss, and the accuracy of classes, which are always
/// measured.
enum TaskMetrics {
  static let all: [any TaskMetric] = [
    TopAccuracy(2), TopAccuracy(3), TopAccuracy(5), TopAccuracy(10),
    BalancedAccuracy(), F1(.macro), F1(.micro), AreaUnderCurve(), LogLoss(), BrierScore(), CalibrationError(),
    Perplexity(), BitsPerCharacter(),
    MeanSquaredError(), RootMeanSquaredError(), MeanAbsoluteError(), R2(),
    Pinball(percent: 5), Pinball(percent: 10), Pinball(percent: 50), Pinball(percent: 90),
    Pinball(percent: 95),
  ]

  /// One of `all`, or of `families`.
  static func named(_ name: String) -> (any TaskMetric)? {
    if let metric = all.first(where: { $0.name == name }) { return metric }
    for family in families {
      if let metric = family.member(name) { return metric }
    }
    return nil
  }

  /// As a study asks for it, such as `dev_f1_macro`.
  static func asked(_ name: String) -> (any TaskMetric)? {
    let prefix = "\(DataPart.dev.rawValue)_"
    return name.hasPrefix(prefix) ? named(String(name.dropFirst(prefix.count))) : nil
  }

  /// Those that a study asks for by such names, those of `all` first and in its order.
  static func requested(_ names: [String]) -> [any TaskMetric] {
    let asked = names.compactMap(asked)
    let listed = all.filter { metric in asked.contains { $0.name == metric.name } }
    return listed + asked.filter { metric in !all.contains { $0.name == metric.name } }
  }
}
