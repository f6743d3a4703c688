import Foundation
import MPI
import RankTesting
import Search
import Testing
import Training
import Tuner

/// Runs that were killed half-way under the version before a group became a lease, and the journals of the same runs
/// undisturbed: `Golden/<name>` holds `journal.jsonl` and `checkpoints` as the kill left them, and `finished.jsonl`.
///
/// Written by this suite's own code at commit 62ec6ff, with TUNER_WRITE_GOLDEN=1.
@Suite(.serialized) struct EarlierRunRankTests {
  enum Run: String, CaseIterable, Sendable {
    case population, halving, objectives

    var study: TestStudy {
      var study = TestStudy()
      study.secondsBetweenMidJobCheckpoints = 0.001
      switch self {
      case .population: break
      case .halving: study.scheduler = .asha(ASHAOptions(trials: 9, maximumBudget: 9, reduction: 3))
      case .objectives:
        study.scheduler = .full(FullRunOptions(trials: 10, budget: 2))
        study.sampler = .nsga2(NSGA2Options(population: 4))
        study.objective = Objective(
          metric: "dev_loss", goal: .minimize, further: [.init(metric: "train_loss", goal: .maximize)])
      }
      return study
    }

    var directory: URL {
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(rawValue)")
    }

    func journal(_ name: String) throws -> [UInt8] {
      [UInt8](try Data(contentsOf: directory.appending(path: name)))
    }
  }

  @Test(arguments: Run.allCases) func `a run that an earlier version began ends as it would have`(run: Run)
    throws
  {
    try withRanks { ranks in
      // Alone, because an asynchronous scheduler decides by who comes first.
      try withOwnDirectory { directory in
        try FileManager.default.copyItem(
          at: run.directory.appending(path: "checkpoints"),
          to: URL(fileURLWithPath: directory).appending(path: "checkpoints"))
        let finished = try run.study.runLocally(on: ranks, in: directory, after: run.journal("journal.jsonl"))
        #expect(finished.result.summary.ending == .finished)
        let expected = TestStudy.Finished(result: finished.result, journal: try run.journal("finished.jsonl"))
        let (found, wanted) = (try finished.records, try expected.records)
        #expect(found == wanted)
      }
    }
  }

  @Test func `a population that an earlier version began goes on in groups, on any number of ranks`() throws {
    try withRanks { ranks in
      for size in PopulationRankTests.groupSizes(ranks.size) {
        let run = Run.population
        let finished = try withRunDirectory(ranks) { ranks, directory in
          if ranks.isRoot {
            try FileManager.default.copyItem(
              at: run.directory.appending(path: "checkpoints"),
              to: URL(fileURLWithPath: directory).appending(path: "checkpoints"))
          }
          try ranks.barrier()
          var study = run.study
          study.ranksPerTrial = size
          return try study.run(on: ranks, in: directory, after: run.journal("journal.jsonl"))
        }
        guard let finished else { continue }
        let expected = TestStudy.Finished(result: finished.result, journal: try run.journal("finished.jsonl"))
        let (found, wanted) = (try finished.records, try expected.records)
        #expect(found == wanted, "groups of \(size)")
      }
    }
  }

  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["TUNER_WRITE_GOLDEN"] != nil, "writes what the others read"),
    arguments: Run.allCases)
  func `golden runs are written`(run: Run) throws {
    try withRanks { ranks in
      try? FileManager.default.removeItem(at: run.directory)
      try FileManager.default.createDirectory(at: run.directory, withIntermediateDirectories: true)
      let finished = try withOwnDirectory { try run.study.runLocally(on: ranks, in: $0) }
      try Data(finished.journal).write(to: run.directory.appending(path: "finished.jsonl"))
      var study = run.study
      study.faults.microsecondsPerStep = 8000
      let half = try finished.outcomes.count / 2
      let path = run.directory.appending(path: "journal.jsonl").path
      #expect(throws: Kill.self) {
        try study.runUntilKilled(on: ranks, in: run.directory.path, journal: path, outcomes: half)
      }
    }
  }
}

private struct Kill: Error {}

extension TestStudy {
  /// Kills a run, as far as that can be done without ending the process: nothing more happens once so many outcomes
  /// are durable and the job after them is on its way.
  fileprivate func runUntilKilled(
    on ranks: borrowing Communicator, in directory: String, journal path: String, outcomes: Int
  ) throws {
    let faults = faults
    let alone = try ranks.makeGroup(of: [ranks.rank], tag: Tag(100), named: "alone")
    var cluster = try LocalCluster<Descent>(on: alone, options(directory)) {
      job, communicator throws(TrainingError) in
      try Descent(job, on: communicator, faults: faults)
    }
    var controller = try controller()
    var journal = try Journal(inMemoryAfter: [])
    var commands = try controller.start(program: "test")
    while true {
      let records = commands.compactMap { if case .append(let record) = $0 { record } else { nil } }
      try journal.append(records, at: cluster.now)
      for command in commands {
        switch command {
        case .assign(let assignment): try cluster.assign(assignment)
        case .release(let states, let group): try cluster.release(states, on: group)
        case .savePopulation(let population): try cluster.save(population)
        case .deleteCheckpoint(let path): try cluster.deleteCheckpoint(path)
        case .append, .sweepCheckpoints, .stop, .finish: continue
        }
      }
      commands = []
      for event in try cluster.nextEvents(within: 0.02) {
        if case .midJobSaved = event, controller.answered >= outcomes {
          try Data(journal.bytes).write(to: URL(fileURLWithPath: path))
          throw Kill()
        }
        commands += try controller.handle(event)
      }
    }
  }
}
