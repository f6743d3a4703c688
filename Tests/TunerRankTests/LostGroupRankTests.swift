import Foundation
import MPI
import RankTesting
import Search
import Testing
import Training
import Tuner

@Suite(.serialized) struct LostGroupRankTests {
  @Test func `a group with a hanging rank is named and given up`() throws {
    try withRanks { ranks in
      guard ranks.size >= 3 else { return }
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.ranksPerTrial = 2
        study.patience = 1
        study.faults.hangs = true
        let isAnotherGroupLeft = ranks.size >= 5
        guard let finished = try study.runToItsEnd(on: ranks, in: directory) else { return }
        let losses = try JournalContents(bytes: finished.journal, path: "memory").lines.compactMap { line in
          if case .session(.groupLost(let group, _, let why)) = line.record { (group, why) } else { nil }
        }
        #expect(losses.map(\.0) == [GroupID(0)])
        #expect(losses.allSatisfy { $0.1.contains("no sign of rank 1 on ") }, "\(losses)")
        if isAnotherGroupLeft {
          #expect(finished.result.summary.ending == .finished)
          #expect(try finished.outcomes.count == study.population * study.generations)
        } else if case .unfinished(.groupsLost) = finished.result.summary.ending {
          #expect(try finished.outcomes.isEmpty)
        } else {
          Issue.record("the run ended as \(finished.result.summary.ending)")
        }
      }
    }
  }

  /// Such a run ends by `MPI_Abort`.
  @Test func `where a rank is lost the run ends only when the others have saved`() throws {
    try withRanks { ranks in
      guard ranks.size >= 3 else { return }
      try withRunDirectory(ranks) { ranks, directory in
        let place = TestPlace(directory: directory)
        let warnings = Warnings()
        var study = TestStudy()
        (study.secondsUntilWarning, study.secondsUntilLost, study.secondsToStop) = (1, 3, 0)
        study.faults.beforeStep = { trial, step in
          guard step == 2 else { return }
          if place.claim("stopped") { return place.standStill(untilThereIs: "ended") }
          // A step that ends long after rank 0 has lost its patience.
          place.wait(for: "stopping")
          usleep(500_000)
        }
        let finished = try study.run(
          on: ranks, in: directory, warnings: warnings,
          stop: {
            guard warnings.all.contains(where: { $0.contains("It is given up") }) else { return nil }
            _ = place.claim("stopping")
            return .signal("TERM")
          })
        guard let finished else { return }
        // Idle ranks have taken over the job of the one that is lost.
        let saved = place.checkpoints.keys.filter { $0.hasSuffix("-unfinished.h5") }
        _ = place.claim("ended")
        #expect(saved.count == min(ranks.size - 2, study.population), "\(saved)")
        #expect(finished.result.summary.ending == .unfinished(.signal("TERM")))
      }
    }
  }

  @Test func `an error on rank 0 sends all groups home`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.faults.microsecondsPerStep = 1000
        let isRoot = ranks.isRoot
        do {
          _ = try study.run(on: ranks, in: directory, after: Array("not a journal\n".utf8))
          #expect(!isRoot)
        } catch let error as TunerError {
          #expect(error.kind == .damaged)
        }
      }
    }
  }
}

extension TestStudy {
  /// As `run`; the ranks of a lost group end with their error, which the journal tells.
  func runToItsEnd(on ranks: borrowing Communicator, in directory: String) throws -> Finished? {
    do {
      return try run(on: ranks, in: directory)
    } catch let error as TunerError {
      if ranks.isRoot { throw error }
      return nil
    }
  }
}
