import Foundation
import Reports
import Search
import Testing

struct AxisTests {
  /// Ranges of every size, sign and place, by seed.
  static func ranges(_ seed: UInt64) -> [(low: Double, high: Double)] {
    var random = LinearCongruential(state: seed)
    return (0..<200).map { _ in
      let size = pow(10, random.uniform() * 24 - 12)
      let low = (random.uniform() - 0.5) * 2 * size * pow(10, random.uniform() * 3)
      return (low, low + size)
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>, [Axis.Ends.atTicks, .atData])
  func `linear ticks are round, even and cover the data`(seed: UInt64, ends: Axis.Ends) throws {
    for (low, high) in AxisTests.ranges(seed) {
      let axis = Axis.linear(low, high, ends: ends)
      #expect(axis.low <= low && axis.high >= high, "seed \(seed): \(low) to \(high)")
      #expect(
        (2...12).contains(axis.ticks.count), "seed \(seed): \(low) to \(high), \(axis.ticks.count) ticks")
      let step = axis.ticks[1].value - axis.ticks[0].value
      let leading = step / pow(10, log10(step * 1.000_001).rounded(.down))
      #expect([1, 2, 5].contains { abs(leading - $0) < 1e-6 }, "seed \(seed): step \(step)")
      for (number, tick) in axis.ticks.enumerated() {
        #expect(abs(tick.value - axis.ticks[0].value - Double(number) * step) < step * 1e-6)
        #expect((tick.value / step - (tick.value / step).rounded()).magnitude < 1e-6)
        #expect(tick.value >= axis.low && tick.value <= axis.high)
        let label = try #require(Double(tick.label.filter { $0 != "," }), "\(tick.label)")
        #expect(abs(label - tick.value) < step * 0.01, "seed \(seed): \(tick.label) for \(tick.value)")
      }
      #expect(Set(axis.ticks.map(\.label)).count == axis.ticks.count)
      if ends == .atTicks {
        // At most a step of empty room at each end.
        #expect(low - axis.low < step * 1.001 && axis.high - high < step * 1.001)
      }
    }
  }

  @Test(
    arguments: [
      (0.0, 1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
      (0, 1_000, ["0", "200", "400", "600", "800", "1,000"]),
      (0.961, 0.979, ["0.960", "0.965", "0.970", "0.975", "0.980"]),
      (-3, 2, ["-3", "-2", "-1", "0", "1", "2"]),
      (0, 3e-7, ["0", "1e-7", "2e-7", "3e-7"]),
    ] as [(Double, Double, [String])])
  func `linear labels have the decimals of their step`(low: Double, high: Double, labels: [String]) {
    #expect(Axis.linear(low, high).ticks.map(\.label) == labels)
  }

  @Test func `ticks of whole numbers are whole`() {
    #expect(
      Axis.linear(1, 4, intervals: 4, wholeNumbers: true, ends: .atData).ticks.map(\.value) == [1, 2, 3, 4])
    #expect(Axis.linear(0, 1, intervals: 6, wholeNumbers: true, ends: .atData).ticks.map(\.value) == [0, 1])
    #expect(
      Axis.linear(0, 2, intervals: 6, wholeNumbers: true, ends: .atData).ticks.map(\.value) == [0, 1, 2])
  }

  @Test(
    arguments: [
      (1e-5, 0.1, ["1e-5", "0.0001", "0.001", "0.01", "0.1"]),
      (8, 512, ["10", "20", "50", "100", "200", "500"]),
      (1, 100, ["1", "10", "100"]), (30, 45, ["30", "35", "40", "45"]),
      (0.9, 1.1, ["0.90", "0.95", "1", "1.05", "1.1"]),
      (1e-12, 1, ["1e-12", "1e-9", "1e-6", "0.001", "1"]),
    ] as [(Double, Double, [String])])
  func `logarithmic ticks are decades, or their 1, 2, 5`(low: Double, high: Double, labels: [String]) {
    let axis = Axis.logarithmic(low, high)
    #expect(axis.ticks.map { Double($0.label.filter { $0 != "," }) } == labels.map { Double($0) })
    #expect(axis.low <= low && axis.high >= high)
    #expect(abs(axis.fraction(of: (low * high).squareRoot()) - 0.5) < 1e-9)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `logarithmic axes cover any positive range`(seed: UInt64) {
    var random = LinearCongruential(state: seed)
    for _ in 0..<200 {
      let low = pow(10, random.uniform() * 40 - 20)
      let high = low * pow(10, random.uniform() * (random.uniform() < 0.5 ? 1 : 20))
      let axis = Axis.logarithmic(low, high)
      #expect(axis.low <= low && axis.high >= high)
      #expect(
        (2...12).contains(axis.ticks.count), "seed \(seed): \(low) to \(high), \(axis.ticks.map(\.label))")
      let places = axis.ticks.map { axis.fraction(of: $0.value) }
      #expect(places == places.sorted() && places.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test(
    arguments: [
      (0.0, 0.0), (5, 5), (-1, -1), (1e-300, 1e-300), (-1e308, 1e308), (1e16, 1e16 + 2),
      (Double.leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude),
      (0.1, 0.1 + 1e-17),
    ] as [(Double, Double)])
  func `degenerate ranges get a finite axis`(low: Double, high: Double) {
    let axis = Axis.linear(low, high)
    #expect(axis.high > axis.low && axis.low.isFinite && axis.high.isFinite)
    #expect(!axis.ticks.isEmpty && axis.ticks.count < 20)
    for value in [low, high] { #expect((-1...2).contains(axis.fraction(of: value))) }
    let logarithmic = Axis.logarithmic(low, high)
    #expect(logarithmic.high > logarithmic.low && logarithmic.ticks.count < 20)
    #expect((-1...2).contains(logarithmic.fraction(of: high)))
  }

  @Test func `a hyperparameter's axis is its search range`() {
    let axis = Axis.covering(.float(low: 1e-5, high: 0.1, scale: .log))
    #expect(axis.low == 1e-5 && axis.high == 0.1)
    #expect(axis.measure == .log)
    let ordered = Axis.covering(.powersOfTwo(from: 16, through: 64))
    #expect(ordered.measure == .categories)
    #expect(ordered.ticks.map(\.label) == ["16", "32", "64"])
    #expect(Axis.covering(.quantized(low: 0, high: 0.5, step: 0.1, scale: .linear)).measure == .linear)
    #expect(Axis.covering(.quantized(low: 1, high: 100, step: 1, scale: .log)).measure == .log)
    let choices = Axis.covering(.categorical([.text("relu"), .number(8)]))
    #expect(choices.ticks.map(\.label) == ["relu", "8"])
    #expect(choices.ticks.map { choices.fraction(of: $0.value) } == [0.25, 0.75])
  }

  @Test(
    arguments: [
      (0.0, "0 s"), (0.84, "0.8 s"), (42.4, "42 s"), (59.7, "1 min"), (200, "3 min 20 s"),
      (7_500, "2 h 5 min"),
      (273_600, "3 d 4 h"), (86_400 * 2_000, "2,000 d"),
    ] as [(Double, String)])
  func `durations are read in two units at most`(seconds: Double, text: String) {
    #expect(Numerals.duration(seconds) == text)
  }

  @Test func `numbers are written in the fewest letters that people need`() {
    #expect(Numerals.text(1e-5) == "1e-5")
    #expect(Numerals.text(0.000_316_227) == "0.0003162")
    #expect(Numerals.text(64) == "64")
    #expect(Numerals.text(1.5e12) == "1.5e12")
    #expect(Numerals.fixed(0.61, digits: 3) == "0.610")
    #expect(Numerals.fixed(123, digits: 3) == "123")
    #expect(Numerals.count(1_234_567) == "1,234,567")
    #expect(Numerals.count(-999) == "-999")
    #expect(Numerals.count(1, "trial") == "1 trial")
    #expect(TimeUnit(for: 7_000).name == "min")
  }
}
