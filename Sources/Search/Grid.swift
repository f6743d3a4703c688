/// The numbers low + k step, k = 0 ..< count, as a file writes them: each is the `Double` nearest to its
/// decimal number, 0.3 rather than 0.30000000000000004.
///
/// Sums of binary numbers stand in where the decimal numbers have too many digits to be added exactly, as a
/// third has.
struct Grid {
  let low: Double
  let step: Double
  let count: Int
  private let rule: Rule

  private enum Rule {
    /// low + k step.
    case sum
    /// (first + k) / perUnit: 1 / step is whole, and low is a multiple of step.
    case quotient(first: Double, perUnit: Double)
    /// (first + k step) / scale, all whole numbers that `Double` holds exactly.
    case decimal(first: Double, step: Double, scale: Double)
  }

  init(_ low: Double, _ high: Double, _ step: Double) {
    self.low = low
    self.step = step
    // A trifle more, because (0.3 - 0) / 0.1 is below 3.
    let steps = ((high - low) / step * (1 + 1e-12) + 1e-9).rounded(.down)
    // A definition that was not validated yet may make no number of them.
    count = steps > 0 ? Int(min(steps, Double(Domain.largestInteger))) + 1 : 1
    rule = Self.rule(low, step, last: count - 1)
  }

  private static func rule(_ low: Double, _ step: Double, last: Int) -> Rule {
    let (perUnit, first) = ((1 / step).rounded(), (low / step).rounded())
    if perUnit >= 1, abs(perUnit * step - 1) < 1e-12, abs(first * step - low) <= 1e-12 * abs(low) {
      return .quotient(first: first, perUnit: perUnit)
    }
    if low.rounded() == low, step.rounded() == step { return .sum }
    return decimal(low, step, last: last) ?? .sum
  }

  private static func decimal(_ low: Double, _ step: Double, last: Int) -> Rule? {
    guard let low = DecimalNumber(low), let step = DecimalNumber(step) else { return nil }
    let places = max(low.places, step.places)
    guard let first = low.digits(at: places), let stride = step.digits(at: places),
      let scale = DecimalNumber.powerOfTen(places)
    else { return nil }
    let (way, isFar) = stride.multipliedReportingOverflow(by: last)
    let (end, isBeyond) = first.addingReportingOverflow(way)
    let exact = -(1 << 53)...(1 << 53)
    guard !isFar, !isBeyond, exact.contains(first), exact.contains(end), exact.contains(way) else {
      return nil
    }
    return .decimal(first: Double(first), step: Double(stride), scale: Double(scale))
  }

  var last: Double { value(count - 1) }

  /// The k-th number; k is clipped.
  func value(_ k: Int) -> Double {
    let k = Double(min(max(k, 0), count - 1))
    return switch rule {
    case .sum: low + k * step
    case .quotient(let first, let perUnit): (first + k) / perUnit
    case .decimal(let first, let step, let scale): (first + k * step) / scale
    }
  }

  func value(nearest number: Double) -> Double {
    let place = ((number - low) / step).rounded()
    return value(place > 0 ? Int(min(place, Double(count - 1))) : 0)
  }

  /// Nil for a number that is further from all of them than rounding explains, a millionth of a step; a sum of
  /// binary numbers, as earlier versions recorded them, is within that.
  func index(of number: Double) -> Int? {
    let place = ((number - low) / step).rounded()
    guard place >= 0, place < Double(count) else { return nil }
    let rounding = 4 * max(low.magnitude, number.magnitude).ulp
    return abs(value(Int(place)) - number) <= max(1e-6 * step, rounding) ? Int(place) : nil
  }
}

/// A finite number in the fewest decimal digits that read back as the same `Double`: as it was written.
private struct DecimalNumber {
  /// The number is `digits` / 10 to the power of `places`.
  private var digits: Int
  private(set) var places: Int

  /// Nil where the number has too many digits for whole numbers.
  init?(_ number: Double) {
    let parts = number.description.split(separator: "e")
    guard let mantissa = parts.first, let exponent = parts.count > 1 ? Int(parts[1]) : 0 else { return nil }
    let fraction = mantissa.split(separator: ".").dropFirst().first ?? ""
    let isWhole = fraction == "0"
    let text = mantissa.prefix { $0 != "." } + (isWhole ? "" : fraction)
    guard let digits = Int(text) else { return nil }
    let places = (isWhole ? 0 : fraction.count) - exponent
    if places >= 0 {
      (self.digits, self.places) = (digits, places)
    } else {
      guard let power = Self.powerOfTen(-places) else { return nil }
      let (product, overflow) = digits.multipliedReportingOverflow(by: power)
      guard !overflow else { return nil }
      (self.digits, self.places) = (product, 0)
    }
  }

  /// The number times 10 to the power of `places`, which are no fewer than its own.
  func digits(at places: Int) -> Int? {
    guard let power = Self.powerOfTen(places - self.places) else { return nil }
    let (product, overflow) = digits.multipliedReportingOverflow(by: power)
    return overflow ? nil : product
  }

  /// Nil beyond 10¹⁵, which `Double` still holds exactly.
  static func powerOfTen(_ exponent: Int) -> Int? {
    guard (0...15).contains(exponent) else { return nil }
    return (0..<exponent).reduce(1) { power, _ in 10 * power }
  }
}
