import MPI
import RankTesting
import Search
import Testing
import Tuner

@Suite(.serialized) struct FidelityRankTests {
  @Test func `every job trains its whole length, and is measured at its target`() throws {
    try withRanks { ranks in
      try withRunDirectory(ranks) { ranks, directory in
        var study = TestStudy()
        study.scheduler = .hyperband(HyperbandOptions(maximumBudget: 4, reduction: 2))
        study.fidelity = Fidelity(
          name: "data_share", domain: .float(low: 0.25, high: 1, scale: .linear), fullBudget: 4, length: 3)
        guard let finished = try study.run(on: ranks, in: directory) else { return }
        #expect(finished.result.summary.ending == .finished)
        #expect(Set(try finished.jobs.map(\.target)) == [1, 2, 4])
        for (job, outcome) in zip(try finished.jobs, try finished.outcomes) {
          #expect(job.origin == .fresh)
          #expect(outcome.measurements.map(\.budget) == [job.target])
          #expect(outcome.step == 3 * Descent.stepsPerBudget)
        }
      }
    }
  }
}
