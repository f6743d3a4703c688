import JSON
import Search

/// What an `init` asks for.
struct InitRequest: Sendable {
  /// The cumulative budgets at which trials may be measured, in the client's unit.
  struct Fidelity: Equatable, Sendable {
    var least: Int
    var full: Int
  }

  var space: SpokenSpace
  /// What is tried before the sampler is asked.
  var starting: StartingConfigurations
  var seed: UInt64
  /// How many full evaluations are planned; nil where nobody said.
  var budget: Int?
  /// How many trials will be at work at once.
  var parallel: Int
  var goal: Objective.Goal
  /// Observations of earlier studies will be told before the first trial is asked for.
  var isWarm: Bool
  /// Nil when every trial is one full evaluation.
  var fidelity: Fidelity?

  enum Key: String, CaseIterable {
    case op, space, seed, budget, parallel, direction, warm, fidelity, constraints, baseline, first
  }

  private enum FidelityKey: String, CaseIterable {
    case name, min, max
  }

  /// - Throws: `LineError` that names what is wrong.
  init(_ node: JSONDocument.Node, of document: JSONDocument) throws(LineError) {
    let fields = try JSONFields<Key>(node, of: document, "")
    let remedy = "Write \"space\":[{\"name\":\"lr\",\"type\":\"float\",\"low\":0.001,\"high\":1}]."
    guard let parameters = try fields.list(.space, remedy: remedy) else {
      throw fields.error(.space, expected: "a list of parameters", remedy: remedy)
    }
    space = try SpaceRequest.read(parameters, constraints: Self.constraints(fields), of: document)
    starting = try Self.starting(fields, space)
    seed = UInt64(
      try fields.integer(.seed, in: 0...Int.max, standIn: 0, remedy: "Write a seed, or leave it out for 0."))
    budget = try Self.budget(fields)
    parallel = try fields.integer(
      .parallel, in: 1...1_000_000, standIn: 1, remedy: "Write how many trials will be at work at once.")
    goal = try Self.goal(fields)
    isWarm = try fields.flag(.warm)
    fidelity = try fields.given(.fidelity).map { node throws(LineError) in
      try Self.fidelity(node, of: document)
    }
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

  private static func goal(_ fields: JSONFields<Key>) throws(LineError) -> Objective.Goal {
    guard let node = fields.given(.direction) else { return .minimize }
    guard let text = fields.document.text(of: node), let goal = Objective.Goal(rawValue: text) else {
      throw fields.error(
        .direction, expected: "minimize or maximize",
        remedy: "Write one of them, or leave it out for minimize.")
    }
    return goal
  }

  private static func fidelity(
    _ node: JSONDocument.Node, of document: JSONDocument
  ) throws(LineError) -> Fidelity {
    let fields = try JSONFields<FidelityKey>(node, of: document, "fidelity")
    let remedy = "Count the fidelity in whole units, such as epochs."
    let least = try fields.integer(.min, in: 1...1_000_000_000, standIn: 1, remedy: remedy)
    let full = try fields.integer(.max, in: 1...1_000_000_000, remedy: remedy)
    guard full >= least else {
      throw fields.error(
        .max, expected: "at least min, which is \(least)", remedy: "Raise max, or lower min.")
    }
    return Fidelity(least: least, full: full)
  }
}
