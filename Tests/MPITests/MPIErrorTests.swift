import MPI
import Testing

@Suite struct MPIErrorTests {
  @Test func `a time-out names ranks, hosts, phase and remedy`() {
    let error = MPIError.timedOut(
      MPIError.TimeOut(
        phase: "all-reduce of 1024 Float on group 3", seconds: 60, rank: Rank(0), host: "node1",
        missing: [Rank(2), Rank(5)], hosts: ["node1", "node2"], isRollCalled: true))
    #expect(
      error.description
        == "all-reduce of 1024 Float on group 3, rank 0 on node1: expected it within 60 s, found no sign of "
        + "rank 2 on node1, rank 5 on node2. Look at those ranks' hosts and output, then start the same command "
        + "again: it goes on from the last save.")
  }
}
