import Foundation
import Search
import Testing
import Tuner

@Suite struct FailedStudyTests {
  private static let full = SchedulerConfiguration.full(FullRunOptions(trials: 4, budget: 1))

  private func remains(diverging: @escaping @Sendable (Job) -> Bool) throws -> Simulation.Remains {
    try Simulation(
      scheduler: Self.full.makeScheduler(space: Study.test().space, seed: 7, mutable: []),
      training: .test(diverging: diverging)
    ).run()
  }

  @Test func `a study without a single success has failed`() throws {
    let failed = try remains { _ in true }
    #expect(failed.result?.summary.hasFailed == true)
    let status = try RunStatus(failed.contents)
    #expect(
      status.text
        == "failed: none of 4 trials succeeded; once the cause is mended the same command begins anew")
    let common = try #require(try History(failed.contents).commonFailure)
    #expect(common.reason == "diverged")
    #expect(common.jobs == 4)
  }

  @Test func `one success is enough`() throws {
    let remains = try remains { $0.trial != TrialID(3) }
    #expect(remains.result?.summary.hasFailed == false)
    #expect(try RunStatus(remains.contents).text.hasPrefix("finished: 4 trials"))
  }

  @Test func `its journal is kept under another name, whatever is there already`() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "failed-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let journal = directory.appending(path: "journal.jsonl").path
    for number in 1...3 {
      let bytes = try remains { _ in true }.journal
      try Data(bytes).write(to: URL(fileURLWithPath: journal))
      let contents = try #require(try JournalContents.read(journal))
      let kept = try contents.setAside()
      #expect(kept == "\(directory.path)/journal-failed-\(number).jsonl")
      #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == Data(bytes))
      #expect(try JournalContents.read(journal) == nil)
    }
  }
}
