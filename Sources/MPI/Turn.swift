import CMPI
import Synchronization

// MPI is used by several threads in turn (MPI_THREAD_SERIALIZED, MPI 3.1 §12.4.3), which every library can do at no
// cost: one lock around each call, taken here and nowhere else. A call that waits for other ranks would keep the
// other threads waiting too; the few that make a communicator or end MPI come after a meeting of all who take part,
// and are short.

private let turn = Mutex(())

/// Makes one call to MPI while no other thread does.
@inline(__always)
func inTurn<Result>(_ call: () -> Result) -> Result { turn.withLock { _ in call() } }

/// Ends the waits on a communicator from another thread, one that has heard that what is waited for will not come.
///
/// The wait in which it is found throws `MPIError.cancelled`; then the communicator is of no more use, as after a
/// time-out.
public final class Cancellation: Sendable {
  private let word = Mutex<String?>(nil)
  private let looks = Atomic<Int>(0)

  public init() {}

  /// How often a wait has asked whether it is to end: where that grows, somebody waits.
  public var lookCount: Int { looks.load(ordering: .relaxed) }

  func noteLook() { looks.add(1, ordering: .relaxed) }

  /// Why the waits end; nil while they go on.
  public var reason: String? { word.withLock { $0 } }

  /// - Parameter reason: completes "ended, because"; the first one stays.
  public func cancel(because reason: String) { word.withLock { $0 = $0 ?? reason } }
}

/// What MPI may still write into after a wait was given up is never freed.
func leak<Scalar>(_ memory: [Scalar]) { _ = Unmanaged.passRetained(Leaked(memory)) }

private final class Leaked<Scalar> {
  private let memory: [Scalar]
  init(_ memory: [Scalar]) { self.memory = memory }
}
