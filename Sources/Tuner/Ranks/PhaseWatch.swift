import Search

/// Which ranks live and get nowhere: each phase has taken others so long, and this one takes many times as long.
/// Of training it is the time from one step to the next. What has no history yet is given more time, and is never
/// given up.
struct PhaseWatch {
  /// A rank that gets nowhere.
  struct Standstill: Equatable {
    var rank: Int
    var seconds: Double
    var sign: Sign
    /// The longest that anybody took, in seconds; nil where nobody has come to the end of such a phase.
    var longest: Double?
    /// Whether all ranks of its group wait for each other, and this one is named for all of them.
    var isGroup: Bool
    var isHopeless: Bool
  }

  private struct Stay {
    var words: SignWords
    var since: Double
    var isNamed = false
    /// Whether it says how long such a phase takes: not where the rank waited for one that stood still or was named,
    /// nor where nobody looked for a while.
    var isMeasure = true
  }

  private var stays: [Stay]
  private var lastLook: Double
  private var longest: [Phase: Double] = [:]

  /// Whoever takes so many times as long as anybody before is named, and given up after so many times.
  private static let namedAfter = 10.0
  private static let hopelessAfter = 30.0
  /// In seconds; nobody is named, or given up, earlier. Without a history nobody knows what is long.
  private static let leastUntilNamed = 180.0
  private static let untilNamedWithoutHistory = 600.0
  private static let leastUntilHopeless = 1800.0
  /// Looks come once a second. A longer time between two is one in which rank 0 itself stood still or was busy.
  private static let longestGap = 2.0

  /// - Parameter time: in seconds, as of `look`.
  init(ranks: Int, at time: Double) {
    lastLook = time
    stays = Array(repeating: Stay(words: SignWords(Sign(phase: .idle)), since: time), count: ranks)
  }

  /// Takes in what the ranks do now.
  ///
  /// - Parameters:
  ///   - waiting: those of them that wait for other ranks: not they are slow, but whom they wait for.
  ///   - silent: those that give no sign of life, which are named for that elsewhere.
  ///   - members: the ranks of a rank's group, itself included; the root first.
  /// - Returns: who gets nowhere, and was not named before or is given up now; and who gets on again.
  mutating func look(
    at time: Double, signs: [SignWords], waiting: Set<Int>, silent: Set<Int> = [], members: (Int) -> [Int]
  ) -> (still: [Standstill], goOn: [Int]) {
    let isGap = excuse(until: time)
    var goOn: [Int] = []
    for (rank, words) in signs.enumerated() where words != stays[rank].words {
      note(stays[rank], until: time)
      if stays[rank].isNamed { goOn.append(rank) }
      stays[rank] = Stay(words: words, since: time, isMeasure: !isGap)
    }
    var still: [Standstill] = []
    for rank in stays.indices.dropFirst() {
      guard let found = standstill(rank, at: time, waiting, members), found.isHopeless || !stays[rank].isNamed
      else { continue }
      stays[rank].isNamed = true
      still.append(found)
    }
    for rank in stays.indices where stays[rank].isNamed || silent.contains(rank) {
      for mate in members(rank) { stays[mate].isMeasure = false }
    }
    return (still, goOn)
  }

  /// Time in which nobody looked is nobody's standstill, and no measure of anything.
  ///
  /// - Returns: whether there was such a time.
  private mutating func excuse(until time: Double) -> Bool {
    let gap = time - lastLook
    lastLook = time
    guard gap > Self.longestGap else { return false }
    for rank in stays.indices {
      stays[rank].since += gap
      stays[rank].isMeasure = false
    }
    return true
  }

  private mutating func note(_ stay: Stay, until time: Double) {
    // What was named is no measure of what is usual.
    guard !stay.isNamed, stay.isMeasure else { return }
    let phase = stay.words.sign.phase
    longest[phase] = max(longest[phase] ?? 0, time - stay.since)
  }

  private func standstill(
    _ rank: Int, at time: Double, _ waiting: Set<Int>, _ members: (Int) -> [Int]
  ) -> Standstill? {
    let (stay, sign) = (stays[rank], stays[rank].words.sign)
    guard sign.phase != .idle else { return nil }
    let (seconds, longest) = (time - stay.since, longest[sign.phase])
    let patience =
      longest.map { max(Self.leastUntilNamed, Self.namedAfter * $0) } ?? Self.untilNamedWithoutHistory
    guard seconds > patience else { return nil }
    let group = members(rank)
    if waiting.contains(rank) {
      // Another one is to blame, unless they all wait for each other.
      guard group.count > 1, group.first == rank, group.allSatisfy(waiting.contains) else { return nil }
    }
    let isHopeless =
      sign.phase.isOurs
      && longest.map { seconds > max(Self.leastUntilHopeless, Self.hopelessAfter * $0) } ?? false
    return Standstill(
      rank: rank, seconds: seconds, sign: sign, longest: longest, isGroup: waiting.contains(rank),
      isHopeless: isHopeless)
  }
}

extension Phase {
  /// Whether it only waits for what the rank itself computes; a file system may take as long as it likes.
  fileprivate var isOurs: Bool {
    switch self {
    case .starting, .training, .measuring: true
    case .idle, .fetching, .saving, .deciding: false
    }
  }
}
