import Foundation
import Reports
import Search
import Training
import Tuner

/// What the test split said of the chosen model: the run directory's `test.json`.
struct TestResult: Codable {
  var trial: Int
  var budget: Int
  /// Relative to the run directory.
  var checkpoint: String
  var samples: Int
  var metrics: [String: Double]
  /// Of each metric, with 95 %; nil in results of earlier versions.
  var intervals: [String: ConfidenceInterval]?
  /// When, in ISO 8601.
  var measured: String
  /// A warning, where no trial of the study kept its limits.
  var limits: String?
  /// What the data files held; nil in results of earlier versions.
  var inputs: [String: InputFile]?
  /// What the split said before, of models that led then, the first one first; nil where this was the first.
  var earlier: [TestResult]?

  /// How often the split has been opened.
  var openings: Int { 1 + (earlier?.count ?? 0) }

  /// The same as the newest after what was recorded before.
  func following(_ recorded: TestResult?) -> Self {
    guard var recorded else { return self }
    let before = recorded.earlier ?? []
    recorded.earlier = nil
    var result = self
    result.earlier = before + [recorded]
    return result
  }

  /// What was measured of a model, now or before; nil where the split has not been opened for it.
  func ofModel(_ checkpoint: String) -> Self? {
    if self.checkpoint == checkpoint { return self }
    var others = earlier ?? []
    guard let place = others.lastIndex(where: { $0.checkpoint == checkpoint }) else { return nil }
    // The record of all openings stays with whatever is told.
    var (found, newest) = (others.remove(at: place), self)
    newest.earlier = nil
    found.earlier = others + [newest]
    return found
  }

  var text: String {
    let metrics = metrics.sorted { $0.key < $1.key }.map { name, value in
      let interval = intervals?[name].map { " [\(scoreText($0.low)), \(scoreText($0.high))]" } ?? ""
      return "\(name) \(scoreText(value))\(interval)"
    }.joined(separator: ", ")
    return "trial \(trial) at \(budget): \(metrics) on \(samples) test samples, measured \(measured)"
      + (openings > 1 ? "; the split has been opened \(openings) times in all" : "")
      + (limits.map { "; \($0)" } ?? "")
  }

  /// For the page.
  var finding: TestFinding {
    TestFinding(
      trial: TrialID(trial), budget: budget, samples: samples,
      metrics: Dictionary(
        uniqueKeysWithValues: metrics.map { name, value in
          (name, (value, intervals?[name].map { min($0.low, $0.high)...max($0.low, $0.high) }))
        }), openings: openings)
  }
}

extension RunDirectory {
  /// What `test` recorded; nil while the split is closed.
  ///
  /// - Throws: `TunerError` where the record is damaged.
  func testResult() throws(TunerError) -> TestResult? {
    guard FileManager.default.fileExists(atPath: test) else { return nil }
    let found: String
    do {
      return try JSONDecoder().decode(TestResult.self, from: Data(contentsOf: URL(fileURLWithPath: test)))
    } catch let error as DecodingError {
      found = error.words
    } catch {
      found = "\(error)"
    }
    throw TunerError(
      .damaged, subject: test, expected: "the result that an earlier `test` wrote", found: found,
      remedy: "Restore it from a copy, or move it away to measure again.")
  }

  func write(_ result: TestResult) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(String(decoding: encoder.encode(result), as: UTF8.self) + "\n", to: test)
  }
}
