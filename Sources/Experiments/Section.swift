import Search
import Yams

/// A mapping of an experiment file while it is read. Whoever reads it asks for each key it knows; what nobody
/// asked for is misspelt. Mistakes are gathered, not thrown, so that a user sees all of them at once.
final class Section {
  let path: String
  let location: FileLocation
  private let entries: [(key: String, node: Node, line: Int?)]
  private let findings: Findings
  private var known: [String] = []
  /// Nothing more is said of this section: what its keys mean is not known.
  private var isSilent = false
  /// Not even keys could be read, here or in what this section lies in: nothing is said of what it holds.
  private let isUnreadable: Bool
  /// What was read, defaults included, in the order of the questions.
  private var resolved: [(key: String, node: () -> Node?)] = []

  /// The root of a document. A node that is no mapping is a problem and reads as an empty one.
  convenience init(root node: Node?, file: String, findings: Findings) {
    self.init(node, path: "", at: FileLocation(file: file), findings: findings, isUnreadable: false)
  }

  private init(
    _ node: Node?, path: String, at location: FileLocation, findings: Findings, isUnreadable: Bool
  ) {
    self.path = path
    self.location = location
    self.findings = findings
    let isWrong = node.map { $0.mapping == nil && plain($0) != "" } ?? false
    if let node, isWrong, !isUnreadable {
      findings.report(
        location, path, expected: "keys with values, such as `key: value`", found: describe(node),
        remedy: "See docs/experiment-file.md.")
    }
    self.isUnreadable = isUnreadable || isWrong
    isSilent = self.isUnreadable
    entries =
      (node?.mapping).map { mapping in
        mapping.map {
          (key: $0.key.scalar?.string ?? describe($0.key), node: $0.value, line: $0.key.mark?.line)
        }
      } ?? []
  }

  /// The keys that are there, in the order of the file.
  var keys: [String] { entries.map(\.key) }

  func contains(_ key: String) -> Bool { entries.contains { $0.key == key } }

  /// The keys of the mapping under `key`, without asking for it.
  func names(under key: String) -> [String] {
    entries.first { $0.key == key }?.node.mapping?.compactMap { $0.key.scalar?.string } ?? []
  }

  /// A text of the mapping under `section`, without asking for it; nil for what is none.
  func text(of key: String, under section: String) -> String? {
    entries.first { $0.key == section }?.node.mapping?.first { $0.key.scalar?.string == key }?
      .value.scalar?.string
  }

  /// Whether nothing was found to be wrong with the value of `key`, or, without one, with all of the section:
  /// only then is it judged together with others.
  func isSound(_ key: String? = nil) -> Bool { findings.isSound(key.map(join) ?? path) }

  /// Ends what is said of this section: what its keys mean depends on something that could not be read.
  func silence() { isSilent = true }

  /// Whether the value of `key` is keys with values.
  func isMapping(_ key: String) -> Bool { entries.first { $0.key == key }?.node.mapping != nil }

  /// The value of `key`; a missing one is `defaultValue`.
  ///
  /// - Parameter words: what the reference says of a default that depends on other keys; nil for its value.
  func value<Value>(
    _ key: String, _ field: Field<Value>, default defaultValue: Value, describedAs words: String? = nil
  ) -> Value {
    ask(key, field.expected, field.shape, default: words.map { Node($0) } ?? field.write(defaultValue))
    let value = read(key, field) ?? defaultValue
    resolved.append((key, { field.write(value) }))
    return value
  }

  /// The value of `key`; nil when it is missing, which `absence` explains, such as `no clipping`.
  func optional<Value>(_ key: String, _ field: Field<Value>, absence: String) -> Value? {
    ask(key, field.expected, field.shape, default: Node(absence))
    guard let value = read(key, field) else { return nil }
    resolved.append((key, { field.write(value) }))
    return value
  }

  /// The value of `key`; a missing one is a problem with this remedy.
  func required<Value>(_ key: String, _ field: Field<Value>, remedy: String) -> Value {
    ask(key, field.expected, field.shape, isRequired: true)
    if !contains(key) {
      report(key, expected: "\(field.expected)", found: "nothing", remedy: remedy)
    }
    let value = read(key, field) ?? field.standIn
    resolved.append((key, { field.write(value) }))
    return value
  }

  /// The choice on which the section's other keys depend; nil for the default makes it required. When it is
  /// wrong, what else is there cannot be judged, and the section says nothing more.
  func variant<Value: RawRepresentable<String> & CaseIterable & Sendable>(
    _ key: String = "kind", default defaultValue: Value? = nil, aliases: [String: Value] = [:]
  ) -> Value {
    let problems = findings.problems.count
    let field = Field<Value>.choice(aliases: aliases)
    let value =
      defaultValue.map { self.value(key, field, default: $0) }
      ?? required(key, field, remedy: "Write \(field.expected).")
    if findings.problems.count > problems { isSilent = true }
    findings.variants[path] = Variant(key: key, value: value.rawValue)
    return value
  }

  /// As above, where the choice is one of `words`.
  func variant(of words: [String], default word: String) -> String {
    let problems = findings.problems.count
    let value = self.value("kind", .choice(of: words), default: word)
    if findings.problems.count > problems { isSilent = true }
    findings.variants[path] = Variant(key: "kind", value: value)
    return value
  }

  /// The mapping under `key`; a missing one reads as empty. A bare word `lamb` stands for `{shorthand: lamb}`
  /// where a shorthand is named.
  func section(_ key: String, shorthand: String? = nil) -> Section {
    ask(
      key, shorthand.map { "keys with values, or just its `\($0)`" } ?? "keys with values",
      shorthand.map { .shorthand($0) } ?? .section)
    let entry = entries.first { $0.key == key }
    var node = entry?.node
    if let shorthand, let word = node, let text = plain(word), !text.isEmpty {
      node = Node([(Node(shorthand), word)])
    }
    let location = FileLocation(file: location.file, line: entry?.line ?? location.line)
    let section = Section(
      node, path: join(key), at: location, findings: findings, isUnreadable: isUnreadable)
    resolved.append((key, { section.node }))
    return section
  }

  /// The mappings of the list under `key`; none where it is missing.
  ///
  /// - Parameter expected: completes "expected", such as `a list of phases`.
  func sections(_ key: String, expected: String) -> [Section] {
    ask(key, expected, .sections, default: Node("none"))
    guard let entry = entries.first(where: { $0.key == key }) else { return [] }
    guard let nodes = entry.node.sequence, nodes.allSatisfy({ $0.mapping != nil }), nodes.count <= 10_000
    else {
      report(key, expected: expected, found: describe(entry.node), remedy: "Correct the value.")
      return []
    }
    let sections = nodes.enumerated().map { number, node in
      Section(
        node, path: "\(join(key)).\(number + 1)",
        at: FileLocation(file: location.file, line: node.mark?.line ?? entry.line ?? location.line),
        findings: findings, isUnreadable: isUnreadable)
    }
    resolved.append((key, { Node(sections.compactMap(\.node), .implicit, .block) }))
    return sections
  }

  /// Stands for the mapping under a key that may be missing, and is: asked for its keys it reports nothing,
  /// and it is not written out.
  func absentSection(_ key: String) -> Section {
    ask(key, "keys with values", .section)
    let section = Section(nil, path: join(key), at: location, findings: findings, isUnreadable: false)
    section.silence()
    return section
  }

  /// Reports the keys that nobody asked for. Call it when all keys have been asked for.
  func finish() {
    guard !isSilent else { return }
    for entry in entries where !known.contains(entry.key) {
      findings.report(
        FileLocation(file: location.file, line: entry.line), join(entry.key),
        expected: "a key that \(path.isEmpty ? "an experiment" : path) has", found: entry.key,
        remedy: suggestion(for: entry.key, among: known))
    }
  }

  /// Reports a problem with the value of `key`, or of the section as a whole.
  func report(_ key: String?, expected: String, found: String, remedy: String) {
    guard !isSilent else { return }
    findings.report(place(of: key), key.map(join) ?? path, expected: expected, found: found, remedy: remedy)
  }

  func place(of key: String?) -> FileLocation {
    let entry = entries.first { $0.key == key }
    return FileLocation(file: location.file, line: entry?.node.mark?.line ?? entry?.line ?? location.line)
  }

  /// Everything that was asked for, with its value or default; nil when there is nothing.
  var node: Node? {
    let pairs = resolved.compactMap { pair in pair.node().map { (Node(pair.key), $0) } }
    return pairs.isEmpty ? nil : Node(pairs)
  }

  private func read<Value>(_ key: String, _ field: Field<Value>) -> Value? {
    guard let node = entries.first(where: { $0.key == key })?.node else { return nil }
    if let value = field.read(node) { return value }
    let objection = field.objection(node)
    report(
      key, expected: objection?.expected ?? field.expected, found: describe(node),
      remedy: objection?.remedy ?? remedy(for: node, field))
    return field.standIn
  }

  private func remedy<Value>(for node: Node, _ field: Field<Value>) -> String {
    let prefix = "one of "
    if field.expected.hasPrefix(prefix), let word = node.scalar?.string {
      return suggestion(
        for: word, among: field.expected.dropFirst(prefix.count).split(separator: ", ").map(String.init))
    }
    if plain(node) == nil, let text = node.scalar?.string, field.read(Node(text)) != nil {
      return "Remove the quotes."
    }
    return "Correct the value."
  }

  private func ask(
    _ key: String, _ expected: String, _ shape: ValueShape, default defaultValue: Node? = nil,
    isRequired: Bool = false
  ) {
    known.append(key)
    findings.questions.append(
      Question(
        path: join(key), expected: expected, shape: shape, isRequired: isRequired,
        default: defaultValue.map(describe), location: place(of: key), isAnswered: contains(key)))
  }

  private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
