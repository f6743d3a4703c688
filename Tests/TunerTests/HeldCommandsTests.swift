import Foundation
import Search
import Testing

@testable import Tuner

struct HeldCommandsTests {
  private let delete = Command.deleteCheckpoint("a.h5")
  private let stop = Command.stop(GroupID(1))

  @Test func `the order stays where all is durable`() {
    var held = HeldCommands()
    #expect(held.due(with: [stop, delete, stop], written: 4, durable: 4) == [stop, delete, stop])
    #expect(held.due(with: [], written: 4, durable: 4) == [])
  }

  @Test func `what cannot be undone waits for its records, and nothing else waits for it`() {
    var held = HeldCommands()
    let later = Command.deleteCheckpoint("b.h5")
    #expect(held.due(with: [delete, stop], written: 4, durable: 3) == [stop])
    #expect(held.due(with: [stop, later], written: 6, durable: 3) == [stop])
    #expect(held.due(with: [stop], written: 7, durable: 4) == [delete, stop])
    #expect(held.due(with: [], written: 7, durable: 6) == [later])
  }

  @Test func `a batch is held even when an earlier one has just become durable`() {
    var held = HeldCommands()
    let later = Command.deleteCheckpoint("b.h5")
    #expect(held.due(with: [delete], written: 2, durable: 1) == [])
    #expect(held.due(with: [later], written: 3, durable: 2) == [delete])
    #expect(held.due(with: [], written: 3, durable: 3) == [later])
  }

  @Test func `a journal says how far it is on the disk`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    var journal = try Journal(at: path, in: directory.path, after: nil)
    for sequence in 1...20 {
      try journal.append([.session(.started(program: "1.0"))], at: Double(sequence))
      let durable = try journal.durableCount
      #expect(durable <= journal.count)
    }
    try journal.waitUntilDurable()
    #expect(try journal.durableCount == 20)
    #expect(journal.count == 20)
  }

  @Test func `a disk that refuses is an error of whoever asks next`() throws {
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { close(ends[0]) }
    let sync = JournalSync(HeldFile("runs/a/journal.jsonl", descriptor: ends[1]), lines: 1)
    #expect(try sync.durableLines == 1)
    sync.start(lines: 2)
    let error = #expect(throws: TunerError.self) { try sync.wait() }
    #expect(
      error?.description
        == "runs/a/journal.jsonl: expected fdatasync to succeed, found errno 22: Invalid argument. Check the "
        + "space, the quota and the permissions of the run directory.")
  }
}
