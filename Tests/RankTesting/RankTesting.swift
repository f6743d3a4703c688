import Glibc
public import MPI
import Synchronization

/// Runs the same checks on all ranks that were started together: one without mpirun, else as many as
/// `Tests/RankTesting/run-ranks` started.
///
/// The ranks meet before and after the body, so that they run the same test at the same time. The body's
/// communicator is the test's own: what a failed test left under way on it cannot reach the next one. A rank
/// that does not come to a meeting fails the test on the others, by name, within the communicator's patience.
///
/// A rank test must pass with any number of ranks. It is run with `--no-parallel`, which keeps the order of
/// tests the same on all ranks; without mpirun, tests on different threads take turns here.
public func withRanks(
  patience: Double = 60, _ body: (borrowing Communicator) throws -> Void
) throws {
  try RankProcess.shared.withLock { process throws in
    let environment = try process.running()
    try environment.meet()
    let ranks = try TestRanks(environment.world.duplicate(named: "the test's ranks"), patience: patience)
    let result = Result { try body(ranks.communicator) }
    // Where a wait timed out, messages may still come: no rank may free what they come to.
    let isIntact = try environment.world.allReduce(Int32(ranks.communicator.isIntact ? 1 : 0), .minimum)
    if isIntact == 0 { process.broken.append(ranks) }
    try result.get()
  }
}

/// A test's communicator, which can be kept.
private final class TestRanks {
  var communicator: Communicator

  init(_ communicator: consuming Communicator, patience: Double) {
    self.communicator = communicator
    self.communicator.patience = patience
  }
}

/// MPI, initialized once in a test process and finalized at its exit.
private final class RankEnvironment {
  let environment: MPIEnvironment
  var world: Communicator { _read { yield environment.world } }

  init() throws(MPIError) {
    // Tests run on a pool of threads, one at a time.
    environment = try MPIEnvironment(requiring: .serialized, patience: 120)
  }

  func meet() throws(MPIError) { try environment.world.barrier() }
}

/// The state of this process, behind a lock: which tests on different threads wait for in turn.
private struct RankProcess: @unchecked Sendable {
  static let shared = Mutex(RankProcess())

  private var environment: RankEnvironment?
  /// Kept until the process ends.
  var broken: [TestRanks] = []

  mutating func running() throws(MPIError) -> RankEnvironment {
    if let environment { return environment }
    let new = try RankEnvironment()
    environment = new
    atexit { RankProcess.shared.withLock { $0.environment = nil } }
    return new
  }
}
