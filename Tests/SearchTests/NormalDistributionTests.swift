import Search
import Testing

@Suite struct NormalDistributionTests {
  struct Golden: Decodable {
    struct Scaled: Decodable { var x, value: Double }
    struct Quantile: Decodable { var p, value: Double }
    var erfcx: [Scaled]
    var quantile: [Quantile]
  }
  struct Improvement: Decodable { var z, value, slope: Double }

  @Test func `the scaled complementary error function is that of mpmath`() throws {
    for golden in try golden("normal.json", as: Golden.self).erfcx {
      let value = NormalDistribution.scaledComplementaryError(golden.x)
      #expect(isClose(value, golden.value, relative: 2e-15), "at \(golden.x)")
    }
  }

  @Test func `quantiles are those of mpmath`() throws {
    for golden in try golden("normal.json", as: Golden.self).quantile {
      let value = NormalDistribution.quantile(golden.p)
      #expect(isClose(value, golden.value, relative: 1e-12, absolute: 1e-14), "at \(golden.p)")
    }
    #expect(abs(NormalDistribution.quantile(0.5)) < 1e-15)
  }

  @Test func `log expected improvement is that of mpmath, far tails included`() throws {
    for golden in try golden("log-improvement.json", as: [Improvement].self) {
      let (value, slope) = LogExpectedImprovement.logH(golden.z)
      // Above z = -30 the value is a small difference of numbers near 1; it keeps 12 digits.
      #expect(isClose(value, golden.value, relative: 1e-11, absolute: 1e-12), "at \(golden.z)")
      #expect(isClose(slope, golden.slope, relative: 1e-10), "at \(golden.z)")
    }
  }

  @Test(arguments: [(0.3, 0.5), (2.0, 0.1), (-1.0, 2.0), (5.0, 0.01), (50.0, 0.1)])
  func `its derivatives are those of finite differences`(mean: Double, deviation: Double) {
    func value(_ mean: Double, _ deviation: Double) -> Double {
      LogExpectedImprovement.value(mean: mean, deviation: deviation, incumbent: 0.2).value
    }
    let exact = LogExpectedImprovement.value(mean: mean, deviation: deviation, incumbent: 0.2)
    let step = 1e-6 * deviation
    let byMean = (value(mean + step, deviation) - value(mean - step, deviation)) / (2 * step)
    let byDeviation = (value(mean, deviation + step) - value(mean, deviation - step)) / (2 * step)
    #expect(isClose(exact.byMean, byMean, relative: 1e-5))
    #expect(isClose(exact.byDeviation, byDeviation, relative: 1e-5))
  }
}
