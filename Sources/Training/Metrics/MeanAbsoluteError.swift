/// The mean absolute error, in the target's unit.
struct MeanAbsoluteError: NumberMetric {
  var name: String { "mae" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "The mean absolute error, in the target's unit." }

  func tally(_ predictions: NumberPredictions) -> [Double] { predictions.sums { abs($0 - $1) } }

  func value(of tally: [Double], width: Int) -> Double { means(of: tally, width: width).mean }
}
