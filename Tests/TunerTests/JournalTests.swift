import Foundation
import Randomness
import Search
import Testing
import Tuner

@Suite struct JournalTests {
  /// A journal with every kind of record.
  private static func sample() throws -> [UInt8] {
    try Simulation(
      scheduler: MiniaturePopulation(members: 3, generations: 2),
      training: .test(diverging: { $0.id == JobID(4) }), losses: [(1.5, GroupID(1))]
    ).run().journal
  }

  private static func parse(_ bytes: [UInt8]) throws(TunerError) -> JournalContents {
    try JournalContents(bytes: bytes, path: "runs/digits/journal.jsonl")
  }

  private static func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    bytes.split(separator: UInt8(ascii: "\n"))
  }

  @Test func `a line is one JSON object with sorted keys, its checksum first`() throws {
    var journal = try Journal(inMemoryAfter: [])
    try journal.append([.session(.stopRequested(.deadline))], at: 1.5)
    let text = String(decoding: journal.bytes, as: UTF8.self)
    // The CRC-32C is that of Python's google_crc32c over the bytes from "sequence" to the closing brace.
    #expect(text.hasPrefix(#"{"checksum":""#))
    #expect(
      text.hasSuffix(
        #"","sequence":0,"session":{"stopRequested":{"_0":{"deadline":{}}}},"time":1.5}"# + "\n"))
  }

  @Test func `reading gives back what was appended`() throws {
    let bytes = try Self.sample()
    let contents = try Self.parse(bytes)
    #expect(contents.tornBytes == 0)
    #expect(contents.end.bytes == bytes.count)
    var journal = try Journal(inMemoryAfter: [])
    for line in contents.lines { try journal.append([line.record], at: line.time) }
    #expect(journal.bytes == bytes)
    #expect(contents.lines.map(\.sequence) == Array(contents.lines.indices))
  }

  @Test func `a torn last line is left out at any byte`() throws {
    let bytes = try Self.sample()
    let whole = try Self.parse(bytes)
    let lastLine = try #require(Self.lines(bytes).last)
    for cut in 1...lastLine.count {
      let contents = try Self.parse(Array(bytes.dropLast(cut)))
      #expect(Array(contents.lines) == Array(whole.lines.dropLast()))
      #expect(contents.tornBytes == lastLine.count + 1 - cut)
    }
  }

  @Test func `a flipped bit is found in every line and named by its number`() throws {
    let bytes = try Self.sample()
    var start = 0
    for (index, line) in Self.lines(bytes).enumerated() {
      for offset in stride(from: 0, to: line.count, by: 23) {
        var damaged = bytes
        damaged[start + offset] ^= 0x04
        let error = #expect(throws: TunerError.self) { _ = try Self.parse(damaged) }
        #expect(error?.kind == .damaged)
        #expect(error?.subject == "runs/digits/journal.jsonl:\(index + 1)")
      }
      start += line.count + 1
    }
  }

  @Test func `a wrong checksum is refused with both`() throws {
    var journal = try Journal(inMemoryAfter: [])
    try journal.append([.session(.stopRequested(.deadline))], at: 1.5)
    var text = String(decoding: journal.bytes, as: UTF8.self)
    let checksum = String(text.dropFirst(13).prefix(8))
    text.replace("1.5", with: "1.6")
    let error = #expect(throws: TunerError.self) { _ = try Self.parse(Array(text.utf8)) }
    let message = try #require(error?.description)
    #expect(
      message.hasPrefix(
        "runs/digits/journal.jsonl:1: expected checksum \(checksum), as written, found "))
    #expect(
      message.hasSuffix(
        ", computed. Restore the run directory from a copy, or move it away to start again."))
  }

  @Test func `a missing line is refused`() throws {
    let lines = Self.lines(try Self.sample())
    var without: [UInt8] = []
    for (index, line) in lines.enumerated() where index != 3 { without += line + [UInt8(ascii: "\n")] }
    let error = #expect(throws: TunerError.self) { _ = try Self.parse(without) }
    #expect(
      error?.description == """
        runs/digits/journal.jsonl:4: expected record 3, found record 4. \
        Restore the run directory from a copy, or move it away to start again.
        """)
  }

  @Test func `a journal of a newer program is refused as that`() throws {
    var journal = try Journal(inMemoryAfter: [])
    try journal.append([.header(HeaderRecord(format: 2, program: "9.1", study: .null))], at: 0)
    let bytes = journal.bytes
    let error = #expect(throws: TunerError.self) { _ = try Self.parse(bytes) }
    #expect(error?.kind == .usage)
    #expect(
      error?.description == """
        runs/digits/journal.jsonl:1: expected journal format 1 or older, found format 2, written by version 9.1. \
        Go on with that version, or a newer one.
        """)
  }

  @Test func `no fuzzed journal traps`() throws {
    let bytes = try Self.sample()
    let scheduler = MiniaturePopulation(members: 3, generations: 2)
    for seed in 0..<100 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .simulation)
      var lines = try Array(Self.parse(bytes).lines)
      // Well-formed lines in a wrong order, doubled or left out, and lines of another study.
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let (from, to) = (
          Int.random(in: 1..<lines.count, using: &random), Int.random(in: 1..<lines.count, using: &random)
        )
        switch Int.random(in: 0..<3, using: &random) {
        case 0: lines.swapAt(from, to)
        case 1: lines.insert(lines[from], at: to)
        default: lines.remove(at: from)
        }
      }
      var journal = try Journal(inMemoryAfter: [])
      for line in lines { try journal.append([line.record], at: line.time) }
      do throws(TunerError) {
        let contents = try Self.parse(journal.bytes)
        _ = try History(contents)
        _ = try RunStatus(contents)
        _ = try Controller(resuming: contents, .test(), scheduler: scheduler, sampler: FollowingSampler())
      } catch {
        #expect(error.kind == .damaged || error.kind == .usage, "seed \(seed): \(error)")
      }
    }
    for seed in 0..<300 {
      var random = CounterGenerator(seed: UInt64(seed), purpose: .shuffle)
      var damaged = bytes
      for _ in 0..<4 {
        damaged[Int.random(in: damaged.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      #expect(throws: TunerError.self, "seed \(seed)") { try Self.checkDamage(damaged, bytes) }
    }
  }

  /// Throws for a damaged journal; also, on its behalf, for one that the damage happened to leave as it was.
  private static func checkDamage(_ damaged: [UInt8], _ bytes: [UInt8]) throws(TunerError) {
    let contents = try parse(damaged)
    guard damaged != bytes, contents.tornBytes == 0 else {
      throw TunerError(.usage, subject: "", expected: "", found: "", remedy: "")
    }
  }

  @Test func `a file goes on after its torn line`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    let records: [Record] = [
      .header(HeaderRecord(program: "1.0", study: .null)), .session(.started(program: "1.0")),
    ]
    #expect(try JournalContents.read(path) == nil)
    do {
      var journal = try Journal(at: path, in: directory.path, after: nil)
      try journal.append(records, at: 1)
    }
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(#"{"checksum":"12"#.utf8))
    try file.close()
    do {
      let contents = try #require(try JournalContents.read(path))
      #expect(contents.tornBytes == 15)
      var journal = try Journal(at: path, in: directory.path, after: contents.end)
      try journal.append([.session(.stopped(.deadline))], at: 2)
    }
    let lines = try #require(try JournalContents.read(path)).lines
    #expect(lines.map(\.record) == records + [.session(.stopped(.deadline))])
    #expect(lines.map(\.time) == [1, 1, 2])
  }
}

/// A directory that goes away with its value.
struct TemporaryDirectory: ~Copyable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("tuner-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func write(_ text: String, to name: String) throws {
    try text.write(toFile: path + "/" + name, atomically: false, encoding: .utf8)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      Issue.record("\(path) stays behind: \(error)")
    }
  }
}
