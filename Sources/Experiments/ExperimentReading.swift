import Yams

/// What the reader asks of one document. Many of them make the reference and the JSON Schema: nobody keeps a second list
/// of the keys.
struct ExperimentReading: Sendable {
  /// In the reader's order.
  let questions: [Question]
  /// The choices on which the other keys of a section depend, by the sections' paths.
  let variants: [String: Variant]

  /// Of documents that between them take every branch of the reader.
  static let all: [ExperimentReading] = {
    var readings: [ExperimentReading] = []
    var waiting = documents.map(compose)
    var seen: Set<String> = []
    while !waiting.isEmpty {
      let document = waiting.removeFirst()
      let reading = ExperimentReading(of: document)
      readings.append(reading)
      seen.formUnion(reading.variants.map { "\($0.key).\($0.value.key)=\($0.value.value)" })
      waiting += reading.choices.filter { seen.insert($0).inserted }.map { changed(document, by: $0) }
    }
    return readings
  }()

  private init(of document: Node?) {
    let findings = Findings()
    let root = Section(root: document, file: "reference", findings: findings)
    _ = ExperimentReader(root: root, findings: findings).read()
    questions = findings.questions
    variants = findings.variants
  }

  /// Whether the key at `path` has keys of its own.
  func hasKeys(below path: String) -> Bool { questions.contains { $0.path.hasPrefix("\(path).") } }

  /// The names that stand for the user's own.
  static let placeholders: Set<String> = ["NAME", "OTHER", "METRIC"]

  /// The path with the user's own names in it as the reference has them, and without places in lists.
  static func general(_ path: String) -> String {
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
    return parts.filter { Int($0) == nil || placeholders.contains($0) }.joined(separator: ".")
  }

  /// The other ways on from here: `search.scheduler.kind=asha`.
  private var choices: [String] {
    variants.sorted { $0.key < $1.key }.flatMap { section, variant -> [String] in
      let path = "\(section).\(variant.key)"
      guard case .choice(let known, _)? = questions.first(where: { $0.path == path })?.shape else { return [] }
      // A fidelity has an order: of these types the reader says no more than that.
      let impossible = section == "search.fidelity" ? ["categorical", "fixed"] : []
      return known.filter { !impossible.contains($0) }.map { "\(path)=\($0)" }
    }
  }

  /// What the kinds of their sections do not tell apart.
  private static let documents = [
    "search: {space: {NAME: {type: float, when: {OTHER: VALUE, ANOTHER: {low: 0}}, prior: {value: 1}}}}",
    "data: {kind: csv, task: regression}", "data: {kind: npz, path: PATH}",
    "{objectives: {METRIC: minimize}, limits: {METRIC: {at_most: 5}}}",
    "search: {sampler: {kind: grid, resolutions: {NAME: 3}}, fidelity: {type: float}}",
    "training: {schedule: {phases: [{}]}, schedules: {NAME: {phases: [{}]}}, layer_rates: [{}]}",
    "trainee: {kind: command, metrics: [METRIC], settings: {NAME: 1}, environment: {NAME: value}}",
    "trainee: {kind: command, metrics: {METRIC: PATTERN}}",
    "trainee: {kind: plugin, metrics: [METRIC], settings: {NAME: 1}}",
  ]

  private static func compose(_ text: String) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch {
      preconditionFailure("the reference's own document is not YAML: \(error)")
    }
  }

  private static func changed(_ document: Node?, by choice: String) -> Node? {
    do {
      return try Setting.apply([choice], to: document)
    } catch {
      preconditionFailure("the reference's own setting \(choice) is none: \(error)")
    }
  }
}
