/// The value of a hyperparameter: numbers and integers alike are numbers, choices are text.
public enum HyperparameterValue: Hashable, Sendable {
  case number(Double)
  case text(String)
}

extension HyperparameterValue: CustomStringConvertible {
  /// The bare scalar: `64`, `0.001`, `lamb`.
  public var description: String {
    switch self {
    case .number(let number): Int(exactly: number).map(String.init) ?? String(number)
    case .text(let text): text
    }
  }
}

/// A name that a search space may use, and what it may be.
public struct Hyperparameter: Equatable, Sendable {
  /// The values that it takes.
  public enum Kind: Equatable, Sendable {
    case number(NumberRange)
    /// From `low` to `high`.
    case integer(low: Int, high: Int)
    case text([String])
    /// A number or a text: whatever a program makes of it.
    case any
  }

  /// As search spaces write it, such as `learning_rate`.
  public var name: String
  /// A sentence for the reference page.
  public var summary: String
  public var kind: Kind
  /// Whether it may change while a trial runs, its weights and optimizer memory kept: population based
  /// training perturbs only these.
  public var isLive: Bool
  /// What a configuration needs so that the name means something in it, such as `the optimizer sgd`; nil when
  /// it always does.
  public var applicability: String?

  public init(name: String, summary: String, kind: Kind, isLive: Bool, applicability: String? = nil) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.isLive = isLive
    self.applicability = applicability
  }
}

/// An interval of real numbers, open or closed at either end.
public struct NumberRange: Equatable, Sendable {
  public var low: Double
  public var includesLow: Bool
  public var high: Double
  public var includesHigh: Bool

  public func contains(_ value: Double) -> Bool {
    value.isFinite && (value > low || includesLow && value == low)
      && (value < high || includesHigh && value == high)
  }

  /// At least `low`, below `high`.
  public static func from(_ low: Double, below high: Double) -> Self {
    Self(low: low, includesLow: true, high: high, includesHigh: false)
  }

  /// At least `low`, at most `high`.
  public static func from(_ low: Double, through high: Double) -> Self {
    Self(low: low, includesLow: true, high: high, includesHigh: true)
  }

  /// Above `low`, at most `high`.
  public static func above(_ low: Double, through high: Double) -> Self {
    Self(low: low, includesLow: false, high: high, includesHigh: true)
  }
}

extension NumberRange: CustomStringConvertible {
  /// Completes "expected", such as `a number at least 0 and below 1`.
  public var description: String {
    func text(_ bound: Double) -> String { HyperparameterValue.number(bound).description }
    var parts: [String] = []
    if low > -.infinity { parts.append("\(includesLow ? "at least" : "above") \(text(low))") }
    if high < .infinity { parts.append("\(includesHigh ? "at most" : "below") \(text(high))") }
    return parts.isEmpty ? "a number" : "a number \(parts.joined(separator: " and "))"
  }
}

extension Hyperparameter.Kind: CustomStringConvertible {
  /// Completes "expected", such as `an integer at least 1`.
  public var description: String {
    switch self {
    case .number(let range): range.description
    case .integer(let low, let high): "an integer from \(low) to \(high)"
    case .text(let choices): "one of \(choices.joined(separator: ", "))"
    case .any: "a number or a text"
    }
  }

  public func accepts(_ value: HyperparameterValue) -> Bool {
    switch (self, value) {
    case (.number(let range), .number(let number)): range.contains(number)
    case (.integer(let low, let high), .number(let number)):
      Int(exactly: number).map { low <= $0 && $0 <= high } ?? false
    case (.text(let choices), .text(let text)): choices.contains(text)
    case (.any, _): true
    default: false
    }
  }
}
