/// The pinball loss of a quantile (Koenker and Bassett, Econometrica 46 (1978)): an error counts with the
/// quantile where the prediction is too low, with the rest to 1 where it is too high.
struct Pinball: NumberMetric {
  private let quantile: Double
  let name: String

  init(percent: Int) { (quantile, name) = (Double(percent) / 100, "pinball_\(percent)") }

  /// - Parameter name: as it was asked for, such as `pinball_0.975`.
  init(quantile: Double, name: String) { (self.quantile, self.name) = (quantile, name) }

  var goal: Metric.Goal { .minimize }
  var summary: String {
    "The pinball loss of the \(HyperparameterValue.number(quantile * 100))% quantile, in the target's unit."
  }

  func tally(_ predictions: NumberPredictions) -> [Double] {
    predictions.sums { max(quantile * ($0 - $1), (quantile - 1) * ($0 - $1)) }
  }

  func value(of tally: [Double], width: Int) -> Double { means(of: tally, width: width).mean }
}
