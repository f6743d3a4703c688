import Testing

@testable import tuner_mpi

/// What `test.json` remembers of the openings of the test split.
@Suite struct TestResultTests {
  private static func result(_ checkpoint: String, _ measured: String) -> TestResult {
    TestResult(
      trial: 0, budget: 1, checkpoint: checkpoint, samples: 10, metrics: [:], measured: measured)
  }

  @Test func `every opening is counted, whichever model leads again`() throws {
    // Model a twice, as its data was allowed to change; then b won, and then a again.
    let first = Self.result("a", "1").following(nil)
    let second = Self.result("a", "2").following(first)
    let third = Self.result("b", "3").following(second)
    #expect((first.openings, second.openings, third.openings) == (1, 2, 3))
    let again = try #require(third.ofModel("a"))
    #expect(again.measured == "2" && again.openings == 3)
    #expect(again.earlier?.map(\.measured) == ["1", "3"])
    #expect(again.earlier?.allSatisfy { $0.earlier == nil } == true)
    #expect(third.ofModel("c") == nil)
  }
}
