import JSON
import Search

/// Reads the `space` of an `init`: one object a parameter, in the order in which answers name them.
///
///     {"name":"lr","type":"float","low":1e-5,"high":0.1,"log":true}
///     {"name":"momentum","type":"float","low":0,"high":1,"when":{"optimizer":"sgd"}}
struct SpaceRequest {
  /// More parameters, or more choices of them together, than any sampler is made for.
  static let mostParameters = 2_000
  static let mostChoices = 100_000

  private enum Key: String, CaseIterable {
    case name, type, low, high, log, logit, scale, step, choices, value, when, prior
  }

  private enum Kind: String, CaseIterable {
    case float, int, cat, ordinal, fixed

    /// By its own name, or by what experiment files call it.
    init?(spoken name: String) {
      self.init(rawValue: ["integer": "int", "categorical": "cat"][name] ?? name)
    }
  }

  private let document: JSONDocument
  private var choicesLeft = Self.mostChoices
  private var parameters: [Parameter] = []
  private var spoken: [SpokenParameter] = []

  /// - Throws: `LineError` that names the parameter and the key.
  static func read(
    _ nodes: [JSONDocument.Node], constraints: [Constraint], of document: JSONDocument
  ) throws(LineError) -> SpokenSpace {
    guard nodes.count <= mostParameters else {
      throw LineError(
        "space", expected: "at most \(mostParameters) parameters", found: "\(nodes.count)",
        remedy: "Search the ones that matter.")
    }
    var request = SpaceRequest(document: document)
    for (index, node) in nodes.enumerated() {
      try request.read(JSONFields(node, of: document, "space[\(index)]"))
    }
    let spoken = request.spoken
    let space = SearchSpace(
      request.parameters,
      constraints: constraints.map { constraint in
        constraint.renaming { name in spoken.first { $0.name.hasSameBytes(as: name) }?.ownName ?? name }
      })
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
    guard let type = fields[.type], let kind = document.text(of: type).flatMap(Kind.init(spoken:)) else {
      throw fields.error(.type, expected: "one of \(types)", remedy: "Write \"type\":\"float\".")
    }
    let written: [SpokenChoice] =
      switch kind {
      case .cat, .ordinal: try readChoices(fields)
      case .fixed: [try readValue(fields)]
      case .float, .int: []
      }
    let quoted = SpokenChoice.quoted(among: written)
    let choices = written.map { $0.known(quoted) }
    let parameter = SpokenParameter(name: name, ownName: ownName(for: name), choices: choices, quoted: quoted)
    parameters.append(
      Parameter(
        name: parameter.ownName, domain: try domain(kind, fields, choices.map(\.value)),
        condition: try condition(fields), prior: try prior(fields, of: parameter)))
    spoken.append(parameter)
  }

  /// `name`, or where the search would take it for another parameter's the same with a mark.
  private func ownName(for name: String) -> String {
    // A name that is there twice, byte for byte, is the space's to refuse.
    guard !spoken.contains(where: { $0.name.hasSameBytes(as: name) }) else { return name }
    var own = name
    while parameters.contains(where: { $0.name == own }) { own += "'" }
    return own
  }

  private func domain(
    _ kind: Kind, _ fields: JSONFields<Key>, _ choices: [ParameterValue]
  ) throws(LineError) -> Domain {
    let (low, high) = ("Write the smallest value to try.", "Write the largest value to try.")
    switch kind {
    case .int where fields.given(.step) == nil:
      return .integer(
        low: try fields.integer(.low, in: .min ... .max, remedy: low),
        high: try fields.integer(.high, in: .min ... .max, remedy: high), scale: try scale(fields))
    case .int:
      return .quantized(
        low: Double(try fields.integer(.low, in: .min ... .max, remedy: low)),
        high: Double(try fields.integer(.high, in: .min ... .max, remedy: high)),
        step: Double(try fields.integer(.step, in: 1 ... .max, remedy: "Write a whole step.")),
        scale: try scale(fields))
    case .float:
      let (low, high) = (try fields.number(.low, remedy: low), try fields.number(.high, remedy: high))
      guard fields.given(.step) != nil else { return .float(low: low, high: high, scale: try scale(fields)) }
      return .quantized(
        low: low, high: high,
        step: try fields.number(.step, remedy: "Write the distance between two values."),
        scale: try scale(fields))
    case .ordinal: return .ordinal(choices)
    case .cat, .fixed: return .categorical(choices)
    }
  }

  private func scale(_ fields: JSONFields<Key>) throws(LineError) -> Scale {
    if let node = fields.given(.scale) {
      guard let scale = document.text(of: node).flatMap(Scale.init) else {
        throw fields.error(
          .scale, expected: Scale.allCases.map(\.rawValue).joined(separator: ", "),
          remedy: "Write one of them, or leave it out for linear.")
      }
      guard fields.given(.log) == nil, fields.given(.logit) == nil else {
        throw fields.error(.scale, expected: "one scale", remedy: "Leave out log and logit.")
      }
      return scale
    }
    switch (try fields.flag(.log), try fields.flag(.logit)) {
    case (false, false): return .linear
    case (true, false): return .log
    case (false, true): return .logit
    case (true, true):
      throw fields.error(.logit, expected: "one scale", remedy: "Leave out log or logit.")
    }
  }
}

// Choices and fixed values.
extension SpaceRequest {
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
      choices.append(try choice(node, "\(fields.place(of: .choices))[\(index)]"))
    }
    return choices
  }

  private func readValue(_ fields: JSONFields<Key>) throws(LineError) -> SpokenChoice {
    guard let node = fields[.value] else {
      throw fields.error(.value, expected: "the fixed value", remedy: "Write \"value\":64.")
    }
    return try choice(node, fields.place(of: .value))
  }

  private func choice(_ node: JSONDocument.Node, _ subject: String) throws(LineError) -> SpokenChoice {
    guard let choice = SpokenChoice(node, of: document) else {
      throw LineError(
        subject, expected: "a text, a finite number, true, false or null", found: document.excerpt(of: node),
        remedy: "Write a choice that an answer can name.")
    }
    return choice
  }
}

// Values of another parameter or of the own one.
extension SpaceRequest {
  /// As `parameter` knows it; nil for one that nobody knows, which the space refuses.
  private func value(
    _ node: JSONDocument.Node, of parameter: SpokenParameter?, _ subject: String
  ) throws(LineError) -> ParameterValue {
    let plain = try choice(node, subject).value
    return parameter?.choice(at: node, of: document) ?? plain
  }
}

// When a parameter is active, and where its best value is believed to be.
extension SpaceRequest {
  private enum RangeKey: String, CaseIterable {
    case low, high
  }

  private enum PriorKey: String, CaseIterable {
    case value, confidence, deviation
  }

  /// `{"optimizer":"sgd"}`, `{"optimizer":["sgd","adam"]}`, `{"layers":{"low":2}}`; all of them, if there are
  /// several.
  private func condition(_ fields: JSONFields<Key>) throws(LineError) -> Condition? {
    guard let node = fields.given(.when) else { return nil }
    guard document.kind(of: node) == .object else {
      throw fields.error(.when, expected: "an object", remedy: "Write \"when\":{\"optimizer\":\"sgd\"}.")
    }
    var conditions: [Condition] = []
    for (name, value) in document.members(of: node) {
      let name = document.text(of: name) ?? ""
      let parent = spoken.first { $0.name.hasSameBytes(as: name) }
      let requirement = try requirement(value, of: parent, "\(fields.place(of: .when)).\(name)")
      conditions.append(Condition(parameter: parent?.ownName ?? name, requirement))
    }
    guard var first = conditions.first else { return nil }
    first.also = Array(conditions.dropFirst())
    return first
  }

  private func requirement(
    _ node: JSONDocument.Node, of parent: SpokenParameter?, _ subject: String
  ) throws(LineError) -> Condition.Requirement {
    switch document.kind(of: node) {
    case .array:
      var values: [ParameterValue] = []
      for element in document.elements(of: node) { values.append(try value(element, of: parent, subject)) }
      return .oneOf(values)
    case .object:
      let fields = try JSONFields<RangeKey>(node, of: document, subject)
      func end(_ key: RangeKey) throws(LineError) -> ParameterValue? {
        try fields.given(key).map { node throws(LineError) in
          try value(node, of: parent, fields.place(of: key))
        }
      }
      return .range(low: try end(.low), high: try end(.high))
    default:
      return .oneOf([try value(node, of: parent, subject)])
    }
  }

  /// `{"value":0.01,"confidence":"high"}`, or a `deviation` as a share of the range.
  private func prior(
    _ fields: JSONFields<Key>, of parameter: SpokenParameter
  ) throws(LineError) -> Prior? {
    guard let node = fields.given(.prior) else { return nil }
    let prior = try JSONFields<PriorKey>(node, of: document, fields.place(of: .prior))
    guard let guess = prior[.value] else {
      throw prior.error(.value, expected: "the guess", remedy: "Write \"value\":0.01.")
    }
    let value = try value(guess, of: parameter, prior.place(of: .value))
    if prior.given(.deviation) != nil {
      return Prior(
        value: value, deviation: try prior.number(.deviation, remedy: "Write a share of the range."))
    }
    guard let node = prior.given(.confidence) else { return Prior(value: value, confidence: .medium) }
    guard let confidence = document.text(of: node).flatMap(Prior.Confidence.init) else {
      throw prior.error(
        .confidence, expected: "low, medium or high", remedy: "Write one of them, or leave it out for medium."
      )
    }
    return Prior(value: value, confidence: confidence)
  }
}
