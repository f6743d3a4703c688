import Foundation
import MPI
import Randomness
import Search
import Testing

@testable import Tuner

/// Whatever a journal or a message holds, it is read or refused in words: nothing traps, nothing hangs.
@Suite struct DamagedJournalTests {
  /// How many damaged ones of each kind; more by the variable TUNER_FUZZ.
  static let count = ProcessInfo.processInfo.environment["TUNER_FUZZ"].flatMap { Int($0) } ?? 300

  /// What a population left that was killed, lost a group, and went on.
  private static func journal() throws -> (bytes: [UInt8], simulation: Simulation) {
    let simulation = Simulation(scheduler: ResumeTests.population, losses: [(2.5, GroupID(1))])
    var killed = simulation
    killed.killedAtCall = 60
    let first = try killed.run()
    var second = simulation
    (second.journal, second.checkpoints) = (first.journal, first.checkpoints)
    return (try second.run().journal, simulation)
  }

  /// What reading a journal, and going on from it, comes to.
  private static func goOn(from bytes: [UInt8], _ simulation: Simulation) throws -> String {
    do {
      let contents = try JournalContents(bytes: bytes, path: "journal.jsonl")
      var simulation = simulation
      simulation.journal = bytes
      _ = try simulation.controller()
      _ = try RunStatus(contents)
      return "read"
    } catch let error as TunerError {
      #expect([.damaged, .usage].contains(error.kind), "\(error)")
      return "refused"
    }
  }

  @Test func `a journal with changed bytes is read up to a torn line, or refused`() throws {
    let (bytes, simulation) = try Self.journal()
    #expect(try Self.goOn(from: bytes, simulation) == "read")
    var endings: [String: Int] = [:]
    for index in 0..<Self.count {
      var random = CounterGenerator(seed: 3, purpose: .simulation, index: index)
      let damaged = Mutation.any(of: bytes, using: &random)
      endings[try Self.goOn(from: damaged, simulation), default: 0] += 1
    }
    #expect(endings["refused", default: 0] > Self.count / 2, "\(endings)")
  }

  /// Their checksums hold, as after a bug: what they say is judged, too.
  @Test func `a journal that says something else is read or refused`() throws {
    let (bytes, simulation) = try Self.journal()
    var endings: [String: Int] = [:]
    for index in 0..<Self.count {
      var random = CounterGenerator(seed: 4, purpose: .simulation, index: index)
      let damaged = Mutation.sealed(bytes, using: &random)
      endings[try Self.goOn(from: damaged, simulation), default: 0] += 1
    }
    #expect(endings["refused", default: 0] > 0 && endings["read", default: 0] > 0, "\(endings)")
  }

  @Test func `a message with changed bytes is read or refused`() throws {
    let job = Job(
      id: JobID(3), trial: TrialID(2), origin: .fresh, configuration: Configuration(), target: 4)
    let messages: [Notice] = [
      .here, .released(attempt: 1, stateBytes: 2, seconds: 3), .stopped(attempt: 4),
      .faulted(attempt: 5, .peers(of: GroupID(1), "gone")),
      .reported(attempt: 6, Controller.failure(of: job, on: GroupID(0), "it failed")),
    ]
    for index in 0..<Self.count {
      var random = CounterGenerator(seed: 5, purpose: .simulation, index: index)
      let whole = Array(try JSONEncoder().encode(messages[index % messages.count]))
      let damaged = Mutation.any(of: whole, using: &random)
      _ = try? JSONDecoder().decode(Notice.self, from: Data(damaged))
      _ = try? JSONDecoder().decode(Instruction.self, from: Data(damaged))
      let numbers = (0..<Int.random(in: 0..<20, using: &random)).map { _ in
        Int64.random(in: .min ... .max, using: &random)
      }
      guard let signs = GatheredSigns(numbers) else { continue }
      let board = PulseBoard(ranks: 4, nodes: [1: [1, 2, 3]])
      board.take(signs)
      #expect(try board.silences(over: -1).count <= 3)
    }
  }
}

/// Ways in which bytes come to harm.
enum Mutation {
  static func any(of bytes: [UInt8], using random: inout CounterGenerator) -> [UInt8] {
    var bytes = bytes
    guard !bytes.isEmpty else { return bytes }
    for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let length = min(Int.random(in: 1...200, using: &random), bytes.count - place)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(place..<place + length)
      case 2:
        bytes.insert(contentsOf: bytes[place..<place + length], at: Int.random(in: 0...place, using: &random))
      case 3: for index in place..<place + length { bytes[index] = 0 }
      default: bytes.removeLast(length)
      }
    }
    return bytes
  }

  /// Of a journal, with the right checksum for what a line says now.
  static func sealed(_ journal: [UInt8], using random: inout CounterGenerator) -> [UInt8] {
    var lines = journal.split(separator: UInt8(ascii: "\n")).map(Array.init)
    let number = Int.random(in: 0..<lines.count, using: &random)
    let start = #"{"checksum":"01234567","#.utf8.count
    var body = Array(lines[number][start...])
    let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let digits = body.indices.filter { isDigit(body[$0]) }
    if Int.random(in: 0..<4, using: &random) > 0, let place = digits.randomElement(using: &random) {
      let others = ["-1", "0", "7", "99999999999999999", "1e300", "0.5", "null"]
      body.replaceSubrange(place...place, with: Array(others.randomElement(using: &random)!.utf8))
    } else {
      body = any(of: body, using: &random).filter { $0 != UInt8(ascii: "\n") }
    }
    let seal = #"{"checksum":""# + JournalLine.checksum(body) + "\","
    lines[number] = Array(seal.utf8) + body
    return lines.flatMap { $0 + [UInt8(ascii: "\n")] }
  }
}
