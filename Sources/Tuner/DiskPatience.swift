import Foundation
import Synchronization

/// Waits for a disk that is full, over its quota, or read-only for a while: what cannot be written now is kept in memory
/// and tried again, and said so, until there is room or nobody can wait any longer.
public final class DiskPatience: Sendable {
  private struct State {
    /// When waiting began; nil while everything can be written.
    var began: ContinuousClock.Instant?
    var reminded = ContinuousClock.now
    var isOver = false
  }

  private let warn: @Sendable (String) -> Void
  private let isOver: @Sendable () -> Bool
  private let state = Mutex(State())

  private static let secondsBetweenTries = 2.0
  private static let secondsBetweenReminders = 600.0

  /// - Parameters:
  ///   - warn: a line for the user.
  ///   - isOver: whether the run is to end, so that nobody waits any more.
  public init(
    warn: @escaping @Sendable (String) -> Void, until isOver: @escaping @Sendable () -> Bool = { false }
  ) {
    self.warn = warn
    self.isOver = isOver
  }

  /// Waits a little before another try. From any thread that may wait.
  ///
  /// - Parameter why: what the system said.
  /// - Returns: false when there is to be no other try.
  public func wait(because why: String) -> Bool {
    let words: String? = state.withLock { state in
      if state.isOver { return nil }
      guard let began = state.began else {
        (state.began, state.reminded) = (.now, .now)
        return
          "saving pauses: \(why) Training goes on as far as it can, and what was saved before is whole; saving "
          + "goes on when there is room."
      }
      guard ContinuousClock.now - state.reminded > .seconds(Self.secondsBetweenReminders) else { return nil }
      state.reminded = .now
      return "saving has paused for \(Self.minutes(since: began)) min: \(why)"
    }
    if let words { warn(words) }
    let end = ContinuousClock.now + .seconds(Self.secondsBetweenTries)
    while ContinuousClock.now < end {
      if isOver() || state.withLock({ $0.isOver }) { return false }
      usleep(50_000)
    }
    return true
  }

  /// Something was written.
  public func succeeded() {
    let words: String? = state.withLock { state in
      guard let began = state.began else { return nil }
      state.began = nil
      return
        "saving goes on, after a pause of \(Int(((ContinuousClock.now - began) / .seconds(1)).rounded(.up))) s."
    }
    if let words { warn(words) }
  }

  /// From now on what cannot be written is an error at once.
  public func giveUp() { state.withLock { $0.isOver = true } }

  private static func minutes(since instant: ContinuousClock.Instant) -> Int {
    Int((ContinuousClock.now - instant) / .seconds(60))
  }
}
