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

/// A name that a search space may use: which part of a `TrainingConfiguration` it stands for, and what it may
/// be.
public struct Hyperparameter: Sendable {
  /// The values that it takes.
  public enum Kind: Equatable, Sendable {
    case number(NumberRange)
    /// From `low` to `high`.
    case integer(low: Int, high: Int)
    case text([String])
  }

  /// As search spaces write it, such as `learning_rate`.
  public let name: String
  /// A sentence for the reference page.
  public let summary: String
  public let kind: Kind
  /// Whether it may change while a trial runs, its weights and optimizer memory kept: population based
  /// training perturbs only these.
  public let isLive: Bool
  /// What a configuration needs so that the name means something in it, such as `the optimizer sgd`; nil when
  /// it always does.
  public let applicability: String?

  let isApplicable: @Sendable (TrainingConfiguration) -> Bool
  let read: @Sendable (TrainingConfiguration) -> HyperparameterValue?
  let write: @Sendable (inout TrainingConfiguration, HyperparameterValue) -> Void
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
    }
  }

  public func accepts(_ value: HyperparameterValue) -> Bool {
    switch (self, value) {
    case (.number(let range), .number(let number)): range.contains(number)
    case (.integer(let low, let high), .number(let number)):
      Int(exactly: number).map { low <= $0 && $0 <= high } ?? false
    case (.text(let choices), .text(let text)): choices.contains(text)
    default: false
    }
  }
}

/// The names that search spaces may use.
public enum Hyperparameters {
  /// In the order in which they must be set: what others depend on comes first.
  public static let all: [Hyperparameter] = optimization + schedule + batch + regularization + architecture

  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// Nil for a name that is not in the table.
  public static func named(_ name: String) -> Hyperparameter? { byName[name] }
}

extension TrainingConfiguration {
  /// A copy with one hyperparameter set.
  ///
  /// - Throws: `TrainingError.invalid` for an unknown name, a value out of its range, or a name that means
  ///   nothing in this configuration, such as `momentum` with the optimizer `lamb`.
  public func setting(_ name: String, to value: HyperparameterValue) throws(TrainingError) -> Self {
    guard let hyperparameter = Hyperparameters.named(name) else {
      throw .invalid(
        subject: name, expected: "a hyperparameter", found: "an unknown name",
        remedy: "Write one of: \(Hyperparameters.all.map(\.name).joined(separator: ", ")).")
    }
    guard hyperparameter.isApplicable(self) else {
      throw .invalid(
        subject: name, expected: hyperparameter.applicability ?? "", found: kinds,
        remedy: "Take it out of the search space, or make it conditional there with `when`.")
    }
    guard hyperparameter.kind.accepts(value) else {
      throw .invalid(
        subject: name, expected: hyperparameter.kind.description, found: value.description,
        remedy: "Correct the value, or narrow the range of the search space.")
    }
    var copy = self
    hyperparameter.write(&copy, value)
    return copy
  }

  /// A copy with these hyperparameters set, in the table's order, so that `optimizer` comes before what
  /// depends on it.
  public func setting(_ values: [String: HyperparameterValue]) throws(TrainingError) -> Self {
    var copy = self
    for hyperparameter in Hyperparameters.all {
      if let value = values[hyperparameter.name] { copy = try copy.setting(hyperparameter.name, to: value) }
    }
    if let stranger = values.keys.sorted().first(where: { Hyperparameters.named($0) == nil }),
      let value = values[stranger]
    {
      copy = try copy.setting(stranger, to: value)
    }
    return copy
  }

  /// All hyperparameters that mean something in this configuration, by name.
  public var hyperparameters: [String: HyperparameterValue] {
    var values: [String: HyperparameterValue] = [:]
    for hyperparameter in Hyperparameters.all where hyperparameter.isApplicable(self) {
      values[hyperparameter.name] = hyperparameter.read(self)
    }
    return values
  }

  private var kinds: String {
    "the optimizer \(optimizer.kind.rawValue), the decay \(schedule.decay.rawValue), the model \(model.name) and "
      + (data.isText ? "a text" : "samples with labels")
  }
}
