import Search
import Testing
import Tuner

@Suite struct SimulateTests {
  private static func study() -> Study {
    var study = Study.test()
    study.scheduler = .asha(ASHAOptions(trials: 40, maximumBudget: 4))
    return study
  }

  @Test func `a simulation is a function of its study`() throws {
    var journals: [[UInt8]] = []
    for _ in 0..<2 {
      var journal = try Journal(inMemoryAfter: [])
      _ = try simulate(Self.study(), groups: 8, recording: &journal, RunOptions(program: "test"))
      journals.append(journal.bytes)
    }
    #expect(journals[0] == journals[1])
  }

  @Test func `a simulation's journal in a file is the one in memory`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    do {
      var journal = try Journal(at: path, in: directory.path, after: nil, durability: .operatingSystem)
      _ = try simulate(Self.study(), groups: 8, recording: &journal, RunOptions(program: "test"))
    }
    var journal = try Journal(inMemoryAfter: [])
    _ = try simulate(Self.study(), groups: 8, recording: &journal, RunOptions(program: "test"))
    let inMemory = try JournalContents(bytes: journal.bytes, path: path)
    #expect(try JournalContents.read(path) == inMemory)
  }

  @Test func `a simulation without groups is refused`() throws {
    var journal = try Journal(inMemoryAfter: [])
    do throws(TunerError) {
      _ = try simulate(Self.study(), groups: 0, recording: &journal, RunOptions(program: "test"))
      Issue.record("0 groups were accepted")
    } catch {
      #expect(
        error.description
          == "the simulation: expected at least 1 group of ranks, found 0. Write how many groups to simulate."
      )
    }
  }
}
