import Foundation
import MPI
import RankTesting
import Search
import Testing
import Training
import Tuner

/// What one rank of a group throws alone fails the trial, on all of its ranks, and nothing else.
@Suite(.serialized) struct OneRankRankTests {
  @Test(arguments: Descent.Place.allCases)
  func `a trial of which one rank throws fails with its reason, and the study goes on`(place: Descent.Place)
    throws
  {
    try withRanks { ranks in
      // One group of all ranks but the controller's, then pairs.
      for size in Set([1, 2, ranks.size - 1]).sorted() where size >= 1 && size < max(2, ranks.size) {
        try withRunDirectory(ranks) { ranks, directory in
          var study = TestStudy()
          study.ranksPerTrial = size
          study.faults.throwsAt = (place, 1)
          guard let finished = try study.run(on: ranks, in: directory) else { return }
          #expect(finished.result.summary.ending == .finished)
          let failed = try finished.outcomes.filter {
            if case .failed = $0.outcome.result { true } else { false }
          }
          #expect(!failed.isEmpty && failed.allSatisfy { $0.outcome.trial == TrialID(1) })
          let reasons = Set(
            failed.compactMap { outcome -> String? in
              if case .failed(let reason) = outcome.outcome.result { reason } else { nil }
            })
          #expect(
            reasons.count == 1 && reasons.first?.contains("expected calm, found a fault, \(place)") == true,
            "\(reasons)")
          // From the job's beginning to the group's being free: a second, beside what this machine needs for
          // a job.
          let usual = try finished.outcomes.filter { !failed.contains($0) }.map(\.work.seconds).max() ?? 0
          #expect(failed.allSatisfy { $0.work.seconds < 1 + usual }, "\(failed), \(usual)")
        }
      }
    }
  }

  @Test func `nothing that only takes long is ever named`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        (study.population, study.generations) = (2, 1)
        study.ranksPerTrial = ranks.size >= 3 ? 2 : 1
        study.faults.microsecondsToMeasure = 2_500_000
        study.secondsUntilWarning = 0.6
        study.secondsUntilLost = 1.2
        let warnings = Warnings()
        guard let finished = try study.run(on: ranks, in: directory, warnings: warnings) else { return }
        #expect(finished.result.summary.ending == .finished)
        #expect(warnings.all == [])
        #expect(try finished.outcomes.count == 2)
      }
    }
  }
}
