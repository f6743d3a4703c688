/// The harmonic mean of precision and recall, 2 · hits / (samples + predictions) of a class (van Rijsbergen,
/// Information Retrieval, 1979, chapter 7).
struct F1: ClassMetric {
  enum Average: String, Sendable {
    /// The mean over the classes that occur or are predicted.
    case macro
    /// Of the counts of all classes, which is the accuracy.
    case micro
  }

  private let average: Average

  init(_ average: Average) { self.average = average }

  var name: String { "f1_\(average.rawValue)" }
  var goal: Metric.Goal { .maximize }
  var summary: String {
    switch average {
    case .macro: "The mean over the classes of the harmonic mean of precision and recall, from 0 to 1."
    case .micro: "The harmonic mean of precision and recall over all classes' counts, from 0 to 1."
    }
  }

  func tally(_ predictions: ClassPredictions) -> [Double] { ConfusionMatrix.tally(predictions) }

  func value(of tally: [Double], width: Int) -> Double {
    let matrix = ConfusionMatrix(tally, width: width)
    let scores = matrix.classes.map { class_ in
      (hits: 2 * matrix.hits(of: class_), all: matrix.samples(of: class_) + matrix.predictions(of: class_))
    }
    return switch average {
    case .macro: scores.reduce(0) { $0 + $1.hits / $1.all } / Double(scores.count)
    case .micro: scores.reduce(0) { $0 + $1.hits } / scores.reduce(0) { $0 + $1.all }
    }
  }
}
