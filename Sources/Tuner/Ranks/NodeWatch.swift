/// What one rank sees of its node's signs of life, and whether it is to tell rank 0 of them: the first rank
/// does, and so does every rank that sees none of those before it live. Several at once do no harm, for rank
/// 0 judges each rank by whether its own counter goes on.
struct NodeWatch {
  private let node: NodeSigns
  /// A rank that has not counted for so long keeps nobody else from telling.
  private let patience: Duration
  private var counts: [Int64]
  private var counted: [ContinuousClock.Instant]
  /// The counts when rank 0 was last told, by this rank or presumably another one.
  private var told: [Int64]
  private var signs: [SignWords]
  private var presence: [Presence]
  /// Ranks whose end is to be told.
  private(set) var hasNews = false

  /// Of a rank's process.
  private enum Presence { case unknown, there, gone }

  /// - Parameter interval: seconds between two counts of a rank.
  init(_ node: NodeSigns, every interval: Double, since now: ContinuousClock.Instant) {
    self.node = node
    patience = .seconds(2 * interval)
    counts = node.members.indices.map { node.count(of: $0) }
    told = counts
    counted = counts.map { _ in now }
    signs = counts.map { _ in SignWords(Sign(phase: .idle)) }
    presence = counts.map { _ in .unknown }
  }

  /// Looks at the counters, and, where this rank is the one that tells, for processes that have ended.
  mutating func look(at now: ContinuousClock.Instant) {
    for place in counts.indices {
      let count = node.count(of: place)
      if count != counts[place] { (counts[place], counted[place]) = (count, now) }
    }
    guard let own = node.place, mustTell(at: now) else { return }
    for place in presence.indices where place != own { lookForProcess(of: place, at: now) }
  }

  /// Whether no rank before this one has counted for two periods, or lives. Of those before it only the last that
  /// may live is looked at.
  mutating func mustTell(at now: ContinuousClock.Instant) -> Bool {
    guard let own = node.place else { return false }
    for place in (0..<own).reversed() where now - counted[place] <= patience {
      lookForProcess(of: place, at: now)
      if presence[place] != .gone { return false }
    }
    return true
  }

  private mutating func lookForProcess(of place: Int, at now: ContinuousClock.Instant) {
    guard presence[place] != .gone, let process = node.process(of: place) else { return }
    if presence[place] == .unknown {
      // One that cannot be seen, such as another container's, is judged by its counter alone.
      if process.isVisible { presence[place] = .there }
      return
    }
    // A process whose end nobody has asked for is a zombie, which costs more to find.
    guard process.isGone || now - counted[place] > patience && process.isZombie else { return }
    presence[place] = .gone
    hasNews = true
  }

  /// What is to be told of all ranks.
  mutating func messages() -> [GatheredSigns] {
    for place in signs.indices { signs[place] = node.sign(of: place) ?? signs[place] }
    return stride(from: 0, to: counts.count, by: GatheredSigns.most).map { start in
      let part = start..<min(start + GatheredSigns.most, counts.count)
      return GatheredSigns(
        firstRank: node.members[0], start: start, isAlive: part.map { counts[$0] != told[$0] },
        isGone: part.map { presence[$0] == .gone }, isWaiting: part.map { node.isWaiting($0) },
        Array(signs[part]))
    }
  }

  /// It has been told, here or elsewhere.
  mutating func isTold() { (told, hasNews) = (counts, false) }
}
