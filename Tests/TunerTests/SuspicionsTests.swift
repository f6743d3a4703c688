import Search
import Testing

@testable import Tuner

/// Whose fault it is when a library cannot make a trainer.
@Suite struct SuspicionsTests {
  @Test func `a job that fails on two groups of one host is not blamed while another host is there`() {
    let judge = Judge(hosts: ["node1", "node1", "node2", "node2"])
    #expect(judge.fault(of: 5, on: 0) == .again)
    #expect(judge.fault(of: 5, on: 0) == .setAside)
    #expect(judge.fault(of: 5, on: 1) == .again)
    #expect(judge.fault(of: 5, on: 1) == .setAside)
    // Made elsewhere: nobody but that host was to blame.
    judge.trainerWasMade(for: 5, on: 2)
    #expect(judge.fault(of: 6, on: 2) == .trial(clearing: [GroupID(2)]))
  }

  @Test func `a job that fails on two hosts is to blame, and clears the groups`() {
    let judge = Judge(hosts: ["node1", "node1", "node2", "node2"])
    #expect(judge.fault(of: 5, on: 0) == .again)
    #expect(judge.fault(of: 5, on: 3) == .trial(clearing: [GroupID(0), GroupID(3)]))
    #expect(judge.fault(of: 6, on: 0) == .again)
  }

  @Test func `where all groups share a host, a job that fails is to blame at once`() {
    let judge = Judge(hosts: ["node1", "node1"])
    #expect(judge.fault(of: 5, on: 0) == .trial(clearing: [GroupID(0)]))
  }
}

/// Suspicions behind a reference, so that an expectation can add to them; what is set aside does not try again.
private final class Judge {
  private var suspicions = Suspicions()
  private var groups: [GroupID]

  init(hosts: [String]) {
    groups = hosts.indices.map { GroupID($0) }
    for (number, host) in hosts.enumerated() {
      suspicions.add(WorkerGroup(id: GroupID(number), ranks: [number + 1], hosts: [host]))
    }
  }

  func fault(of job: Int, on group: Int) -> Suspicions.Verdict {
    let verdict = suspicions.fault(of: JobID(job), on: GroupID(group), others: groups)
    if verdict == .setAside { groups.removeAll { $0 == GroupID(group) } }
    return verdict
  }

  func trainerWasMade(for job: Int, on group: Int) {
    suspicions.trainerWasMade(on: GroupID(group), for: JobID(job))
  }
}
