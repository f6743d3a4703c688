import Foundation
import JSON
import Randomness
import Testing
import Yams

@testable import Experiments

/// The JSON Schema of experiment files and the reader, side by side. Who judges by the schema is Python's `jsonschema`, which
/// `.ci/reader-python` installs beside the readers of exported files.
@Suite(.serialized) struct SchemaTests {
  @Test(.enabled(if: SchemaJudge.python != nil, SchemaJudge.missing))
  func `what the reader takes is valid`() throws {
    let bases = try BaseExperiments()
    defer { #expect(throws: Never.self) { try bases.remove() } }
    var documents = try (Self.examples() + bases.texts).map { try Yams.compose(yaml: $0) ?? Node("") }
    let (paths, right) = (ExperimentReference.paths, documents.count)
    for number in 0..<200 {
      let base = documents[right - 1 - number % bases.texts.count]
      let path = paths[number * 7 % paths.count].split(separator: ".").map(String.init)
      var mutator = ExperimentMutator(random: CounterGenerator(seed: 11, purpose: .simulation, index: number))
      let damaged = mutator.mutated(base, at: path)
      if Self.isTaken(try Yams.serialize(node: damaged)) { documents.append(damaged) }
    }
    // Damage that is always refused would test nothing.
    #expect(documents.count > right + 10, "\(documents.count)")
    let refused = try SchemaJudge.refused(documents.map(\.json))
    for number in refused.keys.sorted() {
      let text = try Yams.serialize(node: documents[number])
      Issue.record("\(refused[number] ?? "")\n\(text)")
    }
  }

  @Test(.enabled(if: SchemaJudge.python != nil, SchemaJudge.missing))
  func `a misspelt key is invalid`() throws {
    let bases = try BaseExperiments()
    defer { #expect(throws: Never.self) { try bases.remove() } }
    var documents: [(path: String, json: JSONValue)] = []
    var misspelt: Set<String> = []
    for text in bases.texts {
      let document = try Yams.compose(yaml: text) ?? Node("")
      for path in ExperimentReference.paths {
        let parts = path.split(separator: ".").map(String.init)
        // The user's own names are any.
        guard let last = parts.last, last != last.uppercased(),
          let changed = Self.misspelling(document, at: parts[...])
        else { continue }
        documents.append((path, changed.json))
        misspelt.insert(path)
      }
    }
    let refused = try SchemaJudge.refused(documents.map(\.json))
    let allowed = Set(documents.indices).subtracting(refused.keys).map { documents[$0].path }
    #expect(allowed == [], "misspelt, and valid by the schema")
    #expect(misspelt.count > 200, "\(misspelt.count)")
  }

  @Test(.enabled(if: SchemaJudge.python != nil, SchemaJudge.missing))
  func `wrong values are invalid`() throws {
    let texts = [
      "{study: s, search: {scheduler: {kind: asha, trials: 0, maximum_budget: 9}}}",
      "{study: s, search: {scheduler: {kind: ashas, trials: 9, maximum_budget: 9}}}",
      "{study: s, search: {scheduler: {kind: asha, trials: 9, maximum_budget: 9, population: 4}}}",
      "{study: s, search: {scheduler: {kind: asha, trials: 9}}}",
      "{study: s, data: digits, search: {space: {learning_rat: {type: float, low: 0.1, high: 1}}}}",
      "{study: s, data: digits, search: {space: {learning_rate: {type: float, low: 0.1}}}}",
      "{seed: 1}", "{study: 's s'}", "{study: s, training: {batch_size: many}}",
    ]
    let refused = try SchemaJudge.refused(texts.map { try (Yams.compose(yaml: $0) ?? Node("")).json })
    #expect(texts.indices.filter { refused[$0] == nil }.map { texts[$0] } == [])
  }

  private static func examples() throws -> [String] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../configs")
      .path
    let files = try FileManager.default.subpathsOfDirectory(atPath: root).filter { $0.hasSuffix(".yaml") }
      .sorted()
    #expect(files.count > 10)
    return try files.map { try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8) }
  }

  private static func isTaken(_ text: String) -> Bool {
    do {
      _ = try Experiment(yaml: text, file: "damaged.yaml")
      return true
    } catch {
      return false
    }
  }

  /// With one letter more in the key that `path` means; nil where the document has no such key.
  private static func misspelling(_ node: Node, at path: ArraySlice<String>) -> Node? {
    guard let first = path.first, let mapping = node.mapping else { return nil }
    let isOwn = first == first.uppercased()
    for (key, value) in mapping where isOwn || key.string == first {
      let changed: (Node, Node)
      if path.count == 1 {
        changed = (Node(first + "x"), value)
      } else {
        guard let below = misspelling(value, at: path.dropFirst()) else { continue }
        changed = (key, below)
      }
      return Node(mapping.map { $0.key == key ? changed : ($0.key, $0.value) })
    }
    if let parts = node.sequence, let part = parts.first { return misspelling(part, at: path) }
    return nil
  }
}

/// Python's `jsonschema`.
enum SchemaJudge {
  static let python: String? = {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let path =
      ProcessInfo.processInfo.environment["TUNER_READERS"]
      ?? root.appending(path: ".build-deps/readers/bin/python").path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

  static let missing: Comment = "no Python of the readers: run make readers"

  private struct Question: Encodable {
    var schema: JSONValue
    var documents: [JSONValue]
  }

  /// Why documents are invalid, by their places; valid ones are left out.
  static func refused(_ documents: [JSONValue]) throws -> [Int: String] {
    let script = """
      import json, sys, jsonschema
      asked = json.load(sys.stdin)
      jsonschema.Draft202012Validator.check_schema(asked["schema"])
      judge = jsonschema.Draft202012Validator(asked["schema"])
      found = {}
      for place, document in enumerate(asked["documents"]):
          error = jsonschema.exceptions.best_match(judge.iter_errors(document))
          if error: found[place] = f"{list(error.path)}: {error.message[:300]}"
      json.dump(found, sys.stdout)
      """
    let file = FileManager.default.temporaryDirectory.appending(
      path: "tuner-mpi-schema-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONEncoder().encode(Question(schema: ExperimentSchema.document, documents: documents)).write(
      to: file)
    let (process, output) = (Process(), Pipe())
    process.executableURL = URL(fileURLWithPath: try #require(python))
    process.arguments = ["-c", script]
    process.standardInput = try FileHandle(forReadingFrom: file)
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try JSONDecoder().decode([Int: String].self, from: bytes)
  }
}

extension Node {
  /// As an editor's YAML 1.2 has it.
  fileprivate var json: JSONValue {
    switch self {
    case .mapping(let mapping):
      .object(Dictionary(mapping.map { ($0.key.scalar?.string ?? "", $0.value.json) }) { $1 })
    case .sequence(let nodes): .array(nodes.map(\.json))
    case .alias: .null
    case .scalar(let scalar):
      if scalar.style != .plain, scalar.style != .any {
        .text(scalar.string)
      } else if ["", "~", "null"].contains(scalar.string) {
        .null
      } else if ["true", "false"].contains(scalar.string) {
        .boolean(scalar.string == "true")
      } else if let number = NumberText.number(scalar.string), number.isFinite {
        .number(number)
      } else {
        .text(scalar.string)
      }
    }
  }
}
