/// Probabilities of several tests, made larger so that with all true hypotheses at once none is rejected too
/// often.
public enum MultipleComparisons: String, Codable, CaseIterable, Sendable {
  case bonferroni
  /// Never less powerful than Bonferroni's (Holm, "A simple sequentially rejective multiple test procedure",
  /// Scandinavian Journal of Statistics 6, 1979).
  case holm

  /// The adjusted probabilities, in the order given: below α where the hypothesis is rejected at a
  /// family-wise error rate of α.
  public func adjusted(_ probabilities: [Double]) -> [Double] {
    let count = Double(probabilities.count)
    switch self {
    case .bonferroni:
      return probabilities.map { min(1, $0 * count) }
    case .holm:
      var adjusted = probabilities
      var largest = 0.0
      let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
      for (step, place) in order.enumerated() {
        largest = max(largest, min(1, probabilities[place] * (count - Double(step))))
        adjusted[place] = largest
      }
      return adjusted
    }
  }
}
