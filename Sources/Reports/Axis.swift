import Foundation
package import Search

/// A scale for one direction of a chart: from values to places, with round numbers to read it by.
package struct Axis: Equatable {
  package struct Tick: Equatable {
    package var value: Double
    package var label: String
  }

  package enum Measure: Equatable { case linear, log, categories }

  package var measure: Measure
  package var low: Double
  package var high: Double
  /// Ascending, all within [low, high].
  package var ticks: [Tick]

  /// Where a value lies, 0 at `low` and 1 at `high`; beyond them by at most the axis' own length.
  package func fraction(of value: Double) -> Double {
    let fraction =
      switch measure {
      case .linear, .categories: (value - low) / (high - low)
      case .log: value > 0 ? (log10(value) - log10(low)) / (log10(high) - log10(low)) : -1
      }
    return min(max(fraction, -1), 2)
  }
}

extension Axis {
  /// Where the ends of an axis are.
  package enum Ends { case atTicks, atData }

  /// A linear axis that covers [low, high], in about `intervals` steps of 1, 2 or 5 times a power of ten.
  package static func linear(
    _ low: Double, _ high: Double, intervals: Int = 5, wholeNumbers: Bool = false, ends: Ends = .atTicks
  ) -> Axis {
    let (low, high) = widened(low, high, least: wholeNumbers ? 1 : 0)
    let step = RoundStep(atLeast: (high - low) / Double(intervals), wholeNumbers: wholeNumbers)
    // A trifle inside, so that rounding adds no step.
    let trifle = (high - low) * 1e-9
    let (first, last) =
      switch ends {
      case .atTicks: (step.count(low + trifle, .down), step.count(high - trifle, .up))
      case .atData: (step.count(low - trifle, .up), step.count(high + trifle, .down))
      }
    let ticks = first <= last ? (first...last).map { step.tick($0) } : []
    return Axis(
      measure: .linear, low: min(low, ticks.first?.value ?? low), high: max(high, ticks.last?.value ?? high),
      ticks: ticks)
  }

  /// A logarithmic axis from `low`, above 0, to `high`, read by powers of ten; where it holds fewer than
  /// three of them by 1, 2 and 5 times those, and where it is narrower still as a linear one.
  package static func logarithmic(_ low: Double, _ high: Double) -> Axis {
    let low = max(low, 1e-100)
    let high = max(high, low * 1.05)
    let trifle = 1e-9
    let first = Int((log10(low) - trifle).rounded(.up))
    let last = Int((log10(high) + trifle).rounded(.down))
    let decades = first <= last ? Array(first...last) : []
    var values: [Double]
    if decades.count >= 3 {
      let stride = (decades.count + 5) / 6
      values = decades.filter { ($0 - first) % stride == 0 }.map(RoundStep.power)
    } else {
      values = ((first - 1)...max(first, last)).flatMap { exponent in
        [1, 2, 5].map { RoundStep(factor: $0, exponent: exponent).tick(1).value }
      }
      values = values.filter { $0 >= low * (1 - trifle) && $0 <= high * (1 + trifle) }
      if values.count < 2 { values = linear(low, high, intervals: 6, ends: .atData).ticks.map(\.value) }
    }
    return Axis(
      measure: .log, low: min(low, values.first ?? low), high: max(high, values.last ?? high),
      ticks: values.map { Tick(value: $0, label: RoundStep.label($0)) })
  }

  /// One place for each category, at its index.
  static func categories(_ names: [String]) -> Axis {
    Axis(
      measure: .categories, low: -0.5, high: Double(max(names.count, 1)) - 0.5,
      ticks: names.enumerated().map { Tick(value: Double($0), label: $1) })
  }

  /// The whole range that a search may use.
  package static func covering(_ domain: Domain) -> Axis {
    switch domain {
    case .float(let low, let high, .linear): .linear(low, high, ends: .atData)
    case .float(let low, let high, .log): .logarithmic(low, high)
    case .integer(let low, let high, .log): .logarithmic(Double(low), Double(high))
    case .integer(let low, let high, _):
      .linear(Double(low), Double(high), wholeNumbers: true, ends: .atData)
    case .float(let low, let high, .logit): .linear(low, high, ends: .atData)
    case .quantized(let low, let high, _, .log): .logarithmic(low, high)
    case .quantized(let low, let high, _, _): .linear(low, high, ends: .atData)
    case .ordinal(let choices), .categorical(let choices): .categories(choices.map(Numerals.value))
    }
  }

  /// Bounds that differ by enough to be told apart, and that subtract without overflow.
  private static func widened(_ low: Double, _ high: Double, least: Double) -> (Double, Double) {
    let low = min(max(low, -1e200), 1e200)
    let high = min(max(high, low), 1e200)
    let size = max(abs(low), abs(high))
    guard high - low <= max(size * 1e-9, 1e-200, least * 0.5) else { return (low, high) }
    let margin = max(size > 1e-200 ? size * 0.05 : 0.5, least)
    return (low - margin, high + margin)
  }
}

/// A distance between ticks: 1, 2 or 5 times a power of ten, kept in integers, so that a tick is the `Double`
/// nearest to its round decimal number rather than a sum of rounded steps.
struct RoundStep {
  var factor: Int
  var exponent: Int

  init(factor: Int, exponent: Int) {
    self.factor = factor
    self.exponent = exponent
  }

  /// The smallest one that is no shorter than `length`, which is above 0.
  init(atLeast length: Double, wholeNumbers: Bool = false) {
    let exponent = Int(log10(length).rounded(.down))
    let ratio = length / RoundStep.power(exponent)
    self =
      [1, 2, 5].first { ratio <= Double($0) * (1 + 1e-9) }.map { RoundStep(factor: $0, exponent: exponent) }
      ?? RoundStep(factor: 1, exponent: exponent + 1)
    if wholeNumbers && self.exponent < 0 { self = RoundStep(factor: 1, exponent: 0) }
  }

  /// 10 to the `exponent`, correctly rounded up to 10²² and below by one division.
  static func power(_ exponent: Int) -> Double {
    exponent < 0 ? 1 / pow(10, Double(-exponent)) : pow(10, Double(exponent))
  }

  /// How many steps from 0.
  func count(_ value: Double, _ rule: FloatingPointRoundingRule) -> Int {
    Int((value / (Double(factor) * RoundStep.power(exponent))).rounded(rule))
  }

  func tick(_ count: Int) -> Axis.Tick {
    let digits = Double(count * factor)
    let value = exponent < 0 ? digits / pow(10, Double(-exponent)) : digits * pow(10, Double(exponent))
    return Axis.Tick(value: value, label: label(value))
  }

  /// As many decimals as the step has, so that the labels of an axis look alike.
  private func label(_ value: Double) -> String {
    guard exponent < 0, exponent >= -6, value != 0, abs(value) < 1e6 else { return RoundStep.label(value) }
    return String(format: "%.\(-exponent)f", value)
  }

  static func label(_ value: Double) -> String {
    if let whole = Int(exactly: value), abs(whole) < 10_000_000 { return Numerals.count(whole) }
    return Numerals.text(value, digits: 6)
  }
}

/// The unit in which a stretch of time is read most easily.
package struct TimeUnit: Equatable {
  package var name: String
  package var seconds: Double

  package init(for duration: Double) {
    (name, seconds) =
      switch duration {
      case ..<120: ("s", 1)
      case ..<7_200: ("min", 60)
      case ..<259_200: ("h", 3_600)
      default: ("d", 86_400)
      }
  }
}
