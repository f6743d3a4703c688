/// The share of samples whose class is among the k most probable ones. Of equally probable classes the later
/// come first, as in scikit-learn's `top_k_accuracy_score`.
struct TopAccuracy: ClassMetric {
  private let most: Int

  init(_ most: Int) { self.most = most }

  var name: String { "top_\(most)_accuracy" }
  var goal: Metric.Goal { .maximize }
  var summary: String { "The share of samples whose class is among the \(most) most probable, from 0 to 1." }
  var tasks: Set<TaskKind> { [.classification, .language] }

  func tally(_ predictions: ClassPredictions) -> [Double] {
    let hits = (0..<predictions.rows).count { row in
      let truth = predictions.classes[row]
      let own = predictions.probability(row, of: truth)
      let before = (0..<predictions.width).count { class_ in
        let other = predictions.probability(row, of: class_)
        return other > own || other == own && class_ > truth
      }
      return before < most
    }
    return [Double(hits), Double(predictions.rows)]
  }

  func value(of tally: [Double], width: Int) -> Double { tally[0] / tally[1] }
}
