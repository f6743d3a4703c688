/// The mean squared error, in the square of the target's unit.
struct MeanSquaredError: NumberMetric {
  var name: String { "mse" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "The mean squared error, in the square of the target's unit." }

  func tally(_ predictions: NumberPredictions) -> [Double] { predictions.sums { ($0 - $1) * ($0 - $1) } }

  func value(of tally: [Double], width: Int) -> Double { means(of: tally, width: width).mean }
}

/// The root of the mean squared error, in the target's unit; of several targets the mean of their roots.
struct RootMeanSquaredError: NumberMetric {
  var name: String { "rmse" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "The root of the mean squared error, in the target's unit." }

  func tally(_ predictions: NumberPredictions) -> [Double] { MeanSquaredError().tally(predictions) }

  func value(of tally: [Double], width: Int) -> Double {
    means(of: tally, width: width).map { $0.squareRoot() }.mean
  }
}
