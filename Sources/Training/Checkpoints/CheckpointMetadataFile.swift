internal import HDF5

// The part of a checkpoint file that says what it is the state of.

extension HDF5Group {
  func write(_ metadata: CheckpointMetadata) throws(HDF5Error) {
    try setAttribute("study", to: metadata.study)
    try setAttribute("trial", to: metadata.trial)
    try setAttribute("job", to: metadata.job)
    try setAttribute("target", to: metadata.target)
    try setAttribute("budget_unit", to: metadata.budgetUnit.rawValue)
    try setAttribute("complete", to: metadata.isComplete)
    if let origin = metadata.origin {
      try setAttribute("origin_trial", to: origin.trial)
      try setAttribute("origin_budget", to: origin.budget)
    }
    try write(configuration: metadata.configuration)
    try write(metadata.measurements)
  }

  func readMetadata() throws(HDF5Error) -> CheckpointMetadata {
    let word: String = try attribute("budget_unit")
    guard let unit = BudgetUnit(rawValue: word) else {
      throw unexpected(
        "@budget_unit", expected: BudgetUnit.allCases.map(\.rawValue).joined(separator: " or "), found: word)
    }
    var metadata = CheckpointMetadata(
      study: try attribute("study"), trial: try attribute("trial"), job: try attribute("job"),
      target: try attribute("target"), budgetUnit: unit, configuration: try readConfiguration(),
      measurements: try readMeasurements(), isComplete: try attribute("complete"))
    if try hasAttribute("origin_trial") {
      metadata.origin = CheckpointMetadata.State(
        trial: try attribute("origin_trial"), budget: try attribute("origin_budget"))
    }
    return metadata
  }

  func write(_ progress: Progress) throws(HDF5Error) {
    try setAttribute("budget", to: progress.budget)
    try setAttribute("step", to: progress.step)
  }

  func readProgress() throws(HDF5Error) -> Progress {
    Progress(step: try attribute("step"), budget: try attribute("budget"))
  }

  /// Twice: one attribute a hyperparameter, which is what is read back, and all of them as one JSON text, for
  /// tools.
  private func write(configuration: [String: HyperparameterValue]) throws(HDF5Error) {
    let group = try makeGroup("hyperparameters")
    for (name, value) in configuration.sorted(by: { $0.key < $1.key }) {
      switch value {
      case .number(let number): try group.setAttribute(name, to: number)
      case .text(let text): try group.setAttribute(name, to: text)
      }
    }
    try setAttribute("configuration", to: json(configuration))
  }

  private func readConfiguration() throws(HDF5Error) -> [String: HyperparameterValue] {
    let group = try group("hyperparameters")
    var configuration: [String: HyperparameterValue] = [:]
    for name in try group.attributeNames() {
      configuration[name] =
        try group.attributeType(of: name) == .text
        ? .text(try group.attribute(name)) : .number(try group.attribute(name))
    }
    return configuration
  }

  /// One dataset for the budgets, and one a metric, of the same length; NaN where a measurement has no such
  /// metric.
  private func write(_ measurements: [Measurement]) throws(HDF5Error) {
    let group = try makeGroup("measurements")
    try group.write(measurements.map(\.budget), as: "budget")
    let metrics = try group.makeGroup("metrics")
    for name in Set(measurements.flatMap(\.metrics.keys)).sorted() {
      try metrics.write(measurements.map { $0.metrics[name] ?? .nan }, as: name)
    }
  }

  private func readMeasurements() throws(HDF5Error) -> [Measurement] {
    let group = try group("measurements")
    var measurements = try group.read("budget", as: Int.self).values.map {
      Measurement(budget: $0, metrics: [:])
    }
    let metrics = try group.group("metrics")
    for name in try metrics.names() {
      let values = try metrics.read(name, as: Double.self, shape: [measurements.count]).values
      for (index, value) in values.enumerated() where !value.isNaN {
        measurements[index].metrics[name] = value
      }
    }
    return measurements
  }

  func unexpected(_ object: String, expected: String, found: String) -> HDF5Error {
    HDF5Error(
      file: file, object: path == "/" ? "/" + object : "\(path)/\(object)",
      problem: .unexpected(
        expected: expected, found: found, remedy: "The file is damaged: use an older one or a copy."))
  }
}

/// One JSON object, keys in order. Numbers in the shortest form that reads back exactly.
private func json(_ configuration: [String: HyperparameterValue]) -> String {
  let members = configuration.sorted { $0.key < $1.key }.map { name, value in
    switch value {
    case .number: "\(quoted(name)): \(value)"
    case .text(let text): "\(quoted(name)): \(quoted(text))"
    }
  }
  return "{" + members.joined(separator: ", ") + "}"
}

/// A JSON string: quotation marks, backslashes and control characters escaped (RFC 8259 §7).
private func quoted(_ text: String) -> String {
  var quoted = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": quoted += "\\\""
    case "\\": quoted += "\\\\"
    case "\u{0}"..<" ":
      let digits = String(scalar.value, radix: 16)
      quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: quoted.unicodeScalars.append(scalar)
    }
  }
  return quoted + "\""
}
