import Search
import Training

/// Reads what a study optimizes: `objective`, or `objectives` where there are several, and `limits`.
///
///     objective: {metric: dev_loss}                                   # its goal is natural to it
///     objectives: {dev_accuracy: maximize, latency_ms: minimize}
///     limits:
///       parameters: {at_most: 100000}
struct ObjectiveReader {
  let root: Section
  let trainee: TraineeDescription

  func read() -> Objective {
    var objective = root.contains("objectives") ? readSeveral() : readOne(root.section("objective"))
    objective.limits = readLimits()
    let isSound = root.contains("objectives") ? root.isSound("objectives") : root.isSound("objective")
    if isSound { for part in objective.parts { checkGoal(of: part) } }
    return objective
  }

  /// The metrics that are measured, too, though they decide nothing.
  func readCurves() -> [String] {
    let field = Field.list(of: .metric(of: trainee), atLeast: 0)
    let curves = root.value("curves", field, default: [])
    for metric in curves { refuseUnseen(metric, "curves", in: root) }
    return curves
  }

  private func readOne(_ section: Section) -> Objective {
    defer { section.finish() }
    let metric = section.value(
      "metric", .metric(of: trainee, isDeciding: true), default: standard)
    if let seen = refuseUnseen(metric, "metric", in: section) {
      return Objective(metric: seen, goal: naturalGoal(of: seen))
    }
    if let known = trainee.metric(named: metric), known.goal == nil {
      return Objective(
        metric: metric, goal: section.required("goal", .choice(), remedy: "Write goal: maximize or minimize.")
      )
    }
    return Objective(
      metric: metric,
      goal: section.value(
        "goal", .choice(), default: naturalGoal(of: metric), describedAs: "what is natural to the metric"))
  }

  /// The metrics that a study can be about.
  private var deciding: [String] { trainee.metrics.filter { !$0.mayBeMissing }.map(\.name) }

  /// What a study is about that names no metric.
  private var standard: String { trainee.metrics.first?.name ?? "" }

  private func naturalGoal(of metric: String) -> Objective.Goal {
    switch trainee.metric(named: metric)?.goal {
    case .maximize, nil: .maximize
    case .minimize: .minimize
    }
  }

  private func readSeveral() -> Objective {
    if root.contains("objective") {
      root.report(
        "objective", expected: "either objective or objectives", found: "both",
        remedy: "Remove one of them.")
      _ = root.section("objective")
    }
    let section = root.section("objectives")
    defer { section.finish() }
    let parts = section.keys.map { metric in
      let seen = checked(metric, in: section)
      return Objective.Part(
        metric: seen,
        goal: section.required(metric, .choice(), remedy: "Write maximize or minimize."))
    }
    guard let first = parts.first else {
      section.report(
        nil, expected: "at least one metric with its goal", found: "none",
        remedy: "Write, for example, objectives: {dev_accuracy: maximize, latency_ms: minimize}.")
      return Objective(metric: standard, goal: naturalGoal(of: standard))
    }
    return Objective(metric: first.metric, goal: first.goal, further: Array(parts.dropFirst()))
  }

  private func readLimits() -> [MetricLimit] {
    guard root.contains("limits") else { return [] }
    let section = root.section("limits")
    defer { section.finish() }
    return section.keys.map { metric in
      let seen = checked(metric, in: section)
      let entry = section.section(metric)
      defer { entry.finish() }
      let limit = MetricLimit(
        metric: seen, atLeast: entry.optional("at_least", .anyNumber, absence: "no lower limit"),
        atMost: entry.optional("at_most", .anyNumber, absence: "no upper limit"))
      guard entry.isSound() else { return limit }
      let isEmpty = limit.atLeast == nil && limit.atMost == nil
      if isEmpty || limit.atLeast ?? -.infinity > limit.atMost ?? .infinity {
        section.report(
          metric, expected: "at_least, at_most, or a range of both",
          found: isEmpty ? "neither" : "at_least above at_most", remedy: "Write, for example, {at_most: 5}.")
      }
      return limit
    }
  }

  /// Refuses a metric of the second dev split, unless it is a trainee's own of such a name.
  ///
  /// - Returns: the metric that the study may see; nil where nothing was refused.
  @discardableResult private func refuseUnseen(
    _ metric: String, _ key: String, in section: Section
  ) -> String? {
    guard trainee.metric(named: metric) == nil, let seen = SecondDev.metric(named: metric) else { return nil }
    section.report(
      key, expected: "a metric that the study may see, which those of the second dev split are not",
      found: metric,
      remedy: "Write \(seen): where it is the objective, \(metric) is recorded beside it.")
    return seen
  }

  /// - Returns: the metric, or what stands for one that was refused.
  private func checked(_ name: String, in section: Section) -> String {
    if let seen = refuseUnseen(name, name, in: section) { return seen }
    checkMetric(name, in: section)
    return name
  }

  private func checkMetric(_ name: String, in section: Section) {
    if let metric = trainee.metric(named: name), !metric.mayBeMissing { return }
    let known = deciding
    section.report(
      name, expected: "one of \(known.joined(separator: ", "))", found: name,
      remedy: suggestion(for: name, among: known))
  }

  private func checkGoal(of part: Objective.Part) {
    guard part.goal == .maximize, naturalGoal(of: part.metric) == .minimize else { return }
    root.report(
      root.contains("objectives") ? "objectives" : "objective", expected: "goal: minimize for \(part.metric)",
      found: "maximize", remedy: "Write \(root.contains("objectives") ? "\(part.metric)" : "goal"): minimize."
    )
  }
}

extension Field<String> {
  /// The name of a metric that a trainee measures.
  ///
  /// - Parameter isDeciding: whether the study is decided by it, so that it must always have a value.
  fileprivate static func metric(of trainee: TraineeDescription, isDeciding: Bool = false) -> Self {
    let listed = Field.choice(of: trainee.metrics.filter { !(isDeciding && $0.mayBeMissing) }.map(\.name))
    return Self(
      expected: listed.expected, standIn: listed.standIn, shape: .known(trainee.metrics.map(\.name)),
      read: { node in
        node.scalar.map(\.string).flatMap { name in
          // What is of the second dev split is refused in words of its own.
          guard let known = trainee.metric(named: name) else {
            return SecondDev.metric(named: name) == nil ? nil : name
          }
          return isDeciding && known.mayBeMissing ? nil : name
        }
      },
      write: listed.write)
  }
}
