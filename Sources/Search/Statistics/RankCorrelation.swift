/// Spearman's rank correlation: how far two measurements order the same things alike.
public enum RankCorrelation {
  /// The correlation of the ranks, equal values sharing the mean of theirs: 1 where both order alike, -1 where they do
  /// so the other way round (Spearman, "The proof and measurement of association between two things", American Journal
  /// of Psychology 15, 1904). Nil of fewer than three pairs, and where all values of one are equal. O(n log n).
  public static func spearman(_ pairs: [(first: Double, second: Double)]) -> Double? {
    guard pairs.count >= 3 else { return nil }
    let first = SignificanceTest.ranks(of: pairs.map(\.first)).ranks
    let second = SignificanceTest.ranks(of: pairs.map(\.second)).ranks
    let mean = Double(pairs.count + 1) / 2
    var (product, squares, otherSquares) = (0.0, 0.0, 0.0)
    for (x, y) in zip(first, second) {
      product += (x - mean) * (y - mean)
      squares += (x - mean) * (x - mean)
      otherSquares += (y - mean) * (y - mean)
    }
    guard squares > 0, otherSquares > 0 else { return nil }
    return product / (squares * otherSquares).squareRoot()
  }
}
