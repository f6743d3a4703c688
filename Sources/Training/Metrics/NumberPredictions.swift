/// What a model says of the numbers of samples, and what is true, `[rows, outputs]` each.
public struct NumberPredictions: Sendable {
  /// Standardized.
  let predicted: [Float]
  /// Standardized.
  let truth: [Float]
  let scaling: TargetScaling
  /// Of each row; empty where samples are of no groups.
  var groups: [Int32] = []

  init(_ predicted: [Float], truth: [Float], _ scaling: TargetScaling) {
    (self.predicted, self.truth, self.scaling) = (predicted, truth, scaling)
  }

  var width: Int { scaling.means.count }
  var rows: Int { truth.count / width }

  /// Some of the rows.
  func rows(_ places: some Collection<Int>) -> Self {
    var some = Self(
      places.flatMap { predicted[$0 * width..<($0 + 1) * width] },
      truth: places.flatMap { truth[$0 * width..<($0 + 1) * width] }, scaling)
    if !groups.isEmpty { some.groups = places.map { groups[$0] } }
    return some
  }

  /// The sum over the rows of `term(truth, prediction)` for each target, in its own units; then the rows.
  func sums(of term: (Double, Double) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: width + 1)
    for element in truth.indices {
      let output = element % width
      sums[output] += term(
        scaling.original(Double(truth[element]), output: output),
        scaling.original(Double(predicted[element]), output: output))
    }
    sums[width] = Double(rows)
    return sums
  }
}

/// A metric of numbers; of several targets their mean.
protocol NumberMetric: TaskMetric {
  func tally(_ predictions: NumberPredictions) -> [Double]
}

extension NumberMetric {
  var tasks: Set<TaskKind> { [.regression] }

  func tally(_ predictions: Predictions) -> [Double] {
    guard case .numbers(let numbers) = predictions else { return [] }
    return tally(numbers)
  }

  /// The mean over the targets of what `sums(of:)` sums up.
  func means(of tally: [Double], width: Int) -> [Double] { (0..<width).map { tally[$0] / tally[width] } }
}

extension [Double] {
  var mean: Double { reduce(0, +) / Double(count) }
}
