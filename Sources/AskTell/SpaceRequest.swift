import Search

/// Reads the `space` of an `init`: one object a parameter, in the order in which answers name them.
///
///     {"name":"lr","type":"float","low":1e-5,"high":0.1,"log":true}
struct SpaceRequest {
  /// More parameters, or more choices of them together, than any sampler is made for.
  static let mostParameters = 2_000
  static let mostChoices = 100_000

  private enum Key: String, CaseIterable {
    case name, type, low, high, log, choices
  }

  private enum Kind: String, CaseIterable {
    case float, int, cat
  }

  private let document: JSONDocument
  private var choicesLeft = Self.mostChoices
  private var parameters: [Parameter] = []
  private var spoken: [SpokenParameter] = []

  /// - Throws: `LineError` that names the parameter and the key.
  static func read(_ nodes: [JSONDocument.Node], of document: JSONDocument) throws(LineError) -> SpokenSpace {
    guard nodes.count <= mostParameters else {
      throw LineError(
        "space", expected: "at most \(mostParameters) parameters", found: "\(nodes.count)",
        remedy: "Search the ones that matter.")
    }
    var request = SpaceRequest(document: document)
    for (index, node) in nodes.enumerated() {
      try request.read(JSONFields(node, of: document, "space[\(index)]"))
    }
    let space = SearchSpace(request.parameters)
    do throws(SearchError) {
      try space.validate()
    } catch {
      throw LineError(error)
    }
    return SpokenSpace(space, request.spoken)
  }

  private init(document: JSONDocument) { self.document = document }

  private mutating func read(_ fields: JSONFields<Key>) throws(LineError) {
    let name = try fields.text(.name, expected: "the parameter's name", remedy: "Write \"name\":\"lr\".")
    guard name.utf8.count <= 1000 else {
      throw fields.error(.name, expected: "a name of at most 1000 bytes", remedy: "Shorten it.")
    }
    let types = Kind.allCases.map(\.rawValue).joined(separator: ", ")
    let type = try fields.text(.type, expected: "one of \(types)", remedy: "Write \"type\":\"float\".")
    guard let kind = Kind(rawValue: type) else {
      throw fields.error(.type, expected: "one of \(types)", remedy: "Write \"type\":\"float\".")
    }
    let choices = kind == .cat ? try readChoices(fields) : []
    let domain = try domain(kind, fields, choices.map(\.value))
    parameters.append(Parameter(name: name, domain: domain))
    spoken.append(SpokenParameter(name: name, choices: choices))
  }

  private func domain(
    _ kind: Kind, _ fields: JSONFields<Key>, _ choices: [ParameterValue]
  ) throws(LineError) -> Domain {
    let (low, high) = ("Write the smallest value to try.", "Write the largest value to try.")
    switch kind {
    case .float:
      return .float(
        low: try fields.number(.low, remedy: low), high: try fields.number(.high, remedy: high),
        scale: try fields.flag(.log) ? .log : .linear)
    case .int:
      return .integer(
        low: try fields.integer(.low, in: .min ... .max, remedy: low),
        high: try fields.integer(.high, in: .min ... .max, remedy: high),
        scale: try fields.flag(.log) ? .log : .linear)
    case .cat:
      return .categorical(choices)
    }
  }

  private mutating func readChoices(_ fields: JSONFields<Key>) throws(LineError) -> [SpokenChoice] {
    let remedy = "Write \"choices\":[\"relu\",\"gelu\"]."
    guard let nodes = try fields.list(.choices, remedy: remedy) else {
      throw fields.error(.choices, expected: "a list of choices", remedy: remedy)
    }
    choicesLeft -= nodes.count
    guard choicesLeft >= 0 else {
      throw LineError(
        fields.place(of: .choices),
        expected: "at most \(Self.mostChoices) choices of all parameters together",
        found: "more", remedy: "Write a range of integers instead, or fewer choices.")
    }
    var choices: [SpokenChoice] = []
    choices.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      guard let choice = SpokenChoice(node, of: document) else {
        throw LineError(
          "\(fields.place(of: .choices))[\(index)]", expected: "a text, a finite number, true, false or null",
          found: document.excerpt(of: node), remedy: "Write a choice that an answer can name.")
      }
      choices.append(choice)
    }
    return choices
  }
}
