import JSON
import Search

/// One trial of a `tell`, as it stands in the line: nothing of it has been compared with the study yet.
struct ToldTrial {
  /// Nil for an outside observation.
  var id: TrialID?
  /// Nil where it was left out.
  var configuration: Configuration?
  /// In the client's sign; nil for a failed trial.
  var value: Double?
  /// Nil where it was left out.
  var fidelity: Int?
  /// Measurements on the way, in the client's sign, by ascending fidelity.
  var curve: [CurvePoint]

  struct CurvePoint: Equatable {
    var fidelity: Int
    var value: Double
  }
}

/// Reads the trials of a `tell`.
struct TellRequest {
  enum Key: String, CaseIterable {
    case op, trials
  }

  private enum TrialKey: String, CaseIterable {
    case id, params, value, fidelity, curve
  }

  let document: JSONDocument
  let space: SpokenSpace

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
    guard let value = fields[.value] else {
      throw fields.error(
        .value, expected: "a finite number or null", remedy: "Write null for a failed trial.")
    }
    let isOutside = document.kind(of: id) == .null
    let isFailed = document.kind(of: value) == .null
    let params = fields.given(.params)
    return ToldTrial(
      id: isOutside
        ? nil
        : TrialID(
          try fields.integer(
            .id, in: 0 ... .max,
            remedy: "Write the id of the answer to ask, or null for an outside observation.")),
      configuration: try params.map { node throws(LineError) in
        try space.read(node, of: document) { fields.place(of: .params) }
      },
      value: isFailed ? nil : try fields.number(.value, remedy: "Write null for a failed trial."),
      fidelity: fields.given(.fidelity) == nil
        ? nil : try fields.integer(.fidelity, in: 1 ... .max, remedy: "Write how far the trial was trained."),
      curve: try readCurve(fields))
  }

  private func readCurve(_ fields: JSONFields<TrialKey>) throws(LineError) -> [ToldTrial.CurvePoint] {
    let remedy = "Write \"curve\":[[1,2.0],[3,1.5]]: pairs of fidelity and value, the fidelity ascending."
    guard let nodes = try fields.list(.curve, remedy: remedy) else { return [] }
    var curve: [ToldTrial.CurvePoint] = []
    curve.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      let pair = Array(document.elements(of: node))
      guard pair.count == 2, let fidelity = document.integer(of: pair[0]),
        let value = document.number(of: pair[1]),
        fidelity > curve.last?.fidelity ?? 0
      else {
        throw LineError(
          "\(fields.place(of: .curve))[\(index)]",
          expected: "a fidelity above \(curve.last?.fidelity ?? 0) and a finite value",
          found: document.excerpt(of: node), remedy: remedy)
      }
      curve.append(ToldTrial.CurvePoint(fidelity: fidelity, value: value))
    }
    return curve
  }
}
