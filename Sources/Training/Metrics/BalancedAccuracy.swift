/// The mean, over the classes that occur, of the share of their samples that is classified rightly
/// (Brodersen et al., ICPR 2010): a class of few samples counts like one of many.
struct BalancedAccuracy: ClassMetric {
  var name: String { "balanced_accuracy" }
  var goal: Metric.Goal { .maximize }
  var summary: String { "The mean over the classes of the share that is classified rightly, from 0 to 1." }

  func tally(_ predictions: ClassPredictions) -> [Double] { ConfusionMatrix.tally(predictions) }

  func value(of tally: [Double], width: Int) -> Double {
    let matrix = ConfusionMatrix(tally, width: width)
    let recalls = (0..<width).filter { matrix.samples(of: $0) > 0 }
      .map { matrix.hits(of: $0) / matrix.samples(of: $0) }
    return recalls.reduce(0, +) / Double(recalls.count)
  }
}
