/// The area under the receiver operating characteristic: the probability that a sample of a class gets a
/// higher probability of it than one of another class, equals counted half (Hanley and McNeil, Radiology
/// 143 (1982)). Of more than two classes the mean over each against the rest.
///
/// Depends on the order of all samples, so every rank gets all probabilities of the part. Without a sample of
/// every class it is not defined.
struct AreaUnderCurve: ClassMetric {
  var name: String { "auc" }
  var goal: Metric.Goal { .maximize }
  var summary: String {
    "The area under the ROC curve, from 0 to 1; of more than two classes the mean of each against the rest."
  }
  var merging: TallyMerging { .join }

  func isDefined(for classCounts: [Int]) -> Bool { !classCounts.contains(0) }

  /// A row a sample: its class, then the probability of the second of two classes, or those of all.
  func tally(_ predictions: ClassPredictions) -> [Double] {
    (0..<predictions.rows).flatMap { row in
      [Double(predictions.classes[row])]
        + Self.scored(predictions.width).map { predictions.probability(row, of: $0) }
    }
  }

  func value(of tally: [Double], width: Int) -> Double {
    let scored = Self.scored(width)
    let size = 1 + scored.count
    let rows = tally.count / size
    let areas = scored.enumerated().map { column, class_ in
      Self.area((0..<rows).map { (tally[$0 * size + 1 + column], tally[$0 * size] == Double(class_)) })
    }
    return areas.reduce(0, +) / Double(areas.count)
  }

  private static func scored(_ width: Int) -> Range<Int> { width == 2 ? 1..<2 : 0..<width }

  /// By the sum of ranks (Mann and Whitney, 1947), equal scores sharing the mean of their ranks. Not a number
  /// where all samples are of the class, or none. O(n log n).
  private static func area(_ samples: [(score: Double, isOfClass: Bool)]) -> Double {
    let sorted = samples.sorted { $0.score < $1.score }
    var (rankSum, positives) = (0.0, 0.0)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].score == sorted[start].score { end += 1 }
      let hits = Double(sorted[start..<end].count(where: \.isOfClass))
      // Ranks count from 1.
      rankSum += hits * Double(start + 1 + end) / 2
      positives += hits
      start = end
    }
    let negatives = Double(sorted.count) - positives
    return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
  }
}
