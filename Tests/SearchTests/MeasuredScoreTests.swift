import Search
import Testing

@Suite struct MeasuredScoreTests {
  @Test(
    arguments: [
      (0.9553, 0.00654, "0.955 ± 0.007"), (0.9553, 0.0131, "0.955 ± 0.013"), (0.9553, 0.02, "0.96 ± 0.02"),
      (2.30259, 0.3, "2.3 ± 0.3"), (1234.56, 21, "1235 ± 21"), (1234.56, 140, "1235 ± 140"),
      (0.00123456, 0.0000042, "0.001235 ± 0.000004"), (-0.5, 0.0999, "-0.50 ± 0.10"),
    ] as [(Double, Double, String)])
  func `a score has the digits that its error leaves`(score: Double, error: Double, text: String) {
    #expect(MeasuredScore(score, error: error).text == text)
  }

  @Test(arguments: [nil, 0, .nan, .infinity] as [Double?])
  func `without an error it has four digits after the point`(error: Double?) {
    #expect(MeasuredScore(0.95534, error: error).text == "0.9553")
  }
}
