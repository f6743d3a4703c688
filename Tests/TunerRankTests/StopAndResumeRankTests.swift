import Foundation
import MPI
import RankTesting
import Search
import Testing
import Training
import Tuner

@Suite(.serialized) struct StopAndResumeRankTests {
  @Test(arguments: [0.0, 0.001]) func `a stopped and resumed run has the uninterrupted journal`(
    secondsBetweenMidJobCheckpoints: Double
  ) throws {
    try withRanks { ranks in
      var study = TestStudy()
      study.generations = 3
      study.secondsBetweenMidJobCheckpoints = secondsBetweenMidJobCheckpoints
      let uninterrupted = try withRunDirectory(ranks) { ranks, directory in
        try study.run(on: ranks, in: directory)
      }
      // Steps long enough that a stop meets jobs at work.
      study.faults.microsecondsPerStep = 8000
      study.ranksPerTrial = ranks.size >= 3 ? 2 : 1
      let resumed = try withRunDirectory(ranks) { ranks, directory in
        try Self.runInPieces(study, on: ranks, in: directory)
      }
      guard let uninterrupted, let resumed else { return }
      #expect(resumed.finished.result.summary.ending == .finished)
      #expect(resumed.stops > 0)
      #expect(resumed.savedJobs > 0)
      #expect(try resumed.finished.records == uninterrupted.records)
    }
  }

  @Test func `a job whose report was lost in a kill is not trained again`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.ranksPerTrial = ranks.size >= 3 ? 2 : 1
        let finished = try study.run(on: ranks, in: directory)
        // The journal as a kill leaves it that comes after the newest checkpoints and before their reports.
        let journal = try finished.map {
          try Self.cut($0.journal, beforeOutcomesOf: study.generations - 1, study)
        }
        // Training now would be seen.
        study.faults.diverging = Set(0..<study.population)
        let resumed = try study.run(on: ranks, in: directory, after: journal ?? [])
        guard let finished, let resumed else { return }
        #expect(try resumed.records == finished.records)
      }
    }
  }

  private static func cut(_ journal: [UInt8], beforeOutcomesOf generation: Int, _ study: TestStudy) throws
    -> [UInt8]
  {
    let lines = try JournalContents(bytes: journal, path: "memory").lines
    var outcomes = 0
    let kept = lines.prefix { line in
      if case .outcome = line.record { outcomes += 1 }
      // A report that came out of turn is an answer, too.
      if case .session(.arrived(let report)) = line.record {
        return report.job.rawValue < generation * study.population
      }
      return outcomes <= generation * study.population
    }
    return Array(
      journal.split(separator: UInt8(ascii: "\n")).prefix(kept.count).joined(separator: [UInt8(ascii: "\n")]))
      + [UInt8(ascii: "\n")]
  }

  /// Runs, stopping after every second outcome, until the study is finished.
  private static func runInPieces(
    _ study: TestStudy, on ranks: borrowing Communicator, in directory: String
  ) throws -> (finished: TestStudy.Finished, stops: Int, savedJobs: Int)? {
    var savedJobs = 0
    var journal: [UInt8] = []
    var last: TestStudy.Finished?
    for stops in 0..<40 {
      var outcomes = 0
      last = try study.run(
        on: ranks, in: directory, after: journal,
        stop: { outcomes >= 2 ? .signal("SIGUSR1") : nil },
        observe: { progress in
          outcomes += progress.records.count { if case .outcome = $0 { true } else { false } }
        })
      if let last {
        journal = last.journal
        savedJobs += try FileManager.default.subpathsOfDirectory(atPath: directory).count {
          $0.hasSuffix("-unfinished.h5")
        }
      }
      let isFinished = last.map { $0.result.summary.ending == .finished } ?? false
      let flag = try ranks.broadcastBytes([isFinished ? 1 : 0])
      if flag == [1] { return last.map { ($0, stops, savedJobs) } }
    }
    Issue.record("the study did not finish in 40 pieces")
    return nil
  }
}
