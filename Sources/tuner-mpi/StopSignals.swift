import Glibc
import Synchronization

/// The signals by which a scheduler or a person asks the program to save and end: USR1 from a batch script ahead of the
/// time limit, USR2 from LSF and ALRM from Flux when it is reached, TERM, INT.
///
/// A handler may do next to nothing, so it stores the signal's number; the program's loops look at it.
enum StopSignals {
  private static let received = Atomic<Int32>(0)

  /// Call it before MPI starts: the default action of USR1 is death, and a signal may come while ranks are
  /// connecting.
  static func install() {
    var stops = sigset_t()
    sigemptyset(&stops)
    for number in [SIGUSR1, SIGUSR2, SIGALRM, SIGTERM, SIGINT] {
      sigaddset(&stops, number)
      signal(number) { number in StopSignals.received.store(number, ordering: .relaxed) }
    }
    // A launcher may have been started with them blocked, and its children inherit that.
    pthread_sigmask(SIG_UNBLOCK, &stops, nil)
  }

  /// The name of the signal that came last, such as `SIGUSR1`; nil when none came.
  static var name: String? {
    switch received.load(ordering: .relaxed) {
    case 0: nil
    case SIGUSR1: "SIGUSR1"
    case SIGUSR2: "SIGUSR2"
    case SIGALRM: "SIGALRM"
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case let number: "signal \(number)"
    }
  }
}
