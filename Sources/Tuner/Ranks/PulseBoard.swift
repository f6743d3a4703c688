import Foundation
import MPI
import Synchronization

/// Rank 0's side of the signs of life: a thread hears them, and tells every rank that rank 0 lives. Who is judged lost
/// is told only when it is heard, and what has ended.
final class PulseBoard: Sendable {
  /// A rank that has not been heard of for a while.
  struct Silence: Equatable {
    var rank: Int
    var seconds: Double
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
    var signs: [Sign]
    var lost: Set<Int> = []
    /// Ends of attempts that are to be told.
    var ends: [End] = []
    var failure: MPIError?
  }

  private let state: Mutex<State>
  private let phase = Atomic<Int64>(Phase.deciding.rawValue)
  private let isOver = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)

  init(ranks: Int) {
    state = Mutex(
      State(
        heard: Array(repeating: .now, count: ranks), signs: Array(repeating: Sign(phase: .idle), count: ranks)
      ))
  }

  // MARK: The main thread's side

  func enter(_ phase: Phase) { self.phase.store(phase.rawValue, ordering: .relaxed) }

  /// Ranks that have been silent for longer than `seconds`, those judged lost left out.
  func silences(over seconds: Double) throws(MPIError) -> [Silence] {
    let (silent, failure) = state.withLock { state -> ([Silence], MPIError?) in
      let silent = state.heard.indices.dropFirst().compactMap { rank -> Silence? in
        let silence = (state.looked - state.heard[rank]) / .seconds(1)
        guard silence > seconds, !state.lost.contains(rank) else { return nil }
        return Silence(rank: rank, seconds: silence, sign: state.signs[rank])
      }
      return (silent, state.failure)
    }
    if let failure { throw failure }
    return silent
  }

  func judgeLost(_ rank: Int) { state.withLock { _ = $0.lost.insert(rank) } }

  /// Tells ranks that an attempt is over; those judged lost too, for they may come back.
  func end(_ attempt: Int, because why: String, on ranks: [Int]) {
    state.withLock { $0.ends.append(End(attempt: attempt, why: why, ranks: ranks)) }
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    isDone.wait()
  }

  // MARK: The other thread's side

  /// - Parameter interval: seconds between two words to every rank.
  func start(on line: PulseLine, every interval: Double) {
    let thread = Thread { [self] in
      line.blockSignals()
      do throws(MPIError) {
        try listen(on: line, every: interval)
      } catch {
        state.withLock { $0.failure = error }
      }
      isDone.signal()
    }
    thread.name = "pulse board"
    thread.start()
  }

  private func listen(on line: PulseLine, every interval: Double) throws(MPIError) {
    var next = Deadline.seconds(0)
    var look = ContinuousClock.now
    // A last look: the ends of attempts are told whatever comes next.
    while true {
      let isLast = isOver.load(ordering: .relaxed)
      let gap = look.secondsUntilNow
      if gap > 1 { excuse(for: gap) }
      look = .now
      try hear(line)
      state.withLock { $0.looked = look }
      for end in takeEnds() {
        for rank in end.ranks { try line.sendEnd(of: end.attempt, because: end.why, to: Rank(rank)) }
      }
      if isLast { return }
      if next.hasPassed {
        let lost = state.withLock { $0.lost }
        for rank in 1..<line.size where !lost.contains(rank) {
          try line.sendAlive(ownSign, to: Rank(rank))
        }
        next = .seconds(interval)
      }
      usleep(Pulse.microsecondsBetweenLooks)
    }
  }

  private var ownSign: Sign { Sign(phase: Phase(rawValue: phase.load(ordering: .relaxed)) ?? .deciding) }

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

  private func hear(_ line: PulseLine) throws(MPIError) {
    while let (rank, sign) = try line.receiveSign() {
      let isLost = state.withLock { state in
        state.heard[rank.rawValue] = .now
        state.signs[rank.rawValue] = sign
        return state.lost.contains(rank.rawValue)
      }
      // Back from the dead, it must not take rank 0 for dead.
      if isLost { try line.sendAlive(ownSign, to: rank) }
    }
  }
}
