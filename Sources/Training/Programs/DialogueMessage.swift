internal import JSON

/// What a rank says to its program in the dialogue, and what it is answered: lines of JSON. docs/trainee.md describes
/// them one by one.
struct DialogueMessage {
  /// Raised when an older client could not follow.
  static let version = 1

  private var members: [String: JSONValue]

  // MARK: The rank's

  init(do word: String, _ members: [String: JSONValue] = [:]) {
    self.members = members
    self.members["do"] = .text(word)
  }

  var line: [UInt8] {
    Array(Self.text(of: .object(members)).utf8)
  }

  static func values(_ values: [String: HyperparameterValue]) -> JSONValue {
    .object(values.mapValues(JSONValue.init))
  }

  // MARK: The program's

  /// - Throws: `TrainingError.invalid` for what is no message.
  init(answer line: [UInt8]) throws(TrainingError) {
    let value = try? JSONDocumentDecoder().decode(JSONValue.self, from: line)
    guard case .object(let members)? = value, case .text? = members["say"] else {
      throw Self.unexpected("a message: a JSON object with the key \"say\"", Self.excerpt(line))
    }
    self.members = members
  }

  /// What the rank asks for.
  /// The same to a program that knows of no trial.
  var asBeginning: Self { Self(do: "begin", members) }

  var doing: String { if case .text(let word)? = members["do"] { word } else { "" } }

  /// What the program says.
  var word: String { if case .text(let word)? = members["say"] { word } else { "" } }

  func text(_ key: String) -> String? { if case .text(let text)? = members[key] { text } else { nil } }

  func integer(_ key: String) -> Int? {
    if case .integer(let integer)? = members[key] { integer } else { nil }
  }

  /// Numbers by name, NaN and infinities too.
  ///
  /// - Throws: `TrainingError.invalid` for what is no number.
  func numbers(_ key: String) throws(TrainingError) -> [String: Double] {
    guard case .object(let values)? = members[key] else { return [:] }
    var numbers: [String: Double] = [:]
    for (name, value) in values {
      guard let number = Self.number(value) else {
        throw Self.unexpected("a number for \(name) in \(key) of \(word)", Self.text(of: value))
      }
      numbers[name] = number
    }
    return numbers
  }

  /// Values of hyperparameters by name.
  func hyperparameters(_ key: String) throws(TrainingError) -> [String: HyperparameterValue] {
    guard case .object(let values)? = members[key] else { return [:] }
    var found: [String: HyperparameterValue] = [:]
    for (name, value) in values {
      guard let value = HyperparameterValue(value) else {
        throw Self.unexpected("a number or a text for \(name) in \(key) of \(word)", Self.text(of: value))
      }
      found[name] = value
    }
    return found
  }

  /// The values of the key `name` of a list of objects; nil where there is no such list.
  func names(_ key: String) -> [String]? {
    guard case .array(let items)? = members[key] else { return nil }
    return items.compactMap { item in
      guard case .object(let members) = item, case .text(let name)? = members["name"] else { return nil }
      return name
    }
  }

  static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .unsigned(let unsigned): Double(unsigned)
    case .number(let number): number
    case .text("NaN"): .nan
    case .text("Infinity"): .infinity
    case .text("-Infinity"): -.infinity
    default: nil
    }
  }

  static func unexpected(_ expected: String, _ found: String) -> TrainingError {
    .invalid(
      subject: "the dialogue", expected: expected, found: found,
      remedy: "See docs/trainee.md. What a program prints for people goes to its standard output.")
  }

  /// As it is written.
  static func text(of value: JSONValue) -> String {
    String(decoding: (try? SortedJSONEncoder().encode(value)) ?? [], as: UTF8.self)
  }

  static func excerpt(_ line: [UInt8]) -> String {
    let longest = 200
    let text = String(decoding: line.prefix(longest), as: UTF8.self)
    return line.count > longest ? "\(text)..." : text
  }
}

extension JSONValue {
  init(_ value: HyperparameterValue) {
    switch value {
    // A whole number is written without a point: programs tell integers from numbers.
    case .number(let number): self = Int(exactly: number).map(JSONValue.integer) ?? .number(number)
    case .text(let text): self = .text(text)
    }
  }
}

extension HyperparameterValue {
  init?(_ value: JSONValue) {
    switch value {
    case .text(let text): self = .text(text)
    case .boolean(let truth): self = .text(truth ? "true" : "false")
    default:
      guard let number = DialogueMessage.number(value) else { return nil }
      self = .number(number)
    }
  }
}
