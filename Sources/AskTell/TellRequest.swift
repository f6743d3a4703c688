import JSON
import Search

/// One trial of a `tell`, as it stands in the line: nothing of it has been compared with what was asked yet.
struct ToldTrial {
  /// Nil for an outside observation.
  var id: TrialID?
  /// Nil where it was left out.
  var configuration: Configuration?
  /// Nil for a failed trial.
  var result: ToldResult?
  /// The budget of the fidelity; nil where it was left out.
  var budget: Int?
  /// Measurements on the way, by ascending budget.
  var curve: [CurvePoint]

  struct CurvePoint: Equatable {
    var budget: Int
    var costs: CostVector
  }
}

/// Reads the trials of a `tell`.
struct TellRequest {
  enum Key: String, CaseIterable {
    case op, trials
  }

  enum TrialKey: String, CaseIterable {
    case id, params, value, metrics, fidelity, curve
  }

  let document: JSONDocument
  let terms: StudyTerms

  /// - Throws: `LineError` that names the trial, by its place in the line, and what is wrong with it.
  func read(_ node: JSONDocument.Node) throws(LineError) -> [ToldTrial] {
    let fields = try JSONFields<Key>(node, of: document, "")
    let remedy = "Write \"trials\":[{\"id\":0,\"value\":1.5}]."
    guard let nodes = try fields.list(.trials, remedy: remedy) else {
      throw fields.error(.trials, expected: "a list of trials", remedy: remedy)
    }
    var trials: [ToldTrial] = []
    trials.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      trials.append(try read(JSONFields(node, of: document, "trials[\(index)]")))
    }
    return trials
  }

  private func read(_ fields: JSONFields<TrialKey>) throws(LineError) -> ToldTrial {
    guard let id = fields[.id] else {
      throw fields.error(
        .id, expected: "a trial's number or null", remedy: "Write null for an observation from outside.")
    }
    let isOutside = document.kind(of: id) == .null
    let isFailed = fields[.value].map { document.kind(of: $0) == .null } ?? false
    let params = fields.given(.params)
    let measurement = MeasurementRequest(document: document, objective: terms.objective)
    return ToldTrial(
      id: isOutside
        ? nil
        : TrialID(
          try fields.integer(
            .id, in: 0 ... .max,
            remedy: "Write the id of the answer to ask, or null for an outside observation.")),
      configuration: try params.map { node throws(LineError) in
        try terms.space.read(node, of: document) { fields.place(of: .params) }
      },
      result: isFailed ? nil : try measurement.read(fields),
      budget: try fields.given(.fidelity).map { node throws(LineError) in try budget(node, fields) },
      curve: try readCurve(fields, measurement))
  }

  private func budget(
    _ node: JSONDocument.Node, _ fields: JSONFields<TrialKey>
  ) throws(LineError) -> Int {
    let fidelity = terms.fidelity ?? SpokenFidelity(from: 1, to: 1)
    guard let budget = fidelity.budget(at: node, of: document) else {
      throw fields.error(
        .fidelity, expected: fidelity.expectation, remedy: "Write how far the trial was trained.")
    }
    return budget
  }

  private func readCurve(
    _ fields: JSONFields<TrialKey>, _ measurement: MeasurementRequest
  ) throws(LineError) -> [ToldTrial.CurvePoint] {
    let remedy = "Write \"curve\":[[1,2.0],[3,1.5]]: pairs of fidelity and value, the fidelity ascending."
    guard let nodes = try fields.list(.curve, remedy: remedy) else { return [] }
    let fidelity = terms.fidelity ?? SpokenFidelity(from: 1, to: 1)
    var curve: [ToldTrial.CurvePoint] = []
    curve.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      let pair = Array(document.elements(of: node))
      let last = curve.last?.budget ?? 0
      guard pair.count == 2, let budget = fidelity.budget(at: pair[0], of: document), budget > last,
        let costs = measurement.costs(ofPoint: pair[1])
      else {
        throw LineError(
          "\(fields.place(of: .curve))[\(index)]",
          expected:
            "a fidelity above \(last == 0 ? "0" : fidelity.text(last)) and \(measurement.expectation)",
          found: document.excerpt(of: node), remedy: remedy)
      }
      curve.append(ToldTrial.CurvePoint(budget: budget, costs: costs))
    }
    return curve
  }
}
