import Foundation
import JSON
import Search
import Testing

@testable import Tuner

/// How a journal's lines are written and read.
@Suite struct JournalTextTests {
  private static func simulated() throws -> JournalContents {
    try Simulation(
      scheduler: MiniaturePopulation(members: 3, generations: 2),
      training: .test(diverging: { $0.id == JobID(4) }), losses: [(1.5, GroupID(1))]
    ).run().contents
  }

  @Test func `every record of a journal is written as by Foundation`() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let journal = try Self.simulated()
    #expect(journal.lines.count > 20)
    for line in journal.lines { #expect(try Data(SortedJSONEncoder().encode(line)) == encoder.encode(line)) }
  }

  @Test func `every record of a journal is read as by Foundation`() throws {
    for line in try Self.simulated().lines {
      let text = try SortedJSONEncoder().encode(line)
      let read = try JSONDocumentDecoder().decode(JournalLine.self, from: text)
      #expect(try read == line && read == JSONDecoder().decode(JournalLine.self, from: Data(text)))
    }
  }
}
