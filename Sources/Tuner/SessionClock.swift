import Foundation

/// The time of day, for the journal, that never jumps while a session lasts: the time when it was made, and
/// what a clock that nobody sets has counted since.
public struct SessionClock: Sendable {
  private let start: Double
  private let instant: ContinuousClock.Instant

  public init() {
    start = Date().timeIntervalSince1970
    instant = .now
  }

  /// Seconds since 1970; never less than before.
  public var now: Double { start + instant.secondsUntilNow }
}

extension ContinuousClock.Instant {
  var secondsUntilNow: Double { duration(to: .now) / .seconds(1) }
}
