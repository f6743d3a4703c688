/// The value of one hyperparameter: a number (floats and integers alike; an integer parameter's value is
/// integral) or the text of a categorical choice. In YAML and JSON it is the bare scalar.
public enum ParameterValue: Sendable {
  case number(Double)
  case text(String)
}

/// One value for every active hyperparameter, by name. What crosses a rank, a file or a restart.
public struct Configuration: Hashable, Sendable {
  public var values: [String: ParameterValue]

  public init(_ values: [String: ParameterValue] = [:]) { self.values = values }

  public subscript(name: String) -> ParameterValue? {
    get { values[name] }
    set { values[name] = newValue }
  }
}

extension ParameterValue: Hashable {
  /// A number is never a text, and texts are equal byte for byte: for `String` a composed letter equals the
  /// decomposed one, but they are two choices.
  public static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.number(let left), .number(let right)): left == right
    case (.text(let left), .text(let right)): left.hasSameBytes(as: right)
    case (.number, .text), (.text, .number): false
    }
  }

  /// Texts that differ only in how letters are composed share a hash.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .number(let number): hasher.combine(number)
    case .text(let text): hasher.combine(text)
    }
  }
}

extension String {
  /// Whether both are the same bytes in UTF-8; `==` takes composed and decomposed letters for the same.
  package func hasSameBytes(as other: String) -> Bool {
    self == other && utf8.elementsEqual(other.utf8)
  }
}

extension ParameterValue: CustomStringConvertible {
  /// The bare scalar: `8` rather than `8.0`.
  public var description: String {
    switch self {
    case .number(let number): Int(exactly: number).map(String.init) ?? "\(number)"
    case .text(let text): text
    }
  }
}

extension ParameterValue: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = .number(try container.decode(Double.self))
    } catch DecodingError.typeMismatch {
      self = .text(try container.decode(String.self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .number(let number): try container.encode(number)
    case .text(let text): try container.encode(text)
    }
  }
}

extension Configuration: Codable {
  public init(from decoder: any Decoder) throws {
    values = try decoder.singleValueContainer().decode([String: ParameterValue].self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values)
  }
}
