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

  @Test func `lines are decoded when they are asked for, any of them in any order`() throws {
    let contents = try Self.simulated()
    let all = Array(contents.lines)
    let bytes = try all.flatMap { line throws(TunerError) in try line.bytes() }
    let lean = try JournalContents(path: "lean", JournalLines(bytes, mostDecoded: 3), bytes)
    #expect(lean.lines.indices.reversed().map { lean.lines[$0] } == all.reversed())
    #expect(lean.lines == contents.lines && lean.study == contents.study)
    #expect(contents.lines.indices.reversed().map { contents.lines[$0] } == all.reversed())
    #expect(all.map(\.sequence) == Array(all.indices))
    #expect(contents.end.lines == all.count)
  }

  @Test func `a journal that was read is the newest until it grows`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    #expect(try JournalContents.read(path) == nil)
    var journal = try Journal(at: path, in: directory.path, after: nil)
    try journal.append([.header(HeaderRecord(program: "1", study: .null))], at: 1)
    let contents = try #require(try JournalContents.read(path))
    #expect(contents.isNewest)
    try journal.append([.session(.stopped(.deadline))], at: 2)
    #expect(!contents.isNewest)
    try FileManager.default.removeItem(atPath: path)
    #expect(!contents.isNewest)
  }
}
