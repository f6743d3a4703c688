import MPI
import RankTesting
import Testing

@testable import Tuner

@Suite(.serialized) struct GroupRankTests {
  @Test(.enabled(if: TrialGroup.isAsserting, "set TUNER_ASSERTIONS=communicating"))
  func `ranks that are not at the same point of the same work are found out, on all of them`() throws {
    try withRanks { ranks in
      guard ranks.size > 1 else { return }
      let group = TrialGroup(
        GroupID(0), ranks: Array(0..<ranks.size), try ranks.duplicate(named: "a group"))
      try group.assertAlike("job 3 at 4")
      let isLast = ranks.rank.rawValue == ranks.size - 1
      do throws(JobFailure) {
        try group.assertAlike("job 3 at \(isLast ? 5 : 4)")
        Issue.record("nothing was found out")
      } catch .fault(let fault) {
        #expect(fault.cause == .defect)
        #expect(fault.error.found == "the root job 3 at 4, rank \(ranks.size - 1) job 3 at 5")
      } catch {
        throw error
      }
      // The group is as good as before.
      try group.agree(nil)
    }
  }

  @Test func `a rank that waits for one that is gone is let go, and says why`() throws {
    try withRanks { ranks in
      guard ranks.size > 1 else { return }
      let group = TrialGroup(
        GroupID(0), ranks: Array(0..<ranks.size), try ranks.duplicate(named: "a group"))
      group.communicator.cancellation = group.cancellation
      group.cancellation.cancel(because: "rank 9 on node4 is silent")
      guard ranks.rank.rawValue < ranks.size - 1 else { return }
      do throws(JobFailure) {
        try group.agree(nil)
        Issue.record("the last rank came")
      } catch .fault(let fault) {
        #expect(fault.cause == .peer)
        #expect(fault.error.found.contains("rank 9 on node4 is silent"))
      } catch {
        throw error
      }
    }
  }
}
