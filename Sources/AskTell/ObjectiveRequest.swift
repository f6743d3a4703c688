import JSON
import Search

/// Reads what a study is about: `direction`, or `objectives` where they have names, and `limits`.
///
///     "objectives":{"loss":"minimize","tokens_per_second":"maximize"}
///     "limits":{"memory":{"at_most":5}}
struct ObjectiveRequest {
  /// What the one objective is called that has no name.
  static let unnamed = "value"
  /// More than any study is about.
  private static let most = 100

  private enum LimitKey: String, CaseIterable {
    case atLeast = "at_least"
    case atMost = "at_most"
  }

  let fields: JSONFields<InitRequest.Key>
  private var document: JSONDocument { fields.document }

  init(_ fields: JSONFields<InitRequest.Key>) { self.fields = fields }

  func read() throws(LineError) -> Objective {
    let goal = try direction()
    var objective = try objectives() ?? Objective(metric: Self.unnamed, goal: goal)
    objective.limits = try limits()
    return objective
  }

  private func direction() throws(LineError) -> Objective.Goal {
    guard let node = fields.given(.direction) else { return .minimize }
    guard let goal = goal(node) else {
      throw fields.error(
        .direction, expected: "minimize or maximize",
        remedy: "Write one of them, or leave it out for minimize.")
    }
    return goal
  }

  private func goal(_ node: JSONDocument.Node) -> Objective.Goal? {
    document.text(of: node).flatMap(Objective.Goal.init)
  }

  private func objectives() throws(LineError) -> Objective? {
    guard let node = fields.given(.objectives) else { return nil }
    guard fields.given(.direction) == nil else {
      throw fields.error(
        .direction, expected: "either direction or objectives", remedy: "Remove direction.")
    }
    var parts: [Objective.Part] = []
    for (name, value) in try members(node, .objectives, "\"objectives\":{\"loss\":\"minimize\"}") {
      guard let goal = goal(value) else {
        throw LineError(
          "objectives.\(name)", expected: "minimize or maximize", found: document.excerpt(of: value),
          remedy: "Write one of them.")
      }
      parts.append(Objective.Part(metric: name, goal: goal))
    }
    return Objective(metric: parts[0].metric, goal: parts[0].goal, further: Array(parts.dropFirst()))
  }

  private func limits() throws(LineError) -> [MetricLimit] {
    guard let node = fields.given(.limits) else { return [] }
    var limits: [MetricLimit] = []
    for (name, value) in try members(node, .limits, "\"limits\":{\"memory\":{\"at_most\":5}}") {
      let entry = try JSONFields<LimitKey>(value, of: document, "limits.\(name)")
      func bound(_ key: LimitKey) throws(LineError) -> Double? {
        guard entry.given(key) != nil else { return nil }
        return try entry.number(key, remedy: "Write a number, or leave it out.")
      }
      let limit = MetricLimit(metric: name, atLeast: try bound(.atLeast), atMost: try bound(.atMost))
      let isEmpty = limit.atLeast == nil && limit.atMost == nil
      guard !isEmpty, limit.atLeast ?? -.infinity <= limit.atMost ?? .infinity else {
        throw LineError(
          "limits.\(name)", expected: "at_least, at_most, or a range of both",
          found: isEmpty ? "neither" : "at_least above at_most",
          remedy: "Write, for example, {\"at_most\":5}.")
      }
      limits.append(limit)
    }
    return limits
  }

  /// The members of an object of metrics, at least one, each once.
  private func members(
    _ node: JSONDocument.Node, _ key: InitRequest.Key, _ example: String
  ) throws(LineError) -> [(String, JSONDocument.Node)] {
    var members: [(String, JSONDocument.Node)] = []
    for (name, value) in document.members(of: node) {
      let name = document.text(of: name) ?? ""
      guard members.count < Self.most, name.utf8.count <= 1000 else {
        throw fields.error(
          key, expected: "at most \(Self.most) metrics, with names of at most 1000 bytes",
          remedy: "Name those that matter.")
      }
      guard !members.contains(where: { $0.0 == name }) else {
        throw LineError(
          "\(key.rawValue).\(name)", expected: "one value", found: "the key twice",
          remedy: "Remove one of them.")
      }
      members.append((name, value))
    }
    guard !members.isEmpty else {
      throw fields.error(
        key, expected: "an object of at least one metric", remedy: "Write \(example), or leave it out.")
    }
    return members
  }
}
