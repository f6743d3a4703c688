import Experiments
import Foundation
import Testing

/// docs/experiment-file.md holds tables that the reader makes. `TUNER_WRITE_REFERENCE=1 swift test
/// --filter ExperimentReferenceTests` writes them anew.
@Suite(.serialized) struct ExperimentReferenceTests {
  private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "docs/experiment-file.md")

  @Test(arguments: [
    ("keys", ExperimentReference.keys), ("hyperparameters", ExperimentReference.hyperparameters),
    ("schedules", ExperimentReference.schedules), ("metrics", ExperimentReference.metrics),
    ("optimizers", ExperimentReference.optimizers),
  ])
  func `the page's table is the reader's`(name: String, table: String) throws {
    var text = try String(contentsOf: Self.page, encoding: .utf8)
    let (begin, end) = ("<!-- \(name): made by the reader -->\n", "\n<!-- end of \(name) -->")
    let start = try #require(text.range(of: begin)).upperBound
    let stop = try #require(text.range(of: end)).lowerBound
    if ProcessInfo.processInfo.environment["TUNER_WRITE_REFERENCE"] != nil {
      text.replaceSubrange(start..<stop, with: table)
      try text.write(to: Self.page, atomically: true, encoding: .utf8)
    } else {
      #expect(text[start..<stop] == table)
    }
  }
}
