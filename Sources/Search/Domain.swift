import RealModule

/// The values that one hyperparameter may take.
public enum Domain: Hashable, Codable, Sendable {
  /// Real numbers in [low, high]; with `.log`, uniform in the logarithm, and low is above 0; with `.logit`,
  /// uniform in ln(x / (1 - x)), and the bounds are within (0, 1).
  case float(low: Double, high: Double, scale: Scale)
  /// Integers in [low, high]; with `.log`, uniform in the logarithm, and low is at least 1.
  case integer(low: Int, high: Int, scale: Scale)
  /// The numbers low + k `step`, k = 0, 1, ..., up to high; with `.log`, uniform in the logarithm.
  case quantized(low: Double, high: Double, step: Double, scale: Scale)
  /// Values in an order, at least one, all different, taken to lie at equal distances.
  case ordinal([ParameterValue])
  /// Unordered choices, at least one, all different. Numeric choices keep their numbers. One choice alone is
  /// a fixed value.
  case categorical([ParameterValue])

  /// Integers beyond ±2⁴⁰ are refused: the unit interval has too few `Double`s to tell them apart on a log
  /// scale.
  public static let largestInteger = 1 << 40
}

/// In what measure of a number equal distances matter equally. Integers and quantized numbers have no
/// `.logit`.
public enum Scale: String, Codable, CaseIterable, Sendable {
  case linear, log, logit
}

extension Domain {
  /// The powers of two from `low` to `high`, such as batch sizes; an ordinal. Empty, and so refused by
  /// `validate()`, if there is none between 1 and 2⁴⁰.
  public static func powersOfTwo(from low: Int, through high: Int) -> Domain {
    .ordinal((0...40).map { 1 << $0 }.filter { $0 >= low && $0 <= high }.map { .number(Double($0)) })
  }

  /// One value alone.
  public static func fixed(_ value: ParameterValue) -> Domain { .categorical([value]) }
}

extension Domain {
  /// How many values there are, or nil if they form a continuum.
  public var count: Int? {
    switch self {
    case .float: nil
    case .integer(let low, let high, _): max(1, high.subtractingReportingOverflow(low).partialValue &+ 1)
    case .quantized(let low, let high, let step, _): Grid(low, high, step).count
    case .ordinal(let choices), .categorical(let choices): choices.count
    }
  }

  /// True for choices, between which there is no order and no distance.
  public var isCategorical: Bool {
    if case .categorical = self { true } else { false }
  }

  /// The k-th value of a discrete domain, in its order; nil beyond the last, and for a continuum.
  func value(number k: Int) -> ParameterValue? {
    guard let count, (0..<count).contains(k) else { return nil }
    switch self {
    case .float: return nil
    case .integer(let low, _, _): return .number(Double(low + k))
    case .quantized(let low, let high, let step, _): return .number(Grid(low, high, step).value(k))
    case .ordinal(let choices), .categorical(let choices): return choices[k]
    }
  }

  /// `value` as this domain writes it: of a grid the decimal number, where an earlier version or a client
  /// wrote the sum of binary ones. Another value is itself.
  func canonical(_ value: ParameterValue) -> ParameterValue {
    guard case .quantized(let low, let high, let step, _) = self, case .number(let number) = value else {
      return value
    }
    let grid = Grid(low, high, step)
    return grid.index(of: number).map { .number(grid.value($0)) } ?? value
  }

  public func contains(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.float(let low, let high, _), .number(let number)):
      number >= low && number <= high
    case (.integer(let low, let high, _), .number(let number)):
      number >= Double(low) && number <= Double(high) && number.rounded(.towardZero) == number
    case (.quantized(let low, let high, let step, _), .number(let number)):
      Grid(low, high, step).index(of: number) != nil
    case (.ordinal(let choices), _), (.categorical(let choices), _):
      choices.contains(value)
    default:
      false
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
    case .quantized(let low, let high, let step, _):
      "a number from \(ParameterValue.number(low)) to \(ParameterValue.number(high)) in steps of "
        + "\(ParameterValue.number(step))"
    case .ordinal(let choices), .categorical(let choices):
      "one of \(choices.map(\.description).joined(separator: ", "))"
    }
  }
}
