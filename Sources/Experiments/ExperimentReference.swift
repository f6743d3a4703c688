import Training

/// The reference of experiment files, made by asking the reader itself: what docs/experiment-file.md says and
/// what the program takes cannot drift apart.
public enum ExperimentReference {
  /// Markdown tables of every key, what it takes and its default: one of what every file may have, and one for each
  /// kind of a section.
  public static var keys: String {
    let kinds = KindKeys.all(of: ExperimentReading.all)
    let own = Set(kinds.flatMap { $0.questions.map(\.path) })
    let shared = table(of: questions.filter { !own.contains($0.path) })
    return
      ([shared]
      + kinds.map { kind in
        let heading = "`\(kind.section).\(kind.variant.key): \(kind.variant.value)`"
        return kind.questions.isEmpty
          ? "\(heading) has no keys of its own." : "\(heading)\n\n\(table(of: kind.questions))"
      }).joined(separator: "\n\n")
  }

  private static func table(of questions: [Question]) -> String {
    let rows = questions.map { question in
      "| `\(question.path)` | \(question.expected) | \(question.default.map { "`\($0)`" } ?? "") |"
    }
    return (["| Key | Takes | Default |", "| --- | --- | --- |"] + rows).joined(separator: "\n")
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

  /// The paths of all keys, in the table's order, names of the user's own as `NAME`, `OTHER` and `METRIC`.
  package static var paths: [String] { questions.map(\.path) }

  /// The path with the user's own names in it as the reference has it.
  package static func general(_ path: String) -> String { ExperimentReading.general(path) }

  /// Each key once, in the order of the reader's questions; sections' own rows left out.
  private static let questions = distinct(ExperimentReading.all)

  /// What `readings` ask for, each key once, but for sections that say nothing of their own.
  fileprivate static func distinct(_ readings: [ExperimentReading]) -> [Question] {
    var seen: Set<String> = []
    var rows: [Question] = []
    for reading in readings {
      // A phase has the keys of a schedule.
      for var question in reading.questions where !question.path.contains(/\.\d+(\.|$)/) {
        question.path = general(question.path)
        if question.shape == .section, reading.hasKeys(below: question.path) { continue }
        if seen.insert(question.path).inserted { rows.append(question) }
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
}

/// The keys that a section has because of its kind: `search.scheduler` where `kind` is `asha`.
private struct KindKeys {
  var section: String
  var variant: Variant
  var questions: [Question]

  /// All kinds of all sections, those of a section in the order in which its choice lists them.
  static func all(of readings: [ExperimentReading]) -> [KindKeys] {
    let sections = Set(readings.flatMap { $0.variants.keys }).sorted()
    return sections.flatMap { section -> [KindKeys] in
      let kinds = choices(of: section, in: readings).map { variant in
        let own = ExperimentReference.distinct(readings.filter { $0.variants[section] == variant }).filter {
          $0.path.hasPrefix("\(section).") && isOwned($0.path, by: section, among: sections)
        }
        return KindKeys(section: section, variant: variant, questions: own)
      }
      let shared = kinds.dropFirst().reduce(Set(kinds.first?.questions.map(Row.init) ?? [])) { rows, kind in
        rows.intersection(kind.questions.map(Row.init))
      }
      return kinds.map { kind in
        var kind = kind
        kind.questions.removeAll { shared.contains(Row($0)) }
        return kind
      }
    }
  }

  /// What the reference says of a key.
  private struct Row: Hashable {
    let path: String
    let expected: String
    let `default`: String?

    init(_ question: Question) {
      (path, expected, `default`) = (question.path, question.expected, question.default)
    }
  }

  private static func choices(of section: String, in readings: [ExperimentReading]) -> [Variant] {
    for reading in readings {
      guard let variant = reading.variants[section],
        case .choice(let words, _)? = reading.questions.first(where: { $0.path == "\(section).\(variant.key)" })?
          .shape
      else { continue }
      return words.map { Variant(key: variant.key, value: $0) }
    }
    return []
  }

  /// Not by a section below this one.
  private static func isOwned(_ path: String, by section: String, among sections: [String]) -> Bool {
    !sections.contains { $0 != section && $0.hasPrefix("\(section).") && path.hasPrefix("\($0).") }
  }
}
