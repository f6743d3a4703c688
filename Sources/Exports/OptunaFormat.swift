import Foundation
import JSON
import Search
import Tuner

/// A storage that Optuna and optuna-dashboard open: `JournalStorage(JournalFileBackend(path))`, an operation a line
/// (optuna/storages/journal/_storage.py).
///
/// A trial is complete when it came as far as trials are compared, pruned when it stopped before. Its parameters are
/// those of its newest job, its intermediate values the first objective's.
enum OptunaFormat: ExportFormat {
  static let name = "optuna"
  static let summary = "a journal storage for optuna-dashboard and Optuna: trials, curves, distributions"
  static let output = "optuna.log"

  private typealias Members = [String: JSONValue]
  /// `JournalOperation`.
  private static let (createStudy, setStudyAttribute, setSystemAttribute, createTrial) = (0, 2, 3, 4)
  /// `TrialState`.
  private static let (running, complete, pruned, failed) = (0, 1, 2, 3)

  static func files(of study: ExportedStudy, at place: String) throws(TunerError) -> [ExportedFile] {
    let objective = study.history.objective
    let goals = objective.parts.map { JSONValue.integer($0.goal == .minimize ? 1 : 2) }
    let names = objective.parts.map { JSONValue.text($0.metric) }
    var operations: [Members] = [
      [
        "op_code": .integer(createStudy), "study_name": .text(study.history.study),
        "directions": .array(goals),
      ],
      [
        "op_code": .integer(setSystemAttribute), "study_id": .integer(0),
        "system_attr": .object(["study:metric_names": .array(names)]),
      ],
      [
        "op_code": .integer(setStudyAttribute), "study_id": .integer(0),
        "user_attr": .object(["budget_unit": .text(study.history.budgetUnit)]),
      ],
    ]
    let least = study.history.ranking.budget ?? 0
    for jobs in study.trials {
      guard let last = jobs.last else { continue }
      operations.append(try trial(jobs, last, comparedAt: least, in: study))
    }
    var text = ""
    for operation in operations {
      let named = operation.merging(["worker_id": .text("tuner-mpi")]) { own, _ in own }
      text += try JSONValue.object(named).line + "\n"
    }
    return [ExportedFile(text)]
  }

  private static func trial(
    _ jobs: [ExportedJob], _ last: ExportedJob, comparedAt least: Int, in study: ExportedStudy
  ) throws(TunerError) -> Members {
    var members: Members = [
      "op_code": .integer(createTrial), "study_id": .integer(0),
      "datetime_start": .text(date(jobs[0].start ?? study.newest)),
    ]
    // A trial that failed later is ranked by what it had reached.
    let measured = last.segment.outcome == nil ? nil : jobs.last { $0.segment.cost != nil }
    let (state, values) = state(of: measured ?? last, comparedAt: least, in: study)
    members["state"] = .integer(state)
    let isOne = values?.count == 1
    members["value"] = isOne ? values?.first.map(JSONValue.number) ?? .null : .null
    members["values"] = isOne ? .null : values.map { .array($0.map(JSONValue.number)) } ?? .null
    if state != running { members["datetime_complete"] = .text(date(last.end ?? study.newest)) }
    var (distributions, parameters): (Members, Members) = ([:], [:])
    var attributes = attributes(of: last)
    for (name, value) in last.segment.job.configuration.values {
      let domain = study.history.space.parameters.first { $0.name == name }?.domain
      if let domain, let inside = try internalValue(value, of: domain) {
        distributions[name] = .text(try JSONValue.object(distribution(domain)).line)
        parameters[name] = inside
      } else {
        attributes["parameter.\(name)"] = JSONValue(value)
      }
    }
    (members["distributions"], members["params"]) = (.object(distributions), .object(parameters))
    members["user_attrs"] = .object(attributes)
    members["system_attrs"] = .object(
      study.history.objective.limits.isEmpty
        ? [:]
        : study.history.costVector(of: last.segment).map { ["constraints": .array([.number($0.violation)])] }
          ?? [:])
    // Optuna reports one value a step, and has no place for several objectives' curves.
    members["intermediate_values"] = .object(
      study.history.objective.further.isEmpty ? curve(of: jobs, study.history.objective.metric) : [:])
    return members
  }

  private static func state(
    of job: ExportedJob, comparedAt least: Int, in study: ExportedStudy
  ) -> (Int, [Double]?) {
    switch job.segment.outcome {
    case nil: return (running, nil)
    case .failed: return (failed, nil)
    case .reached:
      let parts = study.history.objective.parts
      guard let costs = study.history.costVector(of: job.segment)?.costs, costs.count == parts.count else {
        return (failed, nil)
      }
      let values = zip(parts, costs).map { part, cost in cost == 0 ? 0 : part.score(of: cost) }
      return (job.segment.job.target >= least ? complete : pruned, values)
    }
  }

  private static func attributes(of job: ExportedJob) -> Members {
    var attributes: Members = ["budget": .integer(job.segment.job.target)]
    for (name, value) in job.segment.measurements.last?.metrics ?? [:] {
      attributes["metric.\(name)"] = .number(value)
    }
    if case .failed(let reason) = job.segment.outcome { attributes["reason"] = .text(reason) }
    if let checkpoint = job.checkpoint { attributes["checkpoint"] = .text(checkpoint) }
    return attributes
  }

  private static func curve(of jobs: [ExportedJob], _ metric: String) -> Members {
    var curve: Members = [:]
    for measurement in jobs.flatMap(\.segment.measurements) {
      if let value = measurement.metrics[metric] { curve["\(measurement.budget)"] = .number(value) }
    }
    return curve
  }

  /// As Optuna keeps it: a number itself, a choice its place; nil for what no distribution of the space has, such as a
  /// value that was given by hand.
  private static func internalValue(
    _ value: ParameterValue, of domain: Domain
  ) throws(TunerError) -> JSONValue? {
    guard domain.contains(value) else { return nil }
    switch (domain, value) {
    case (.ordinal(let choices), _), (.categorical(let choices), _):
      return choices.firstIndex(of: value).map(JSONValue.integer)
    case (_, .number(let number)): return .number(number)
    default: return nil
    }
  }

  /// `optuna.distributions.distribution_to_json`.
  private static func distribution(_ domain: Domain) -> Members {
    switch domain {
    case .float(let low, let high, let scale):
      return number("Float", .number(low), .number(high), scale, .null)
    case .integer(let low, let high, let scale):
      return number("Int", .integer(low), .integer(high), scale, .integer(1))
    case .quantized(let low, let high, let step, let scale):
      // Optuna has steps on a linear scale alone, and a last one that is reached.
      let last = low + ((high - low) / step + 1e-9).rounded(.down) * step
      return number("Float", .number(low), .number(last), scale, scale == .linear ? .number(step) : .null)
    case .ordinal(let choices), .categorical(let choices):
      let choices = JSONValue.array(choices.map { JSONValue($0) })
      return ["name": .text("CategoricalDistribution"), "attributes": .object(["choices": choices])]
    }
  }

  private static func number(
    _ kind: String, _ low: JSONValue, _ high: JSONValue, _ scale: Scale, _ step: JSONValue
  ) -> Members {
    [
      "name": .text("\(kind)Distribution"),
      "attributes": .object(["low": low, "high": high, "log": .boolean(scale == .log), "step": step]),
    ]
  }

  /// ISO 8601 in UTC, with microseconds, as Python's `datetime.fromisoformat` reads it.
  private static func date(_ seconds: Double) -> String {
    let whole = seconds.rounded(.down)
    let digits = "\(1_000_000 + Int((seconds - whole) * 1e6))".dropFirst()
    let date = Date(timeIntervalSince1970: whole).formatted(.iso8601.timeZoneSeparator(.colon))
    return date.replacing("Z", with: ".\(digits)+00:00")
  }
}
