import Foundation
import MPI
import RankTesting
import Testing

@Suite(.serialized) struct DeadlineRankTests {
  @Test func `a barrier that one rank does not join names that rank`() throws {
    try withRanks { ranks in
      let last = Rank(ranks.size - 1)
      guard ranks.size > 1, ranks.rank != last else { return }
      do throws(MPIError) {
        try ranks.barrier(deadline: .seconds(0.3))
        Issue.record("the barrier did not wait for \(last)")
      } catch {
        guard case .timedOut(let timeOut) = error else { throw error }
        #expect(timeOut.missing == [last])
        #expect(timeOut.hosts == [ranks.hosts[last.rawValue]])
        #expect(timeOut.isRollCalled)
        #expect(timeOut.phase == "barrier on the test's ranks")
        #expect(timeOut.seconds == 0.3)
        #expect(timeOut.rank == ranks.rank)
      }
    }
  }

  @Test func `an all-reduce that one rank does not join names that rank`() throws {
    try withRanks { ranks in
      let last = Rank(ranks.size - 1)
      guard ranks.size > 1, ranks.rank != last else { return }
      var values = [Float](repeating: 1, count: 100_000)
      do throws(MPIError) {
        try ranks.allReduce(&values, .sum, deadline: .seconds(0.3))
        Issue.record("the all-reduce did not wait for \(last)")
      } catch {
        guard case .timedOut(let timeOut) = error else { throw error }
        #expect(timeOut.missing == [last])
        #expect(timeOut.phase == "all-reduce of 100000 Float on the test's ranks")
      }
    }
  }

  @Test func `a receive without a sender names whom it waits for`() throws {
    try withRanks { ranks in
      let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 3)
      defer { buffer.deallocate() }
      do throws(MPIError) {
        _ = try ranks.receive(into: buffer, from: .root, tag: Tag(7), deadline: .seconds(0.05))
        Issue.record("something was received")
      } catch {
        guard case .timedOut(let timeOut) = error else { throw error }
        #expect(timeOut.missing == [.root])
        #expect(!timeOut.isRollCalled)
        #expect(timeOut.phase == "receive of 3 UInt8 with tag 7 from rank 0 on the test's ranks")
      }
    }
  }

  @Test func `another thread ends a wait, and says why`() throws {
    try withRanks { ranks in
      let last = Rank(ranks.size - 1)
      guard ranks.size > 1, ranks.rank != last else { return }
      let cancellation = Cancellation()
      ranks.cancellation = cancellation
      let words = Thread {
        usleep(50_000)
        cancellation.cancel(because: "rank 9 is gone")
        cancellation.cancel(because: "nobody hears a second reason")
      }
      words.start()
      var values = [Float](repeating: 1, count: 100_000)
      do throws(MPIError) {
        try ranks.allReduce(&values, .sum)
        Issue.record("the all-reduce did not wait for \(last)")
      } catch {
        let host = ranks.hosts[ranks.rank.rawValue]
        #expect(
          error
            == .cancelled(
              phase: "all-reduce of 100000 Float on the test's ranks", rank: ranks.rank, host: host,
              reason: "rank 9 is gone"))
        let isIntact = ranks.isIntact
        #expect(!isIntact)
      }
    }
  }

  @Test func `threads with communicators of their own take turns`() throws {
    try withRanks { ranks in
      let other = Line(try ranks.duplicate(named: "the other thread's"))
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        for _ in 0..<500 { other.add() }
        done.signal()
      }
      thread.start()
      for _ in 0..<500 {
        #expect(try ranks.allReduce(Int64(1), .sum) == Int64(ranks.size))
      }
      done.wait()
      #expect(other.sums == [Int64(ranks.size)])
    }
  }

  @Test func `MPI is initialized once in a process`() throws {
    try withRanks { _ in
      do throws(MPIError) {
        _ = try MPIEnvironment()
        Issue.record("MPI was initialized twice")
      } catch {
        #expect(
          error.description
            == "MPI_Init_thread: expected to be the first in this process, found MPI initialized already. "
            + "Keep one MPIEnvironment for the life of the process.")
      }
    }
  }

  @Test func `the library says who it is`() throws {
    try withRanks { _ in
      let version = try MPIEnvironment.libraryVersion()
      let known = ["Open MPI", "MPICH", "Intel", "MVAPICH", "CRAY"]
      #expect(known.contains { version.contains($0) }, "\(version)")
    }
  }
}

/// A communicator that one other thread uses.
private final class Line: @unchecked Sendable {
  private let communicator: Communicator
  private(set) var sums: Set<Int64> = []

  init(_ communicator: consuming Communicator) { self.communicator = communicator }

  func add() {
    do { sums.insert(try communicator.allReduce(1, .sum)) } catch { Issue.record(error) }
  }
}
