/// How many samples of each class are taken for which.
struct ConfusionMatrix {
  /// `[true class, predicted class]`.
  private var counts: [Double]
  private let width: Int

  /// - Parameter tally: of `tally(_:)`, merged.
  init(_ tally: [Double], width: Int) { (counts, self.width) = (tally, width) }

  /// `[width, width]`.
  static func tally(_ predictions: ClassPredictions) -> [Double] {
    var counts = [Double](repeating: 0, count: predictions.width * predictions.width)
    for row in 0..<predictions.rows {
      counts[predictions.classes[row] * predictions.width + predictions.predicted[row]] += 1
    }
    return counts
  }

  /// Classes that are there, or are predicted.
  var classes: [Int] { (0..<width).filter { samples(of: $0) + predictions(of: $0) > 0 } }

  /// Rightly taken for the class.
  func hits(of class_: Int) -> Double { counts[class_ * width + class_] }

  func samples(of class_: Int) -> Double { (0..<width).reduce(0) { $0 + counts[class_ * width + $1] } }

  func predictions(of class_: Int) -> Double { (0..<width).reduce(0) { $0 + counts[$1 * width + class_] } }
}
