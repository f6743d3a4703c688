import Foundation
import Randomness
import Testing
import Training
import Tuner
import Yams

@testable import Experiments
@testable import tuner_mpi

/// `check` and `run` agree on damaged experiments, over all keys that the reader knows, and nothing traps.
///
/// `TUNER_FUZZ_FILES=5000` (`make fuzz`) tries more of them, `TUNER_FUZZ_FIRST=123` begins at that one. The file at work lies in
/// `tuner-mpi-fuzz.yaml` in the folder for temporary files, so that one which ends the process can be found.
@Suite(.serialized) struct AgreementTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let files = environment["TUNER_FUZZ_FILES"].flatMap(Int.init) ?? 150
  private static let first = environment["TUNER_FUZZ_FIRST"].flatMap(Int.init) ?? 0
  private static let current = FileManager.default.temporaryDirectory.path + "/tuner-mpi-fuzz.yaml"

  @Test func `the base experiments are right, run, and have every key of the reference`() throws {
    let bases = try BaseExperiments()
    defer { #expect(throws: Never.self) { try bases.remove() } }
    var asked: Set<String> = []
    for text in bases.texts {
      asked.formUnion(Self.keys(of: text))
      #expect(throws: Never.self, "\(text)") {
        let checked = try CheckedStudy(Experiment(yaml: text, file: "base.yaml"))
        #expect(StudyOfNothing(study: checked.study, data: checked.data).run() == nil, "\(text)")
      }
    }
    #expect(Set(ExperimentReference.paths).subtracting(asked) == [])
  }

  @Test func `what check accepts runs, and nothing traps`() throws {
    let bases = try BaseExperiments()
    defer { #expect(throws: Never.self) { try bases.remove() } }
    let keys = bases.texts.map(Self.keys)
    let documents = try bases.texts.map { try Yams.compose(yaml: $0) ?? Node("") }
    let paths = ExperimentReference.paths
    var accepted = 0
    for number in Self.first..<Self.first + Self.files {
      let path = paths[number % paths.count]
      let possible = keys.indices.filter { keys[$0].contains(path) }
      let base = try #require(possible.isEmpty ? nil : possible[number / paths.count % possible.count])
      var mutator = ExperimentMutator(
        random: CounterGenerator(seed: 7, purpose: .simulation, index: number))
      let document = mutator.mutated(documents[base], at: path.split(separator: ".").map(String.init))
      let text = try Yams.serialize(node: document)
      try "# \(number): \(path)\n\(text)".write(toFile: Self.current, atomically: false, encoding: .utf8)
      guard let checked = Self.check(text) else { continue }
      accepted += 1
      let refusal = StudyOfNothing(study: checked.study, data: checked.data).run()
      #expect(refusal == nil, "file \(number), \(path)\n\(text)")
    }
    // Damage that is always seen at once would test nothing.
    #expect(accepted > Self.files / 20)
    print("\(accepted) of \(Self.files) damaged experiments were accepted and ran")
  }

  /// As the command does it; nil where it refuses.
  private static func check(_ text: String) -> CheckedStudy? {
    do {
      return try CheckedStudy(Experiment(yaml: text, file: "damaged.yaml"))
    } catch {
      let words = "\(error)"
      #expect(!words.isEmpty && !words.contains("Optional(") && !words.contains("NSCocoa"), "\(words)")
      return nil
    }
  }

  /// The reference's keys that the reader asks of a text for.
  private static func keys(of text: String) -> Set<String> {
    let findings = Findings()
    do {
      let root = Section(root: try Yams.compose(yaml: text), file: "base.yaml", findings: findings)
      _ = ExperimentReader(root: root, findings: findings).read()
    } catch {
      Issue.record(error)
    }
    return Set(findings.questions.map { ExperimentReference.general($0.path) })
  }
}
