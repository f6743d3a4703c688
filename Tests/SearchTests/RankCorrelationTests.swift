import Search
import Testing

struct RankCorrelationTests {
  /// The values of scipy.stats.spearmanr.
  @Test(
    arguments: [
      ([1.0, 2, 3, 4, 5], [5.0, 6, 7, 8, 7], 0.820_782_681_668_123_3),
      ([1.0, 2, 2, 3, 0], [0.5, 0.5, 0.1, 0.9, 0.2], 0.5),
      ([3.0, 1, 2], [1.0, 3, 2], -1.0),
    ])
  func `it is scipy's`(first: [Double], second: [Double], expected: Double) throws {
    let correlation = try #require(
      RankCorrelation.spearman(zip(first, second).map { (first: $0, second: $1) }))
    #expect(abs(correlation - expected) < 1e-12)
  }

  @Test func `of too few pairs and of equal values there is none`() {
    #expect(RankCorrelation.spearman([(1, 2), (2, 3)]) == nil)
    #expect(RankCorrelation.spearman([(1, 1), (1, 2), (1, 3)]) == nil)
  }
}
