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

func writeToStandardError(_ bytes: UnsafeMutableRawBufferPointer) {
  // Nothing is left to do when even this fails.
  _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
}
