import AskTell
import Foundation
import Search
import Testing

/// The sessions in docs/suggest.md, line by line.
@Suite struct DocumentedSessionTests {
  private static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/suggest.md")

  /// With TUNER_WRITE_REFERENCE=1 the answers are written into the document instead of compared with it.
  private static let isWriting = ProcessInfo.processInfo.environment["TUNER_WRITE_REFERENCE"] == "1"

  @Test func `the documented sessions go as documented`() throws {
    let document = try String(contentsOf: Self.path, encoding: .utf8)
    var lines = document.components(separatedBy: "\n")
    var session = AskTellSession()
    var isInside = false
    var compared = 0
    for index in lines.indices {
      if lines[index].hasPrefix("```") {
        isInside = lines[index] == "```session"
        session = AskTellSession(AskTellStrategy(sampler: .sobol))
      }
      guard isInside, lines[index].hasPrefix("> ") else { continue }
      let answer = "< " + session.say(String(lines[index].dropFirst(2)))
      if Self.isWriting { lines[index + 1] = answer }
      #expect(lines[index + 1] == answer, "line \(index + 2)")
      compared += 1
    }
    #expect(compared > 30)
    if Self.isWriting {
      try lines.joined(separator: "\n").write(to: Self.path, atomically: true, encoding: .utf8)
    }
  }
}
