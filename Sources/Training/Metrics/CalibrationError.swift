/// The expected calibration error: how far, in the mean, the probability of the predicted class is from how
/// often it is right, in 15 bins of equal width (Guo et al., ICML 2017, equation 3).
struct CalibrationError: ClassMetric {
  private static let bins = 15

  var name: String { "calibration_error" }
  var goal: Metric.Goal { .minimize }
  var summary: String {
    "How far the probability of the predicted class is from how often it is right, in \(Self.bins) bins."
  }

  /// Of each bin the samples, the sum of the probabilities and the hits.
  func tally(_ predictions: ClassPredictions) -> [Double] {
    var tally = [Double](repeating: 0, count: 3 * Self.bins)
    for row in 0..<predictions.rows {
      let predicted = predictions.predicted[row]
      let confidence = predictions.probability(row, of: predicted)
      // Bin m is (m / bins, (m + 1) / bins].
      let bin = min(Self.bins - 1, max(0, Int((confidence * Double(Self.bins)).rounded(.up)) - 1))
      tally[3 * bin] += 1
      tally[3 * bin + 1] += confidence
      tally[3 * bin + 2] += predicted == predictions.classes[row] ? 1 : 0
    }
    return tally
  }

  func value(of tally: [Double], width: Int) -> Double {
    var (gaps, samples) = (0.0, 0.0)
    for bin in 0..<Self.bins {
      gaps += abs(tally[3 * bin + 1] - tally[3 * bin + 2])
      samples += tally[3 * bin]
    }
    return gaps / samples
  }
}
