/// The pinball loss of a quantile (Koenker and Bassett, Econometrica 46 (1978)): an error counts with the
/// quantile where the prediction is too low, with the rest to 1 where it is too high.
struct Pinball: NumberMetric {
  private let percent: Int

  init(percent: Int) { self.percent = percent }

  var name: String { "pinball_\(percent)" }
  var goal: Metric.Goal { .minimize }
  var summary: String { "The pinball loss of the \(percent)% quantile, in the target's unit." }

  func tally(_ predictions: NumberPredictions) -> [Double] {
    let quantile = Double(percent) / 100
    return predictions.sums { max(quantile * ($0 - $1), (quantile - 1) * ($0 - $1)) }
  }

  func value(of tally: [Double], width: Int) -> Double { means(of: tally, width: width).mean }
}
