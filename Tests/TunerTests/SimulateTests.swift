import Search
import Testing
import Tuner

@Suite struct SimulateTests {
  private static func study() -> Study {
    var study = Study.test()
    study.scheduler = .asha(ASHAOptions(trials: 40, maximumBudget: 4))
    return study
  }

  private static func simulate(recording journal: inout Journal) throws {
    let study = study()
    var controller = try Controller(study, after: nil)
    var cluster = SimulatedCluster(
      study, groups: 8, training: .learningCurves(over: study.space, study.objective, seed: study.seed))
    _ = try run(&controller, on: &cluster, recording: &journal, RunOptions(program: "test"))
  }

  @Test func `a simulation is a function of its study`() throws {
    var journals: [[UInt8]] = []
    for _ in 0..<2 {
      var journal = try Journal(inMemoryAfter: [])
      try Self.simulate(recording: &journal)
      journals.append(journal.bytes)
    }
    #expect(journals[0] == journals[1])
  }

  @Test func `a simulation's journal in a file is the one in memory`() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/journal.jsonl"
    do {
      var journal = try Journal(at: path, in: directory.path, after: nil, durability: .operatingSystem)
      try Self.simulate(recording: &journal)
    }
    var journal = try Journal(inMemoryAfter: [])
    try Self.simulate(recording: &journal)
    let inMemory = try JournalContents(bytes: journal.bytes, path: path)
    #expect(try JournalContents.read(path) == inMemory)
  }
}
