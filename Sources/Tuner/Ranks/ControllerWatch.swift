/// How rank 0 is lost to a rank that trains.
enum ControllerLoss: Equatable, Sendable {
  /// Its process has ended.
  case ended
  /// It is not heard of, which may be the network's fault, and it may be heard of again.
  case unheard
}

/// How long rank 0's silence is borne, in seconds.
struct ControllerPatience: Sendable {
  /// Where its process was seen to end.
  var ended: Double
  var unheard: Double
  /// How long ranks that have lost rank 0 may still need to meet, for the snapshot of what they have reached.
  var meeting: Double
}

/// When a rank takes rank 0 for lost: soon where its process has ended, and late where nobody can know.
struct ControllerWatch {
  private let patience: ControllerPatience
  /// Whether its process was seen: one that never was, such as another node's or another container's, is not
  /// known to have ended.
  private var wasSeen = false

  init(_ patience: ControllerPatience) { self.patience = patience }

  mutating func see(_ process: RankProcess?) {
    if !wasSeen, let process, process.isVisible { wasSeen = true }
  }

  /// - Parameters:
  ///   - seconds: of silence.
  ///   - isDeaf: whether this rank could not hear rank 0 if it spoke.
  func loss(after seconds: Double, of process: RankProcess?, isDeaf: Bool) -> ControllerLoss? {
    guard seconds > min(patience.ended, patience.unheard) else { return nil }
    if seconds > patience.ended, wasSeen, let process, !process.isVisible { return .ended }
    return !isDeaf && seconds > patience.unheard ? .unheard : nil
  }

  /// Whether nobody who waits is helped by waiting any more.
  func endsWaits(after seconds: Double, _ loss: ControllerLoss?) -> Bool {
    switch loss {
    case .ended: seconds > patience.ended + patience.meeting
    case .unheard: seconds > patience.unheard + patience.meeting
    case nil: false
    }
  }
}
