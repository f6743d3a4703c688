import JSON
import Search

/// What a trial was measured to be.
struct ToldResult: Equatable, Sendable {
  /// Lower is better, whatever the goals.
  var costs: CostVector
  /// Which limits it breaks.
  var brokenLimits: [BrokenLimit]
}

/// Reads a measurement: a number, a list with one for each objective, or an object by the metrics' names.
/// Those that are not in it are in `metrics`.
///
///     {"id":0,"value":1.5}
///     {"id":0,"value":[1.5,120]}
///     {"id":0,"value":[1.5,120],"metrics":{"memory":4}}
///     {"id":0,"metrics":{"loss":1.5,"tokens_per_second":120,"memory":4}}
struct MeasurementRequest {
  let document: JSONDocument
  let objective: Objective

  private var isPlain: Bool { objective.further.isEmpty && objective.limits.isEmpty }

  /// What a measurement may be, for messages.
  var expectation: String {
    if isPlain { return "a finite value" }
    return objective.limits.isEmpty
      ? "a list of \(objective.parts.count) finite values"
      : "an object of the metrics \(objective.metrics.joined(separator: ", "))"
  }

  /// - Throws: `LineError` that names the value or the metric.
  func read(_ fields: JSONFields<TellRequest.TrialKey>) throws(LineError) -> ToldResult {
    let value = fields[.value]
    if isPlain, let value, document.kind(of: value) == .number {
      return result([try fields.number(.value, remedy: Self.failure)])
    }
    guard value != nil || fields.given(.metrics) != nil else {
      throw fields.error(.value, expected: "a finite number or null", remedy: Self.failure)
    }
    var metrics: [String: Double] = [:]
    if let value {
      guard take(value, into: &metrics) else {
        throw fields.error(.value, expected: valueExpectation, remedy: Self.failure)
      }
    }
    if let more = fields.given(.metrics), objective.metrics.contains(where: { metrics[$0] == nil }) {
      var others: [String: Double] = [:]
      guard document.kind(of: more) == .object, take(more, into: &others) else {
        throw fields.error(
          .metrics, expected: "an object of finite numbers", remedy: "Write \"metrics\":{\"memory\":4}.")
      }
      metrics.merge(others) { first, _ in first }
    }
    if let missing = objective.metrics.first(where: { metrics[$0] == nil }) {
      throw LineError(
        "\(fields.place(of: .metrics)).\(missing)",
        expected: "a finite number, because the study is about it", found: "nothing",
        remedy: "Write \"metrics\":{\"\(missing)\":1.5}, or null as the value of a failed trial.")
    }
    return result(metrics)
  }

  private static let failure = "Write null for a failed trial."

  private var valueExpectation: String {
    objective.further.isEmpty
      ? "a finite number"
      : "a list of \(objective.parts.count) finite numbers, "
        + "for \(objective.parts.map(\.metric).joined(separator: ", ")), or an object of them"
  }

  /// Of a point of a curve; nil where something is missing.
  func costs(ofPoint node: JSONDocument.Node) -> CostVector? {
    if isPlain, let number = document.number(of: node) { return result([number]).costs }
    var metrics: [String: Double] = [:]
    return take(node, into: &metrics) ? objective.costs(of: metrics) : nil
  }

  /// False where it is none of the three. Members that are not asked about are left alone.
  private func take(_ node: JSONDocument.Node, into metrics: inout [String: Double]) -> Bool {
    let parts = objective.parts
    switch document.kind(of: node) {
    case .number where parts.count == 1:
      metrics[parts[0].metric] = document.number(of: node)
      return metrics[parts[0].metric] != nil
    case .array:
      let numbers = document.elements(of: node).map(document.number)
      guard numbers.count == parts.count else { return false }
      for (part, number) in zip(parts, numbers) { metrics[part.metric] = number }
      return !numbers.contains(nil)
    case .object:
      let asked = objective.metrics
      for (key, value) in document.members(of: node) {
        guard let name = document.text(of: key), asked.contains(name) else { continue }
        guard metrics[name] == nil, let number = document.number(of: value) else { return false }
        metrics[name] = number
      }
      return true
    default: return false
    }
  }

  private func result(_ metrics: [String: Double]) -> ToldResult {
    guard let costs = objective.costs(of: metrics) else {
      preconditionFailure("metrics that were all found")
    }
    return ToldResult(costs: costs, brokenLimits: objective.brokenLimits(by: [metrics]))
  }

  /// Of the one objective.
  private func result(_ value: [Double]) -> ToldResult {
    ToldResult(costs: CostVector(value.map(objective.cost)), brokenLimits: [])
  }
}
