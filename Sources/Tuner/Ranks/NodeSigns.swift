import MPI
import Search

/// The signs of life of a node's ranks, in words that they share: each writes a line of its own, and any of
/// them can read all. Where the node cannot share memory, every rank is a node of its own.
final class NodeSigns: Sendable {
  /// Ranks of the world, in ascending order. Rank 0, which hears the signs, is none of them.
  let members: [Int]
  /// This rank's place among them; nil on rank 0.
  let place: Int?
  private let words: SharedWords

  /// Each line fills a cache line, so that no two ranks write to the same one.
  private static let lineLength = 8

  /// The words of a line.
  private enum Word: Int {
    /// Goes on as long as the rank lives.
    case count
    /// Odd while the next two are being written (a sequence lock).
    case version
    case head
    case work
    /// Of the process: its number, 0 before it is known, and its start.
    case process
    case start
    /// 1 while the main thread waits for other ranks.
    case waiting
  }

  init(members: [Int], rank: Int, in words: SharedWords) {
    self.members = members
    self.words = words
    place = members.firstIndex(of: rank)
  }

  /// Words for so many members, and for what is heard of rank 0.
  static func wordCount(members: Int) -> Int { (1 + members) * lineLength }

  /// Collective over `world`.
  convenience init(
    joining world: borrowing Communicator, _ limits: SharingLimits = SharingLimits()
  ) throws(MPIError) {
    let node = try world.splitByNode()
    let ranks = try node.allGather([Int64(world.rank.rawValue)]).map { Int($0[0]) }
    let words = try SharedWords(count: Self.wordCount(members: ranks.count), on: node, limits: limits)
    let rank = world.rank.rawValue
    self.init(members: (words.isShared ? ranks : [rank]).filter { $0 > 0 }, rank: rank, in: words)
  }

  private func index(_ word: Word, of place: Int) -> Int { (1 + place) * Self.lineLength + word.rawValue }

  // MARK: This rank's line

  /// By one thread alone, which lives as long as the rank.
  func count() {
    guard let place else { return }
    words[index(.count, of: place)] += 1
  }

  /// Says which process this rank is. Rank 0 says it in the first line, after its words.
  func introduce(_ process: RankProcess) {
    words[place.map { index(.start, of: $0) } ?? 2] = process.start
    words[place.map { index(.process, of: $0) } ?? 1] = process.number
  }

  /// By the thread that counts.
  func note(isWaiting: Bool) {
    guard let place else { return }
    words[index(.waiting, of: place)] = isWaiting ? 1 : 0
  }

  /// By the main thread alone. The steps of a job go on.
  func enter(_ phase: Phase, _ work: Job?) {
    guard let place else { return }
    let before = sign(of: place)?.sign
    var sign = Sign(phase: phase, job: work?.id.rawValue ?? -1, trial: work?.trial.rawValue ?? -1)
    if let before, before.job == sign.job { sign.step = before.step }
    let new = SignWords(sign)
    let version = index(.version, of: place)
    words[version] += 1
    words[index(.head, of: place)] = new.head
    words[index(.work, of: place)] = new.work
    words[version] += 1
  }

  /// By the main thread alone.
  func stepIsDone() {
    guard let place else { return }
    // The step is the lower part of one word.
    words[index(.head, of: place)] += 1
  }

  // MARK: All lines

  func count(of place: Int) -> Int64 { words[index(.count, of: place)] }

  /// Whether a rank waits for others, as far as was seen lately.
  func isWaiting(_ place: Int) -> Bool { words[index(.waiting, of: place)] != 0 }

  /// Nil before the rank has said it.
  func process(of place: Int) -> RankProcess? {
    process(number: words[index(.process, of: place)], start: words[index(.start, of: place)])
  }

  /// Rank 0's; nil on other nodes.
  var controllerProcess: RankProcess? { process(number: words[1], start: words[2]) }

  private func process(number: Int64, start: Int64) -> RankProcess? {
    number == 0 ? nil : RankProcess(number: number, start: start)
  }

  /// Of those of these ranks that are of this node.
  func processes(of ranks: some Sequence<Int>) -> [RankProcess] {
    ranks.compactMap { members.firstIndex(of: $0) }.compactMap { process(of: $0) }
  }

  /// What a rank last wrote down; nil while it writes, as one does for ever that was stopped there.
  func sign(of place: Int) -> SignWords? {
    let before = words[index(.version, of: place)]
    let found = SignWords(head: words[index(.head, of: place)], work: words[index(.work, of: place)])
    return before.isMultiple(of: 2) && words[index(.version, of: place)] == before ? found : nil
  }

  /// Whether each of the other ranks says that it waits for work, and so has nothing to save. One that was ended or
  /// stopped at work never says it.
  var areOthersIdle: Bool {
    members.indices.allSatisfy { $0 == place || sign(of: $0)?.sign.phase == .idle }
  }

  /// Rank 0's newest word, whoever of the node heard it.
  var controllerWord: ControllerWord {
    get { ControllerWord(rawValue: words[0]) }
    set { words[0] = newValue.rawValue }
  }
}
