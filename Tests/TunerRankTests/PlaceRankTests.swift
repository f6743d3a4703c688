import RankTesting
import Testing
import Tuner

/// What a host lacks is no trial's fault.
@Suite(.serialized) struct PlaceRankTests {
  @Test(arguments: [0, 2]) func `a fault of the place ends the run, and is recorded against no trial`(
    trial: Int
  ) throws {
    try withRanks { ranks in
      try withOwnDirectory { directory in
        var study = TestStudy()
        study.faults.withoutPlace = [trial]
        var records: [Record] = []
        do {
          _ = try study.runLocally(on: ranks, in: directory, observe: { records += $0.records })
          Issue.record("the run went on")
        } catch let error as TunerError {
          #expect(error.kind == .system)
          #expect(
            error.description
              == "resources.device on \(ranks.hosts[ranks.rank.rawValue]): expected a GPU, found none. "
              + "Ask the scheduler for one.")
        }
        let failures = records.filter {
          if case .outcome(let outcome) = $0, case .failed = outcome.outcome.result { true } else { false }
        }
        #expect(failures.isEmpty)
      }
    }
  }
}
