import Training
import Yams

/// The reference of experiment files, made by asking the reader itself: what docs/experiment-file.md says and
/// what the program takes cannot drift apart.
public enum ExperimentReference {
  /// A Markdown table of every key, what it takes and its default.
  public static var keys: String {
    var lines = ["| Key | Takes | Default |", "| --- | --- | --- |"]
    for question in questions {
      lines.append(
        "| `\(question.path)` | \(question.expected) | \(question.default.map { "`\($0)`" } ?? "") |")
    }
    return lines.joined(separator: "\n")
  }

  /// A Markdown table of every name that a search space may use.
  public static var hyperparameters: String {
    var lines = ["| Name | Takes | While a trial runs | Needs |", "| --- | --- | --- | --- |"]
    for hyperparameter in TrainingConfiguration.description.hyperparameters {
      lines.append(
        "| `\(hyperparameter.name)` | \(hyperparameter.kind) | \(hyperparameter.isLive ? "may change" : "fixed") | "
          + "\(hyperparameter.applicability ?? "") |")
    }
    for family in TrainingConfiguration.description.hyperparameterFamilies {
      lines.append("| `\(family.pattern)` | \(family.kind) | fixed | \(family.applicability ?? "") |")
    }
    return lines.joined(separator: "\n")
  }

  /// A Markdown table of every kind of schedule.
  public static var schedules: String {
    let lines = ScheduleKind.allCases.map { kind in
      let options = kind.options.map { "`\($0.name)`" }.joined(separator: ", ")
      return "| `\(kind.name)` | \(kind.summary) | \(options) |"
    }
    return (["| `decay` | What follows the warm-up | Options |", "| --- | --- | --- |"] + lines).joined(
      separator: "\n")
  }

  /// A Markdown table of every optimizer, with the defaults of its options.
  public static var optimizers: String {
    var lines = ["| Optimizer | Meaning | Options and their defaults |", "| --- | --- | --- |"]
    for optimizer in OptimizerDescription.all {
      let options = optimizer.options.map { "`\($0.name)` \($0.defaultValue)" }.joined(separator: ", ")
      lines.append("| `\(optimizer.name)` | \(optimizer.summary) | \(options) |")
    }
    return lines.joined(separator: "\n")
  }

  /// A Markdown table of every metric that a study may be about.
  public static var metrics: String {
    var lines = ["| Metric | Of | Without a goal | Measured | Meaning |", "| --- | --- | --- | --- | --- |"]
    for metric in TrainingConfiguration.description.metrics {
      let tasks = TrainingConfiguration.tasks(of: metric.name)
      let words = tasks == TaskKind.allCases ? "all" : tasks.map(\.rawValue).joined(separator: ", ")
      let measured = metric.isOnRequest ? "when the study names it" : "always"
      lines.append(
        "| `\(metric.name)` | \(words) | \(metric.goal?.rawValue ?? "") | \(measured) | \(metric.summary) |")
    }
    for (family, goal, tasks) in TrainingConfiguration.metricFamilies {
      let words = tasks.map(\.rawValue).joined(separator: ", ")
      let goal = goal?.rawValue ?? "as METRIC's"
      lines.append(
        "| `\(family.pattern)` | \(words) | \(goal) | when the study names it | \(family.summary) |")
    }
    return lines.joined(separator: "\n")
  }

  /// Documents that between them take every branch of the reader.
  private static let variants =
    DataFormats.names.map { "data: {kind: \($0), task: regression}" } + [
      """
      data: digits
      model: mlp
      search: {sampler: random, scheduler: {kind: full}, space: {NAME: {type: float}}}
      """,
      """
      data: {kind: idx}
      model: resnet
      search: {sampler: gp, scheduler: {kind: successive_halving}, space: {NAME: {type: integer, when: {OTHER: VALUE}}}}
      """,
      """
      model: transformer
      search: {scheduler: {kind: hyperband}, space: {NAME: {type: categorical}}}
      """,
      """
      objectives: {METRIC: minimize}
      limits: {METRIC: {at_most: 5}}
      search:
        constraints: []
        space: {NAME: {type: fixed, when: {OTHER: {low: 0}}, prior: {value: 1}}}
        sampler: tpe
        scheduler: {kind: asha}
      """,
      "search: {space: {NAME: {type: ordinal}}, sampler: genetic, scheduler: {kind: median}}",
      "search: {space: {NAME: {type: power_of_two}}, sampler: turbo, scheduler: {kind: extrapolation}}",
      "search: {sampler: forest, scheduler: {kind: dehb}}",
      "search: {sampler: {kind: grid, resolutions: {NAME: 3}}, scheduler: {kind: bohb}}",
      "search: {sampler: cma-es, scheduler: {kind: priorband}}",
      "search: {sampler: transfer, fidelity: {type: float}}",
      "search: {scheduler: {kind: freeze_thaw}}",
      "search: {scheduler: {kind: pbt_replay}}",
      "search: {scheduler: {kind: pbt, exploit: truncation}}",
      "search: {scheduler: {kind: pbt, exploit: t_test, explore: bandit}}",
      """
      training: {schedules: {NAME: {}}}
      search: {sampler: nsga2, fidelity: {type: ordinal}}
      """,
      """
      trainee: {kind: command, metrics: [METRIC], settings: {NAME: 1}, environment: {NAME: value}}
      search: {space: {NAME: {type: float}}}
      """,
      "trainee: {kind: plugin, metrics: [METRIC]}",
    ]

  /// The paths of all keys, in the table's order, names of the user's own as `NAME`, `OTHER` and `METRIC`.
  package static var paths: [String] { questions.map(\.path) }

  /// The path with the user's own names in it as the reference has it.
  package static func general(_ path: String) -> String {
    var parts = path.split(separator: ".").map(String.init)
    for (place, before, name) in [
      (1, ["objectives"], "METRIC"), (1, ["limits"], "METRIC"), (2, ["search", "space"], "NAME"),
      (4, ["search", "space", "*", "when"], "OTHER"), (3, ["search", "sampler", "resolutions"], "NAME"),
      (2, ["training", "schedules"], "NAME"),
      (2, ["trainee", "settings"], "NAME"), (2, ["trainee", "environment"], "NAME"),
      (2, ["trainee", "metrics"], "METRIC"),
    ] where parts.count > place {
      if zip(parts, before).allSatisfy({ $0 == $1 || $1 == "*" }) { parts[place] = name }
    }
    return parts.joined(separator: ".")
  }

  /// Each key once, in the order of the reader's questions; sections' own rows left out.
  private static var questions: [Question] {
    var seen: Set<String> = []
    var rows: [Question] = []
    for variant in variants {
      let findings = Findings()
      let root = Section(root: compose(variant), file: "reference", findings: findings)
      _ = ExperimentReader(root: root, findings: findings).read()
      let paths = findings.questions.map(\.path)
      for question in findings.questions where seen.insert(question.path).inserted {
        let isSection = paths.contains { $0.hasPrefix(question.path + ".") }
        if !isSection || question.expected.contains("just") { rows.append(question) }
      }
    }
    return rows.sorted { order($0.path) < order($1.path) }
  }

  /// Keeps the keys of a section together, sections in the order of the first variant.
  private static func order(_ path: String) -> String {
    let sections = [
      "study", "seed", "objective", "objectives", "limits", "curves", "trainee", "data", "model", "training",
      "search",
      "resources",
      "checkpoint",
    ]
    let first = String(path.prefix { $0 != "." })
    let rank = sections.firstIndex(of: first) ?? sections.count
    return "\(rank) \(path)"
  }

  private static func compose(_ text: String) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch {
      preconditionFailure("the reference's own document is not YAML: \(error)")
    }
  }
}
