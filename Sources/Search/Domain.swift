import RealModule

/// The values that one hyperparameter may take.
public enum Domain: Hashable, Codable, Sendable {
  /// Real numbers in [low, high]; with `.log`, uniform in the logarithm, and low is above 0.
  case float(low: Double, high: Double, scale: Scale)
  /// Integers in [low, high]; with `.log`, uniform in the logarithm, and low is at least 1.
  case integer(low: Int, high: Int, scale: Scale)
  /// Unordered choices, at least one, all different. Numeric choices keep their numbers.
  case categorical([ParameterValue])

  /// Integers beyond ±2⁴⁰ are refused: the unit interval has too few `Double`s to tell them apart on a log
  /// scale.
  public static let largestInteger = 1 << 40
}

public enum Scale: String, Codable, CaseIterable, Sendable {
  case linear, log
}

extension Domain {
  /// How many values there are, or nil if they form a continuum.
  public var count: Int? {
    switch self {
    case .float: nil
    case .integer(let low, let high, _): high - low + 1
    case .categorical(let choices): choices.count
    }
  }

  /// True for choices, between which there is no order and no distance.
  public var isCategorical: Bool {
    if case .categorical = self { true } else { false }
  }

  public func contains(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.float(let low, let high, _), .number(let number)):
      number >= low && number <= high
    case (.integer(let low, let high, _), .number(let number)):
      number >= Double(low) && number <= Double(high) && number.rounded(.towardZero) == number
    case (.categorical(let choices), _):
      choices.contains(value)
    default:
      false
    }
  }
}

// The unit interval. A float's place is linear in the value or in its logarithm. The k-th of n integers or
// choices owns the cell [k/n, (k+1)/n) and stands for it by its middle; on a log scale an integer k owns the
// logarithms of [k - 1/2, k + 1/2) and stands at log k. So a uniform number becomes a uniform value, and a
// discrete value survives the way there and back exactly.
extension Domain {
  /// The value at `unit`, which is clipped to [0, 1].
  public func value(at unit: Double) -> ParameterValue {
    let unit = min(max(unit, 0), 1)
    switch self {
    case .float(let low, let high, .linear):
      return .number(min(max(low * (1 - unit) + high * unit, low), high))
    case .float(let low, let high, .log):
      let exponent = Double.log(low) * (1 - unit) + Double.log(high) * unit
      return .number(min(max(Double.exp(exponent), low), high))
    case .integer(let low, let high, .linear):
      return .number(Double(min(low + Int(unit * Double(high - low + 1)), high)))
    case .integer(let low, let high, .log):
      let start = Double.log(Double(low) - 0.5)
      let end = Double.log(Double(high) + 0.5)
      let rounded = Double.exp(start + unit * (end - start)).rounded()
      return .number(min(max(rounded, Double(low)), Double(high)))
    case .categorical(let choices):
      return choices[min(Int(unit * Double(choices.count)), choices.count - 1)]
    }
  }

  /// Where `value` lies in [0, 1], or nil if it is not in the domain.
  public func unit(of value: ParameterValue) -> Double? {
    switch (self, value) {
    case (.float(let low, let high, let scale), .number(let number)):
      guard number >= low, number <= high else { return nil }
      return switch scale {
      case .linear: (number - low) / (high - low)
      case .log: (Double.log(number) - Double.log(low)) / (Double.log(high) - Double.log(low))
      }
    case (.integer(let low, let high, let scale), .number(let number)):
      guard contains(value) else { return nil }
      switch scale {
      case .linear:
        return (number - Double(low) + 0.5) / Double(high - low + 1)
      case .log:
        let start = Double.log(Double(low) - 0.5)
        return (Double.log(number) - start) / (Double.log(Double(high) + 0.5) - start)
      }
    case (.categorical(let choices), _):
      guard let index = choices.firstIndex(of: value) else { return nil }
      return (Double(index) + 0.5) / Double(choices.count)
    default:
      return nil
    }
  }
}

extension Domain: CustomStringConvertible {
  /// Such as `a number from 1e-05 to 0.1`, `an integer from 1 to 8`, `one of relu, gelu`.
  public var description: String {
    switch self {
    case .float(let low, let high, _):
      "a number from \(ParameterValue.number(low)) to \(ParameterValue.number(high))"
    case .integer(let low, let high, _):
      "an integer from \(low) to \(high)"
    case .categorical(let choices):
      "one of \(choices.map(\.description).joined(separator: ", "))"
    }
  }
}
