import Foundation
import MPI
import Search
import Synchronization
import Testing

@testable import Tuner

/// Signs of life gathered on a node: who tells rank 0, and of whom.
@Suite struct NodeSignsTests {
  /// Ranks 5, 6 and 9 of one node, which look and count in turn, a second apart.
  private final class Node {
    static let members = [5, 6, 9]
    let lines: [NodeSigns]
    private var watches: [NodeWatch]
    private var now = ContinuousClock.now

    init() {
      let words = SharedWords(count: NodeSigns.wordCount(members: Self.members.count))
      lines = Self.members.map { NodeSigns(members: Self.members, rank: $0, in: words) }
      let now = now
      watches = lines.map { NodeWatch($0, every: 1, since: now) }
    }

    /// A second in which these ranks live.
    ///
    /// - Returns: who tells, and whom each says to live.
    func second(living: Set<Int> = [5, 6, 9]) -> [Int: [Int]] {
      now += .seconds(1)
      var told: [Int: [Int]] = [:]
      for (place, rank) in Self.members.enumerated() where living.contains(rank) {
        watches[place].look(at: now)
        lines[place].count()
        // Its own count is seen in its next look, as in a run.
        if watches[place].mustTell(at: now) {
          told[rank] = watches[place].messages().flatMap { message in
            message.signs.indices.filter(message.isAlive).map { Self.members[message.start + $0] }
          }
        }
        watches[place].isTold()
      }
      return told
    }

    /// Whose process has ended, as a rank tells that looks now.
    func gone(toldBy rank: Int) -> [Int] {
      let place = Self.members.firstIndex(of: rank)!
      watches[place].look(at: now)
      return watches[place].messages().flatMap { message in
        message.signs.indices.filter(message.isGone).map { Self.members[message.start + $0] }
      }
    }

    func signs(toldBy rank: Int) -> [Sign] {
      watches[Self.members.firstIndex(of: rank)!].messages().flatMap(\.signs).map(\.sign)
    }
  }

  @Test func `the first rank of a node tells of all`() {
    let node = Node()
    _ = node.second()
    for _ in 0..<4 { #expect(node.second() == [5: [5, 6, 9]]) }
  }

  @Test func `where the first stands still the next tells, of all but the first, until that one is back`() {
    let node = Node()
    for _ in 0..<3 { _ = node.second() }
    var told = (0..<5).map { _ in node.second(living: [6, 9]) }
    // The first one's last count is seen, and two periods pass.
    #expect(told.prefix(2).allSatisfy { $0.isEmpty })
    #expect(told.dropFirst(3).allSatisfy { $0 == [6: [6, 9]] }, "\(told)")
    _ = node.second()
    told = (0..<3).map { _ in node.second() }
    #expect(told.dropFirst().allSatisfy { $0 == [5: [5, 6, 9]] }, "\(told)")
  }

  @Test func `one that sees nobody before it live tells, however many stand still`() {
    let node = Node()
    for _ in 0..<3 { _ = node.second() }
    let told = (0..<6).map { _ in node.second(living: [9]) }
    #expect(told.prefix(2).allSatisfy { $0.isEmpty })
    #expect(told.dropFirst(3).allSatisfy { $0 == [9: [9]] }, "\(told)")
  }

  @Test func `what is told is what each wrote down`() {
    let node = Node()
    let job = Job(
      id: JobID(70_000), trial: TrialID(1234), origin: .fresh, configuration: Configuration(), target: 3)
    node.lines[1].enter(.training, job)
    for _ in 0..<5 { node.lines[1].stepIsDone() }
    node.lines[2].enter(.saving, nil)
    #expect(node.signs(toldBy: 5)[1] == Sign(phase: .training, job: 70_000, trial: 1234, step: 5))
    #expect(node.signs(toldBy: 9)[2] == Sign(phase: .saving))
    node.lines[1].enter(.measuring, job)
    #expect(node.signs(toldBy: 6)[1] == Sign(phase: .measuring, job: 70_000, trial: 1234, step: 5))
    #expect(Sign(phase: .idle).text == "it was waiting for work")
  }

  @Test func `each sees whether the others of its node have something to save`() {
    let node = Node()
    #expect(node.lines.allSatisfy { $0.areOthersIdle })
    node.lines[1].enter(.saving, nil)
    #expect(node.lines.map(\.areOthersIdle) == [false, true, false])
    node.lines[1].enter(.idle, nil)
    #expect(node.lines.allSatisfy { $0.areOthersIdle })
  }

  /// A thread writes jobs whose trial has the same number; another reads.
  @Test func `half a sign is never read`() {
    let words = SharedWords(count: NodeSigns.wordCount(members: 1))
    let isOver = Atomic(false)
    let line = NodeSigns(members: [1], rank: 1, in: words)
    let writer = Thread {
      var number = 0
      while !isOver.load(ordering: .relaxed) {
        number = (number + 1) % 1000
        line.enter(
          number.isMultiple(of: 2) ? .training : .measuring,
          Job(
            id: JobID(number), trial: TrialID(number), origin: .fresh, configuration: Configuration(),
            target: 1))
        for _ in 0..<number { line.stepIsDone() }
      }
    }
    writer.start()
    var found = Set<Int>()
    for _ in 0..<200_000 {
      guard let sign = line.sign(of: 0)?.sign, sign.job >= 0, sign.trial > 0 else { continue }
      found.insert(sign.job)
      let isWhole =
        sign.job == sign.trial && sign.step <= sign.job
        && sign.phase == (sign.job.isMultiple(of: 2) ? .training : .measuring)
      guard isWhole else {
        Issue.record("\(sign)")
        break
      }
    }
    isOver.store(true, ordering: .relaxed)
    #expect(!found.isEmpty)
  }

  @Test func `a message holds up to 64 ranks, and says what it was told`() throws {
    let signs = (0..<64).map { SignWords(Sign(phase: .training, job: $0, trial: $0 - 1, step: 1 << 40 + $0)) }
    let isAlive = (0..<64).map { $0 % 3 == 0 || $0 == 63 }
    let isGone = (0..<64).map { $0 % 5 == 1 }
    let isWaiting = (0..<64).map { $0 > 31 }
    let message = GatheredSigns(
      firstRank: 3, start: 64, isAlive: isAlive, isGone: isGone, isWaiting: isWaiting, signs)
    let read = try #require(GatheredSigns(message.numbers))
    #expect(read == message)
    #expect((0..<64).map(read.isAlive) == isAlive)
    #expect((0..<64).map(read.isGone) == isGone)
    #expect((0..<64).map(read.isWaiting) == isWaiting)
    #expect(read.signs[7].sign == Sign(phase: .training, job: 7, trial: 6, step: 1 << 40 + 7))
    #expect(GatheredSigns([1, 0]) == nil)
    #expect(GatheredSigns([1, 0, 1, 0, 0, 5]) == nil)
  }

  @Test func `a process that has ended is told of at once, and nobody else`() throws {
    let node = Node()
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["1000"]
    try child.run()
    let ended = RankProcess(
      number: Int64(child.processIdentifier), start: try #require(Self.start(of: child.processIdentifier)))
    #expect(ended.isVisible && !ended.isGone && !ended.isZombie)
    // As of another container: no such process here.
    node.lines[0].introduce(RankProcess(number: ended.number, start: ended.start + 1))
    node.lines[1].introduce(ended)
    node.lines[2].introduce(try #require(RankProcess.current))
    for _ in 0..<3 { _ = node.second() }
    ended.end()
    child.waitUntilExit()
    #expect(ended.isGone && !ended.isVisible)
    #expect(node.gone(toldBy: 5) == [6])
    _ = node.second(living: [5, 9])
    #expect(node.gone(toldBy: 5) == [6])
  }

  @Test func `where the one that tells has ended, the next tells at once`() throws {
    let node = Node()
    let child = Process()
    child.executableURL = URL(fileURLWithPath: "/bin/sleep")
    child.arguments = ["1000"]
    try child.run()
    let ended = RankProcess(
      number: Int64(child.processIdentifier), start: try #require(Self.start(of: child.processIdentifier)))
    node.lines[0].introduce(ended)
    for _ in 0..<3 { _ = node.second() }
    #expect(node.second() == [5: [5, 6, 9]])
    ended.end()
    child.waitUntilExit()
    // Before its silence alone would show it.
    #expect(node.second(living: [6, 9]) == [6: [6, 9]])
    #expect(node.gone(toldBy: 6) == [5])
  }

  private static func start(of process: Int32) -> Int64? {
    let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    return text?.split(separator: ")").last?.split(separator: " ")[19...].first.flatMap { Int64($0) }
  }

  @Test func `rank 0 hears of a node's ranks one by one`() throws {
    let board = PulseBoard(ranks: 132, nodes: [1: Array(1...130), 131: [131]])
    let sign = Sign(phase: .training, job: 2, trial: 1, step: 3)
    board.take(
      GatheredSigns(firstRank: 1, start: 128, isAlive: [false, true], [SignWords(sign), SignWords(sign)]))
    let silent = try board.silences(over: -1)
    #expect(silent.map(\.rank) == Array(1...131))
    #expect(silent.filter { $0.sign == sign }.map(\.rank) == [129, 130])
    let heard = silent.map(\.seconds).enumerated().min { $0.element < $1.element }
    #expect(heard?.offset == 129)
    // Whose process has ended is silent from then on.
    board.take(
      GatheredSigns(firstRank: 131, start: 0, isAlive: [true], isGone: [true], [SignWords(sign)]))
    #expect(try board.silences(over: 1000).map(\.rank) == [131])
    board.judgeLost(131)
    #expect(try board.silences(over: 1000).isEmpty)
    // Of no node that there is, and of more ranks than it has.
    board.take(GatheredSigns(firstRank: 7, start: 0, isAlive: [true], [SignWords(sign)]))
    let two = [SignWords(sign), SignWords(sign)]
    board.take(GatheredSigns(firstRank: 131, start: 0, isAlive: [true, true], two))
  }
}
