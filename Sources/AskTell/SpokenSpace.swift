import JSON
import Search

/// A choice as the client wrote it, and as the search knows it.
struct SpokenChoice: Equatable, Sendable {
  var value: ParameterValue
  /// Written back byte for byte, so that a choice keeps its type: `true`, `64`, `"64"`.
  var literal: [UInt8]

  /// Whether it is a text, and not a number or a word such as `true`.
  private let isText: Bool

  /// Nil for a list, an object or a number that is not finite.
  init?(_ node: JSONDocument.Node, of document: JSONDocument) {
    guard let value = document.choice(at: node) else { return nil }
    self.value = value
    literal = Array(document.literal(of: node))
    isText = document.kind(of: node) == .text
  }

  /// A choice of a space that was not read from a line.
  init(_ value: ParameterValue) {
    self.value = value
    literal = []
    switch value {
    case .number: literal += value.description.utf8
    case .text(let text): literal.append(quoting: text)
    }
    if case .text = value { isText = true } else { isText = false }
  }

  /// What texts are known by that are written as a word beside them is, such as `"true"` beside `true`: their
  /// name in quotes.
  static func quoted(among choices: [SpokenChoice]) -> [ParameterValue: ParameterValue] {
    let words = choices.filter { !$0.isText }.map(\.value)
    let texts = choices.filter(\.isText).map(\.value)
    var quoted: [ParameterValue: ParameterValue] = [:]
    for text in texts where words.contains(text) {
      var name = "\"\(text)\""
      while texts.contains(.text(name)) { name = "\"\(name)\"" }
      quoted[text] = .text(name)
    }
    return quoted
  }

  /// The choice as a parameter with these `quoted` texts knows it.
  func known(_ quoted: [ParameterValue: ParameterValue]) -> SpokenChoice {
    var choice = self
    if isText, let other = quoted[value] { choice.value = other }
    return choice
  }
}

extension JSONDocument {
  /// A scalar as a choice: what is neither a number nor a text is known by its word.
  fileprivate func choice(at node: Node) -> ParameterValue? {
    switch kind(of: node) {
    case .text: text(of: node).map(ParameterValue.text)
    case .number: number(of: node).map(ParameterValue.number)
    case .yes: .text("true")
    case .no: .text("false")
    case .null: .text("null")
    case .array, .object: nil
    }
  }
}

/// A parameter as lines name it.
struct SpokenParameter: Sendable {
  let name: String
  /// As the search knows it: names that differ only in how their letters are composed are one to it.
  let ownName: String
  fileprivate let nameBytes: [UInt8]
  /// `"lr":`
  fileprivate let key: [UInt8]
  /// How each choice is written; empty for a number.
  fileprivate let literals: [ParameterValue: [UInt8]]
  /// Texts that the search knows by another name.
  private let quoted: [ParameterValue: ParameterValue]

  /// - Parameter choices: as the parameter knows them.
  init(
    name: String, ownName: String, choices: [SpokenChoice], quoted: [ParameterValue: ParameterValue]
  ) {
    self.name = name
    self.ownName = ownName
    self.quoted = quoted
    nameBytes = Array(name.utf8)
    var key: [UInt8] = []
    key.append(quoting: name)
    key.append(UInt8(ascii: ":"))
    self.key = key
    literals = Dictionary(choices.map { ($0.value, $0.literal) }, uniquingKeysWith: { first, _ in first })
  }

  fileprivate var isChoice: Bool { !literals.isEmpty }

  /// A scalar as this parameter knows it; nil for a list, an object or a number that is not finite.
  func choice(at node: JSONDocument.Node, of document: JSONDocument) -> ParameterValue? {
    guard let value = document.choice(at: node) else { return nil }
    return document.kind(of: node) == .text ? quoted[value] ?? value : value
  }
}

/// A search space, and how its configurations are written in lines.
struct SpokenSpace: Sendable {
  let space: SearchSpace
  private let parameters: [SpokenParameter]
  /// By the bytes of their names.
  private let places: [[UInt8]: Int]

  init(_ space: SearchSpace, _ parameters: [SpokenParameter]) {
    self.space = space
    self.parameters = parameters
    places = Dictionary(uniqueKeysWithValues: parameters.enumerated().map { ($1.nameBytes, $0) })
  }

  /// A space that was not read from a line, with its own names and values.
  init(_ space: SearchSpace) {
    self.init(
      space,
      space.parameters.map { parameter in
        SpokenParameter(
          name: parameter.name, ownName: parameter.name,
          choices: parameter.domain.choices.map(SpokenChoice.init), quoted: [:])
      })
  }

  /// `{"lr":0.01,"n":3,"act":"relu"}`, the active parameters in the order of the space.
  func write(_ configuration: Configuration, to line: inout [UInt8]) {
    line.append(UInt8(ascii: "{"))
    var isFirst = true
    for (parameter, domain) in zip(parameters, space.parameters.lazy.map(\.domain)) {
      guard let value = configuration[parameter.ownName] else { continue }
      if !isFirst { line.append(UInt8(ascii: ",")) }
      isFirst = false
      line += parameter.key
      if let literal = parameter.literals[value] {
        line += literal
      } else if case .number(let number) = value {
        if domain.count != nil, let integer = Int(exactly: number) {
          line.append(integer)
        } else {
          line.append(number)
        }
      }
    }
    line.append(UInt8(ascii: "}"))
  }

  /// The configuration that `params` is. Constraints need not hold: what was measured can be learned from.
  /// - Throws: `LineError` when it is none of the space.
  func read(
    _ node: JSONDocument.Node, of document: JSONDocument, _ subject: () -> String
  ) throws(LineError) -> Configuration {
    var configuration = try readPart(node, of: document, subject)
    configuration = space.canonical(configuration)
    do throws(SearchError) {
      _ = try space.point(of: configuration)
    } catch {
      throw LineError(
        "\(subject()), \(error.subject)", expected: error.expected, found: error.found, remedy: error.remedy)
    }
    return configuration
  }

  /// Values of some parameters, which need not be of their domains.
  func readPart(
    _ node: JSONDocument.Node, of document: JSONDocument, _ subject: () -> String
  ) throws(LineError) -> Configuration {
    guard document.kind(of: node) == .object else {
      throw LineError(
        subject(), expected: "an object", found: document.excerpt(of: node),
        remedy: "Write a value for each parameter.")
    }
    var values: [String: ParameterValue] = [:]
    values.reserveCapacity(parameters.count)
    var next = 0
    for (name, value) in document.members(of: node) {
      let place = try place(of: name, guess: next, of: document, subject)
      next = place + 1
      let old = values.updateValue(
        try read(value, as: place, of: document, subject), forKey: parameters[place].ownName)
      guard old == nil else {
        throw LineError(
          "\(subject()).\(parameters[place].name)", expected: "one value", found: "the key twice",
          remedy: "Remove one of them.")
      }
    }
    return Configuration(values)
  }

  /// Clients mostly keep the order of the space: then a name is compared once, and nothing is hashed.
  private func place(
    of name: JSONDocument.Node, guess: Int, of document: JSONDocument, _ subject: () -> String
  ) throws(LineError) -> Int {
    if guess < parameters.count, document.isText(name, parameters[guess].nameBytes) { return guess }
    let text = document.text(of: name) ?? ""
    guard let place = places[Array(text.utf8)] else {
      throw LineError(
        "\(subject()).\(text)", expected: "a parameter of the space", found: "an unknown name",
        remedy: "Correct the name or remove it.")
    }
    return place
  }

  private func read(
    _ node: JSONDocument.Node, as place: Int, of document: JSONDocument, _ subject: () -> String
  ) throws(LineError) -> ParameterValue {
    if parameters[place].isChoice, let choice = parameters[place].choice(at: node, of: document) {
      return choice
    }
    if !parameters[place].isChoice, let number = document.number(of: node) { return .number(number) }
    throw LineError(
      "\(subject()).\(parameters[place].name)", expected: "\(space.parameters[place].domain)",
      found: document.excerpt(of: node), remedy: "Give it a value of its domain.")
  }
}

extension Domain {
  /// The values that are written out; none of a range.
  fileprivate var choices: [ParameterValue] {
    switch self {
    case .ordinal(let choices), .categorical(let choices): choices
    case .float, .integer, .quantized: []
    }
  }
}
