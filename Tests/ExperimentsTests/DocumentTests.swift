import Experiments
import Foundation
import Testing

/// YAML as people and their editors write it.
@Suite struct DocumentTests {
  private static let text = experiment(space: "learning_rate: {type: float, low: 1e-3, high: 0.1}")

  @Test func `merge keys give a mapping another one's keys, its own first`() throws {
    let text = """
      study: merged
      search:
        space:
          learning_rate: &range {type: float, low: 1e-3, high: 0.1, scale: log}
          weight_decay: {<<: *range, low: 1e-4}
          dropout: &half {type: float, low: 0, high: 0.5, scale: linear}
          label_smoothing:
            <<: [*half, *range]
            high: 0.2
        scheduler: {kind: full, trials: 4, budget: 1}
      """
    let space = try Experiment(yaml: text, file: "study.yaml").space
    #expect(
      space.parameters.map(\.domain) == [
        .float(low: 1e-3, high: 0.1, scale: .log), .float(low: 1e-4, high: 0.1, scale: .log),
        .float(low: 0, high: 0.5, scale: .linear), .float(low: 0, high: 0.2, scale: .linear),
      ])
  }

  @Test func `a mistake in what is merged is at the line that it was written on`() {
    let text = """
      study: merged
      search:
        space:
          learning_rate: &range
            type: float
            low: small
            high: 0.1
          weight_decay: {<<: *range, low: 1e-4}
          dropout:
            <<: *range
        scheduler: {kind: full, trials: 4, budget: 1}
      """
    #expect(
      problems(text) == [
        "6: search.space.learning_rate.low: expected a number, found small. Correct the value.",
        "6: search.space.dropout.low: expected a number, found small. Correct the value.",
      ])
  }

  @Test(arguments: [
    ("study: s\ntraining: {<<: 5}", "2: expected keys with values, or a list of them, for <<, found 5."),
    ("study: s\ntraining: *base", "2: expected an alias of an anchor above it, found one of none."),
    ("study: s\nstudy: t", "1: expected each key once, found study more than once."),
    ("study: s\n---\nstudy: t", "2: expected one document, found another one."),
    (
      "study: s\nsearch:\n\tspace: {}",
      "3: expected YAML, found found character that cannot start any token. "
        + "Indent with spaces: YAML forbids tabs there."
    ),
    ("study: s\u{0}", "1: expected YAML in UTF-8, found control characters are not allowed."),
    ("study: s\n? [a, b]\n: 1", "2: [a, b]: expected a key that an experiment has, found [a, b]."),
    ("study: s\n5: 1", "2: 5: expected a key that an experiment has, found 5."),
  ])
  func `YAML that is no experiment is named`(text: String, message: String) {
    let found = problems(text)
    #expect(found.contains { $0.hasPrefix(message) }, "\(found)")
  }

  @Test func `aliases of aliases, and depth, have an end`() {
    var lines = ["study: bomb", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in 1..<12 {
      let before = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(before)]")
    }
    let found = problems(lines.joined(separator: "\n"))
    #expect(found.count == 1 && found[0].contains("aliases written out, found more"))
    let asKey = problems((lines + ["? [*a11, *a10]", ": 1"]).joined(separator: "\n"))
    #expect(asKey.count == 1 && asKey[0].contains("expected keys that are words"))
    let deep = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(problems("study: \(deep)").count == 1)
  }

  @Test func `a byte order mark is no part of the first key`() {
    #expect(problems("\u{FEFF}" + Self.text) == [])
    #expect(problems("\u{FEFF}" + Self.text.replacing("\n", with: "\r\n")) == [])
  }

  @Test func `a setting's mistake is on no line of the file`() {
    let found = problems(Self.text, settings: ["training.optimizer={kind: lamp}"])
    #expect(found.count == 1 && found[0].contains("training.optimizer.kind"))
    #expect(found[0].hasPrefix("4: "), "the section's own line: \(found)")
  }

  @Test(arguments: [
    (Data([0xFF, 0xFE, 0x73, 0x00]), "found one in UTF-16. Save it as UTF-8."),
    (Data([0xFE, 0xFF, 0x00, 0x73]), "found one in UTF-16. Save it as UTF-8."),
    (Data([0x73, 0x3A, 0xE9, 0x20]), "found bytes that are none. Save it as UTF-8."),
    (Data(count: 17 << 20), "found one of 17825792 bytes. Name the experiment; data has a file of its own."),
  ])
  func `a file that is no text is named`(bytes: Data, message: String) throws {
    let path = FileManager.default.temporaryDirectory.path + "/experiment-\(UUID().uuidString).yaml"
    try bytes.write(to: URL(fileURLWithPath: path))
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: path) } }
    #expect { try Experiment(path: path) } throws: { "\($0)".hasSuffix(message) }
  }

  @Test func `a directory is no experiment`() {
    #expect { try Experiment(path: FileManager.default.temporaryDirectory.path) } throws: {
      "\($0)".hasSuffix("found a directory. Correct the path; configs/ has examples.")
    }
  }
}
