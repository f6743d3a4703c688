/// The mean squared distance of the probabilities from what is true, 1 for the class and 0 for all others
/// (Brier, Monthly Weather Review 78 (1950)). Of two classes half of it, the squared error of one
/// probability, as usual.
struct BrierScore: ClassMetric {
  var name: String { "brier" }
  var goal: Metric.Goal { .minimize }
  var summary: String {
    "The mean squared error of the probabilities, summed over the classes; of two classes from 0 to 1."
  }

  func tally(_ predictions: ClassPredictions) -> [Double] {
    var sum = 0.0
    for row in 0..<predictions.rows {
      for class_ in 0..<predictions.width {
        let error = predictions.probability(row, of: class_) - (class_ == predictions.classes[row] ? 1 : 0)
        sum += error * error
      }
    }
    return [sum, Double(predictions.rows)]
  }

  func value(of tally: [Double], width: Int) -> Double { tally[0] / tally[1] / (width == 2 ? 2 : 1) }
}
