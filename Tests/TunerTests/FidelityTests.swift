import Foundation
import Search
import Testing
import Training
import Tuner

@Suite struct FidelityTests {
  static var study: Study {
    var study = Study.test()
    study.scheduler = .hyperband(HyperbandOptions(maximumBudget: 9))
    study.fidelity = Fidelity(
      name: "data_share", domain: .float(low: 0.1, high: 1, scale: .linear), fullBudget: 9, length: 4)
    return study
  }

  private static func simulation(journal: [UInt8] = [], checkpoints: Set<String> = []) throws -> Simulation {
    try Simulation(
      study: study,
      scheduler: study.scheduler.makeScheduler(space: study.space, seed: study.seed, mutable: []),
      journal: journal, checkpoints: checkpoints)
  }

  @Test func `every job begins with new weights, and counts its whole budget`() throws {
    let remains = try Self.simulation().run()
    let jobs = try remains.studyRecords.compactMap {
      if case .job(let record) = $0 { record.job } else { nil }
    }
    #expect(jobs.allSatisfy { $0.origin == .fresh })
    #expect(Set(jobs.map(\.target)) == [1, 3, 9])
    let plan = try Self.simulation().scheduler.plan
    #expect(jobs.count == plan.jobs)
    #expect(jobs.reduce(0) { $0 + $1.work } == plan.budgetAnew)
    #expect(plan.budgetAnew > plan.budget)
  }

  @Test func `no states but the first three are kept`() throws {
    let remains = try Self.simulation().run()
    #expect(remains.checkpoints.count == 3)
    // The groups' unreported states, and those that went farther, aside: nothing waits for a promotion.
    #expect(remains.mostCheckpoints <= 8)
  }

  @Test func `a run that was cut goes on to the same records`() throws {
    let whole = try Self.simulation().run()
    let files = Set(
      try whole.studyRecords.compactMap {
        if case .outcome(let record) = $0 { record.checkpoint } else { nil }
      })
    for cut in stride(from: 0, to: whole.journal.count, by: 997) {
      let resumed = try Self.simulation(journal: Array(whole.journal.prefix(cut)), checkpoints: files).run()
      #expect(try resumed.studyRecords == whole.studyRecords, "cut at byte \(cut)")
    }
  }

  @Test func `the budget decides the hyperparameter, and reports count in it`() throws {
    let study = Self.study
    #expect(try study.trainee(for: Configuration(), at: 1).training?.dataShare == 0.1)
    #expect(try study.trainee(for: Configuration(), at: 9).training?.dataShare == nil)
    let remains = try Self.simulation().run()
    #expect(try History(remains.contents).budgetUnit == "units of data_share")
  }

  @Test func `a batch that the least share cannot hold is refused`() throws {
    let data = try TrainingData(.digits, split: SplitFractions(), seed: 7)
    var study = Self.study
    try study.validate(with: data)
    study.trainee.training?.batchSize = 256
    #expect {
      try study.validate(with: data)
    } throws: { error in
      "\(error)"
        == "batch_size: expected at most 149, the training samples of the smallest trial, found 256. "
        + "Lower the batch size, raise data_share where it is below 1, or give more data."
    }
  }

  @Test func `a resolution of what is no image is refused, before anything trains`() throws {
    let path = "\(NSTemporaryDirectory())/fidelity-\(UUID().uuidString).txt"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try String(repeating: "a line of text\n", count: 200).write(
      toFile: path, atomically: true, encoding: .utf8)
    let text = try TrainingData(.text(path: path, contextLength: 8), split: SplitFractions(), seed: 7)
    var study = Self.study
    study.fidelity?.name = "resolution"
    try study.validate(with: TrainingData(.digits, split: SplitFractions(), seed: 7))
    var searching = Self.study
    searching.fidelity = nil
    searching.space = SearchSpace([
      Parameter(name: "resolution", domain: .float(low: 0.5, high: 1, scale: .linear))
    ])
    for study in [study, searching] {
      #expect {
        try study.validate(with: text)
      } throws: { error in
        "\(error)"
          == "resolution: expected images, of shape [channels, height, width], found a text. "
          + "Leave resolution out, or give data of images."
      }
    }
  }
}
