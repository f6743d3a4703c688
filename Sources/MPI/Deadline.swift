import Glibc

/// The instant after which a wait is an error, and how long the wait was meant to take.
public struct Deadline: Sendable {
  /// The whole allowance, in seconds.
  public let seconds: Double
  private let instant: ContinuousClock.Instant

  private init(seconds: Double) {
    self.seconds = seconds
    // An allowance beyond a century would overflow the clock's arithmetic, and means the same.
    instant = .now + .seconds(min(max(seconds, 0), 3e9))
  }

  /// A deadline this many seconds from now.
  public static func seconds(_ seconds: Double) -> Deadline { Deadline(seconds: seconds) }

  public var hasPassed: Bool { ContinuousClock.now >= instant }

  /// Seconds left, 0 when it has passed.
  public var remaining: Double {
    max(0, (instant - ContinuousClock.now) / .seconds(1))
  }
}

/// How a rank waits: it looks again at once for some microseconds, because most messages are nearly there; then it lets
/// other processes have the core between two looks; then it sleeps, longer and longer. So a short wait costs no latency,
/// and a long one no core, even when ranks oversubscribe the cores.
public struct BackOff {
  /// The longest sleep between two looks, in microseconds.
  public let longestSleep: UInt32
  private var looks = 0
  private var sleep: UInt32 = 50

  /// Looks without giving the core away: some 20 to 60 µs.
  private static let spins = 256
  /// Looks with `sched_yield` between them: some 2 ms on an idle core.
  private static let yields = 4096

  public init(longestSleep: UInt32 = 500) { self.longestSleep = longestSleep }

  /// True once the waiting has come to sleeping: time enough for housekeeping between two looks.
  var isPatient: Bool { looks >= Self.spins + Self.yields }

  /// True when this look should also look at the clock: reading it each time would cost as much as the look.
  var shouldCheckClock: Bool { isPatient || looks & 63 == 63 }

  /// Waits a little, longer each time.
  public mutating func pause() {
    looks &+= 1
    if looks < Self.spins { return }
    if looks < Self.spins + Self.yields {
      sched_yield()
      return
    }
    usleep(sleep)
    sleep = min(sleep + sleep / 2, longestSleep)
  }
}

func writeToStandardError(_ bytes: UnsafeMutableRawBufferPointer) {
  // Nothing is left to do when even this fails.
  _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
}
