import JSON
import Search

/// Answers `state`: what was told and found, and what the model believes at given points.
///
///     {"op":"state","at":[{"lr":0.01,"n":3}]}
struct StateRequest {
  enum Key: String, CaseIterable {
    case op, at
  }

  /// Nil where no points are asked about.
  let points: [Configuration]?

  /// - Throws: `LineError` that names the point, by its place in the line, and what is wrong with it.
  init(_ document: JSONDocument, _ space: SpokenSpace) throws(LineError) {
    let fields = try JSONFields<Key>(document.root, of: document, "")
    let nodes = try fields.list(.at, remedy: "Write \"at\":[{\"lr\":0.01}]: parameters as in a tell.")
    guard nodes?.count ?? 0 <= AskTellSession.mostTrials else {
      throw fields.error(
        .at, expected: "at most \(AskTellSession.mostTrials) points", remedy: "Ask in several lines.")
    }
    points = try nodes.map { nodes throws(LineError) in
      var points: [Configuration] = []
      for (index, node) in nodes.enumerated() {
        points.append(try space.read(node, of: document) { "at[\(index)]" })
      }
      return points
    }
  }

}

extension AskTellStudy {
  mutating func answer(_ request: StateRequest, to line: inout [UInt8]) throws(LineError) {
    var expectation: Expectation?
    if let points = request.points { expectation = try self.expectation(at: points) }
    line.append(#"{"told":"#)
    line.append(findings.told)
    line.append(#","failed":"#)
    line.append(findings.failed)
    line.append(#","pending":"#)
    line.append(list: atWork.keys.sorted()) { trial, line in line.append(trial.rawValue) }
    line.append(isFinished ? #","finished":true"# : #","finished":false"#)
    line.append(#","sampler":"#)
    line.append(quoting: samplerName)
    line.append(#","objectives":{"#)
    for (index, part) in terms.objective.parts.enumerated() {
      if index > 0 { line.append(",") }
      line.append(quoting: part.metric)
      line.append(":")
      line.append(quoting: part.goal.rawValue)
    }
    line.append("}")
    if let rationale = rationale {
      line.append(#","because":"#)
      line.append(quoting: rationale)
    }
    let writer = FindingWriter(terms: terms)
    line.append(#","best":"#)
    if let best = findings.best { writer.append(best, to: &line) } else { line.append("null") }
    if !terms.objective.further.isEmpty {
      line.append(#","front":"#)
      line.append(list: findings.front, writer.append)
    }
    switch expectation {
    case .beliefs(let beliefs):
      line.append(#","beliefs":"#)
      line.append(list: beliefs, writer.append)
    case .nothing(let reason):
      line.append(#","beliefs":null,"no_beliefs":"#)
      line.append(quoting: reason)
    case nil: break
    }
    line.append("}")
  }
}

/// Writes what was found as lines have it.
private struct FindingWriter {
  let terms: StudyTerms

  func append(_ finding: Finding, to line: inout [UInt8]) {
    line.append(#"{"id":"#)
    if let trial = finding.trial { line.append(trial.rawValue) } else { line.append("null") }
    line.append(#","params":"#)
    terms.space.write(finding.configuration, to: &line)
    line.append(#","value":"#)
    append(byObjective: finding.costs.costs, to: &line) { cost, part, line in
      line.append(part.score(of: cost))
    }
    if let fidelity = terms.fidelity {
      line.append(#","fidelity":"#)
      fidelity.append(finding.budget, to: &line)
    }
    if !terms.objective.limits.isEmpty {
      line.append(#","breaks":"#)
      line.append(list: finding.result.brokenLimits) { limit, line in line.append(quoting: limit.text) }
    }
    line.append("}")
  }

  func append(_ beliefs: [Belief], to line: inout [UInt8]) {
    append(byObjective: beliefs, to: &line) { belief, part, line in
      line.append(#"{"mean":"#)
      line.append(part.score(of: belief.mean))
      line.append(#","deviation":"#)
      line.append(belief.deviation)
      line.append("}")
    }
  }

  /// The value of the one objective, or an object of them by name.
  private func append<Value>(
    byObjective values: [Value], to line: inout [UInt8],
    _ append: (Value, Objective.Part, inout [UInt8]) -> Void
  ) {
    let parts = terms.objective.parts
    guard parts.count > 1 else { return append(values[0], parts[0], &line) }
    line.append("{")
    for (index, (part, value)) in zip(parts, values).enumerated() {
      if index > 0 { line.append(",") }
      line.append(quoting: part.metric)
      line.append(":")
      append(value, part, &line)
    }
    line.append("}")
  }
}

extension [UInt8] {
  fileprivate mutating func append<Item>(
    list elements: [Item], _ append: (Item, inout [UInt8]) -> Void
  ) {
    self.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { self.append(UInt8(ascii: ",")) }
      append(element, &self)
    }
    self.append(UInt8(ascii: "]"))
  }
}
