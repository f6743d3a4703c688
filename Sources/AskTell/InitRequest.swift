import JSON
import Search

/// What an `init` asks for.
struct InitRequest: Sendable {
  var terms: StudyTerms
  /// How many trials will be at work at once.
  var parallel: Int
  /// Observations of earlier studies will be told before the first trial is asked for.
  var isWarm: Bool
  /// Where earlier studies are that the sampler learns from; mostly none.
  var transfer: [String]

  enum Key: String, CaseIterable {
    case op, space, seed, budget, parallel, direction, objectives, limits, warm, fidelity, constraints
    case baseline, first, transfer
  }

  private enum FidelityKey: String, CaseIterable {
    case name, min, max, step
  }

  /// - Throws: `LineError` that names what is wrong.
  init(_ fields: JSONFields<Key>) throws(LineError) {
    let remedy = "Write \"space\":[{\"name\":\"lr\",\"type\":\"float\",\"low\":0.001,\"high\":1}]."
    guard let parameters = try fields.list(.space, remedy: remedy) else {
      throw fields.error(.space, expected: "a list of parameters", remedy: remedy)
    }
    let space = try SpaceRequest.read(
      parameters, constraints: Self.constraints(fields), of: fields.document)
    let starting = try Self.starting(fields, space)
    let seed = try Self.seed(fields) ?? 0
    let budget = try Self.budget(fields)
    parallel = try fields.integer(
      .parallel, in: 1...1_000_000, standIn: 1, remedy: "Write how many trials will be at work at once.")
    let objective = try ObjectiveRequest(fields).read()
    isWarm = try fields.flag(.warm)
    let fidelity = try fields.given(.fidelity).map { node throws(LineError) in
      try Self.fidelity(node, of: fields.document)
    }
    transfer = try Self.transfer(fields)
    terms = StudyTerms(
      space: space, starting: starting, seed: seed, objective: objective, fidelity: fidelity,
      plannedTrials: fidelity == nil ? budget : nil)
  }

  /// Nil where there is none.
  static func seed(_ fields: JSONFields<Key>) throws(LineError) -> UInt64? {
    guard fields.given(.seed) != nil else { return nil }
    return UInt64(
      try fields.integer(.seed, in: 0...Int.max, remedy: "Write a seed, or leave it out for 0."))
  }

  /// Planned evaluations may be a part of one: they are rounded up.
  private static func budget(_ fields: JSONFields<Key>) throws(LineError) -> Int? {
    guard let node = fields.given(.budget) else { return nil }
    guard let number = fields.document.number(of: node), number > 0, number <= 1e9 else {
      throw fields.error(
        .budget, expected: "a number above 0 and at most 1e9",
        remedy: "Write how many full evaluations are planned, or leave it out.")
    }
    return Int(number.rounded(.up))
  }

  /// Formulas, such as `"constraints":["n * width <= 4096"]`.
  private static func constraints(_ fields: JSONFields<Key>) throws(LineError) -> [Constraint] {
    let remedy = "Write \"constraints\":[\"n * width <= 4096\"]."
    var constraints: [Constraint] = []
    for node in try fields.list(.constraints, remedy: remedy) ?? [] {
      guard let text = fields.document.text(of: node), text.utf8.count <= 10_000, constraints.count < 1000
      else {
        throw fields.error(.constraints, expected: "a list of at most 1000 formulas", remedy: remedy)
      }
      do throws(SearchError) {
        constraints.append(try Constraint(text))
      } catch {
        throw LineError(error)
      }
    }
    return constraints
  }

  /// `"baseline":{"lr":0.01}` and `"first":[{"n":2},...]`; each may leave parameters out.
  private static func starting(
    _ fields: JSONFields<Key>, _ space: SpokenSpace
  ) throws(LineError) -> StartingConfigurations {
    var starting = StartingConfigurations()
    if let node = fields.given(.baseline) {
      starting.baseline = try space.readPart(node, of: fields.document) { "baseline" }
    }
    for (index, node) in (try fields.list(.first, remedy: "Write \"first\":[{\"n\":2}].") ?? []).enumerated()
    {
      starting.first.append(try space.readPart(node, of: fields.document) { "first[\(index)]" })
    }
    do throws(SearchError) {
      try starting.validate(in: space.space)
    } catch {
      throw LineError(error)
    }
    return starting
  }

  /// `"transfer":["runs/earlier","trials.csv"]`.
  private static func transfer(_ fields: JSONFields<Key>) throws(LineError) -> [String] {
    let remedy = "Write the run directories of earlier studies, or tables of their trials."
    var paths: [String] = []
    for node in try fields.list(.transfer, remedy: remedy) ?? [] {
      guard let path = fields.document.text(of: node), !path.isEmpty, !path.utf8.contains(0),
        paths.count < 1000
      else { throw fields.error(.transfer, expected: "a list of at most 1000 paths", remedy: remedy) }
      paths.append(path)
    }
    return paths
  }
}

// How far trials are trained.
extension InitRequest {
  private static let mostFidelity = 1_000_000_000.0

  private static func fidelity(
    _ node: JSONDocument.Node, of document: JSONDocument
  ) throws(LineError) -> SpokenFidelity {
    let fields = try JSONFields<FidelityKey>(node, of: document, "fidelity")
    let least = try number(.min, fields, standIn: 1)
    let full = try number(.max, fields)
    guard full >= least else {
      throw fields.error(
        .max, expected: "at least min, which is \(ParameterValue.number(least))",
        remedy: "Raise max, or lower min.")
    }
    let step = fields.given(.step) == nil ? nil : try number(.step, fields)
    if step == nil, let least = Int(exactly: least), let full = Int(exactly: full) {
      return SpokenFidelity(from: least, to: full)
    }
    guard let fidelity = SpokenFidelity(from: least, to: full, step: step) else {
      throw fields.error(
        .step, expected: "a step of which min and max are multiples",
        remedy: "Write \"step\":0.05, and multiples of it as min and max.")
    }
    return fidelity
  }

  private static func number(
    _ key: FidelityKey, _ fields: JSONFields<FidelityKey>, standIn: Double? = nil
  ) throws(LineError) -> Double {
    if fields.given(key) == nil, let standIn { return standIn }
    guard let node = fields.given(key), let number = fields.document.number(of: node), number >= 1e-9,
      number <= mostFidelity
    else {
      throw fields.error(
        key, expected: "a number from 1e-9 to 1e9",
        remedy: "Write how far a trial is trained, such as 9 or 0.25."
      )
    }
    return number
  }
}
