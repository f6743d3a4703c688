import Foundation
package import MPI
import Synchronization

/// Rank 0's side of the signs of life: a thread hears them, node by node, and answers each that rank 0 lives,
/// those of ranks judged lost too: back from the dead, they must not take rank 0 for dead.
package final class PulseBoard: Sendable {
  /// A rank that has not been heard of for a while.
  package struct Silence: Equatable {
    package var rank: Int
    var seconds: Double
    /// Whether its process has ended.
    var isGone = false
    /// What it did then.
    var sign: Sign
  }

  private struct End {
    var attempt: Int
    var why: String
    var ranks: [Int]
  }

  private struct State {
    var heard: [ContinuousClock.Instant]
    /// When the thread that hears last looked: what it has not looked for since is no silence.
    var looked = ContinuousClock.now
    var signs: [SignWords]
    var waiting: Set<Int> = []
    var gone: Set<Int> = []
    var lost: Set<Int> = []
    /// Ends of attempts that are to be told.
    var ends: [End] = []
    var failure: MPIError?
  }

  private let state: Mutex<State>
  /// The ranks of each node, by the first of them.
  private let nodes: [Int: [Int]]
  private let phase = Atomic<Int64>(Phase.deciding.rawValue)
  private let isOver = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)

  /// - Parameter nodes: the ranks whose signs come together, by the first of them.
  package init(ranks: Int, nodes: [Int: [Int]]) {
    self.nodes = nodes
    state = Mutex(
      State(
        heard: Array(repeating: .now, count: ranks),
        signs: Array(repeating: SignWords(Sign(phase: .idle)), count: ranks)))
  }

  // MARK: The main thread's side

  func enter(_ phase: Phase) { self.phase.store(phase.rawValue, ordering: .relaxed) }

  /// Ranks that have been silent for longer than `seconds`, or whose process has ended, those judged lost left out.
  package func silences(over seconds: Double) throws(MPIError) -> [Silence] {
    let (silent, failure) = state.withLock { state -> ([Silence], MPIError?) in
      let silent = state.heard.indices.dropFirst().compactMap { rank -> Silence? in
        let silence = (state.looked - state.heard[rank]) / .seconds(1)
        let isGone = state.gone.contains(rank)
        guard silence > seconds || isGone, !state.lost.contains(rank) else { return nil }
        return Silence(rank: rank, seconds: silence, isGone: isGone, sign: state.signs[rank].sign)
      }
      return (silent, state.failure)
    }
    if let failure { throw failure }
    return silent
  }

  func judgeLost(_ rank: Int) { state.withLock { _ = $0.lost.insert(rank) } }

  /// What every rank was last heard to do, and which of them then waited for others.
  func newestSigns() -> (signs: [SignWords], waiting: Set<Int>) { state.withLock { ($0.signs, $0.waiting) } }

  /// Tells ranks that an attempt is over; those judged lost too, for they may come back.
  func end(_ attempt: Int, because why: String, on ranks: [Int]) {
    state.withLock { $0.ends.append(End(attempt: attempt, why: why, ranks: ranks)) }
  }

  package func stop() {
    isOver.store(true, ordering: .relaxed)
    isDone.wait()
  }

  // MARK: The other thread's side

  package func start(on line: PulseLine) {
    if let process = RankProcess.current { line.node.introduce(process) }
    let thread = Thread { [self] in
      line.blockSignals()
      do throws(MPIError) {
        try listen(on: line)
      } catch {
        state.withLock { $0.failure = error }
      }
      isDone.signal()
    }
    thread.name = "pulse board"
    thread.start()
  }

  private func listen(on line: PulseLine) throws(MPIError) {
    var answers: Int64 = 0
    var look = ContinuousClock.now
    // A last look: the ends of attempts are told whatever comes next.
    while true {
      let isLast = isOver.load(ordering: .relaxed)
      let gap = look.secondsUntilNow
      if gap > 1 { excuse(for: gap) }
      look = .now
      let before = answers
      try hear(line, answering: &answers)
      state.withLock { $0.looked = look }
      for end in takeEnds() {
        for rank in end.ranks { try line.sendEnd(of: end.attempt, because: end.why, to: Rank(rank)) }
      }
      if isLast { return }
      // Where much comes, more is under way.
      usleep(answers - before < 64 ? Pulse.microsecondsBetweenLooks : 1000)
    }
  }

  private func takeEnds() -> [End] {
    state.withLock { state in
      let ends = state.ends
      state.ends = []
      return ends
    }
  }

  /// Time in which this process itself stood still is nobody's silence.
  private func excuse(for seconds: Double) {
    state.withLock { state in
      let now = ContinuousClock.now
      for rank in state.heard.indices { state.heard[rank] = min(now, state.heard[rank] + .seconds(seconds)) }
    }
  }

  private func hear(_ line: PulseLine, answering answers: inout Int64) throws(MPIError) {
    while let (source, signs) = try line.receiveSigns() {
      take(signs)
      answers += 1
      let phase = Phase(rawValue: phase.load(ordering: .relaxed)) ?? .deciding
      try line.sendAlive(ControllerWord(count: answers, phase: phase), to: source)
    }
  }

  func take(_ signs: GatheredSigns) {
    let ranks = nodes[signs.firstRank]?.dropFirst(signs.start) ?? []
    state.withLock { state in
      let now = ContinuousClock.now
      for (index, (rank, words)) in zip(ranks, signs.signs).enumerated() {
        state.signs[rank] = words
        if signs.isWaiting(index) { state.waiting.insert(rank) } else { state.waiting.remove(rank) }
        if signs.isGone(index) {
          state.gone.insert(rank)
        } else if signs.isAlive(index) {
          state.heard[rank] = now
        }
      }
    }
  }
}
