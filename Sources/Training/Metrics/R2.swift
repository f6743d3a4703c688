/// The coefficient of determination, 1 - (sum of squared errors) / (sum of squared distances from the
/// mean); of several targets their mean. Where the truth does not vary: 1 for predictions without an error,
/// else 0, as in scikit-learn.
struct R2: NumberMetric {
  var name: String { "r2" }
  var goal: Metric.Goal { .maximize }
  var summary: String { "The share of the target's variance that is explained, at most 1." }

  /// Of each target the sums of the squared error, of the truth and of its square, in the deviations of the
  /// train split, so that the difference of large sums loses nothing; then the rows.
  func tally(_ predictions: NumberPredictions) -> [Double] {
    let width = predictions.width
    var sums = [Double](repeating: 0, count: 3 * width + 1)
    for element in predictions.truth.indices {
      let place = 3 * (element % width)
      let truth = Double(predictions.truth[element])
      let error = truth - Double(predictions.predicted[element])
      sums[place] += error * error
      sums[place + 1] += truth
      sums[place + 2] += truth * truth
    }
    sums[3 * width] = Double(predictions.rows)
    return sums
  }

  func value(of tally: [Double], width: Int) -> Double {
    let rows = tally[3 * width]
    return (0..<width).map { output in
      let (errors, sum, squares) = (tally[3 * output], tally[3 * output + 1], tally[3 * output + 2])
      let variation = squares - sum * sum / rows
      // What rounding alone leaves of it is none.
      guard variation > 1e-14 * rows * squares else { return errors == 0 ? 1 : 0 }
      return 1 - errors / variation
    }.mean
  }
}
