import Foundation
import MPI
import Search
import Synchronization

/// What a rank's main thread does.
package enum Phase: Int64, Sendable {
  case idle, fetching, starting, training, measuring, saving
  /// Of rank 0.
  case deciding

  /// Completes "it was".
  var words: String {
    switch self {
    case .idle: "waiting for work"
    case .fetching: "fetching a state"
    case .starting: "making the trainer"
    case .training: "training"
    case .measuring: "measuring"
    case .saving: "saving a checkpoint"
    case .deciding: "deciding what comes next"
    }
  }
}

/// A sign of life: what the main thread last wrote down.
package struct Sign: Equatable, Sendable {
  var phase: Phase
  /// The job at work and its trial; −1 where there is none.
  var job: Int64
  var trial: Int64
  /// Optimizer steps of this attempt.
  var step: Int64

  static let length = 4
  var numbers: [Int64] { [phase.rawValue, job, trial, step] }

  package init(phase: Phase, job: Int64 = -1, trial: Int64 = -1, step: Int64 = 0) {
    (self.phase, self.job, self.trial, self.step) = (phase, job, trial, step)
  }

  init(_ numbers: [Int64]) {
    self.init(
      phase: Phase(rawValue: numbers[0]) ?? .idle, job: numbers[1], trial: numbers[2], step: numbers[3])
  }

  /// `it was training trial 4, 112 steps into job 9`.
  var text: String {
    let work = trial < 0 ? "" : " \(TrialID(Int(trial))), \(step) steps into \(JobID(Int(job)))"
    return "it was \(phase.words)\(work)"
  }
}

/// A rank's sign of life: a thread of its own tells rank 0, once a second, what the main one last wrote down, so that
/// a rank that only takes long is never missed. The same thread hears what cannot wait until the main one listens: that
/// the ranks it waits for will not come.
final class Pulse: Sendable {
  private let phase = Atomic<Int64>(Phase.idle.rawValue)
  private let job = Atomic<Int64>(-1)
  private let trial = Atomic<Int64>(-1)
  private let step = Atomic<Int64>(0)
  /// The attempt at work, and the end of its waits; and of attempts that rank 0 has ended why.
  private let attempt = Mutex<(number: Int, cancellation: Cancellation)?>(nil)
  private let ended = Mutex<[Int: String]>([:])
  private let silence = Mutex(Silence())
  private let isOver = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)

  /// How long rank 0 has not been heard of.
  private struct Silence {
    var heard = ContinuousClock.now
    var sign = Sign(phase: .deciding)
    var isNamed = false
    var isOver = false
  }

  static let microsecondsBetweenLooks: UInt32 = 50_000

  // MARK: The main thread's side

  func enter(_ phase: Phase, _ work: Job?) {
    self.phase.store(phase.rawValue, ordering: .relaxed)
    let number = work.map { Int64($0.id.rawValue) } ?? -1
    if job.exchange(number, ordering: .relaxed) != number { step.store(0, ordering: .relaxed) }
    trial.store(work.map { Int64($0.trial.rawValue) } ?? -1, ordering: .relaxed)
  }

  func stepIsDone() { step.wrappingAdd(1, ordering: .relaxed) }

  /// An attempt begins, whose waits end when rank 0 says so.
  func begin(_ number: Int, cancelledBy cancellation: Cancellation) {
    attempt.withLock { $0 = (number, cancellation) }
    // The word may have been faster.
    if let why = ended.withLock({ $0[number] }) { cancellation.cancel(because: why) }
  }

  /// Rank 0 has ended the run: its silence from now on means nothing.
  func controllerHasEnded() { silence.withLock { $0.isOver = true } }

  /// Seconds since rank 0 was last heard of.
  var secondsOfSilence: Double { silence.withLock { $0.heard.secondsUntilNow } }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    isDone.wait()
  }

  // MARK: The other thread's side

  /// Begins to give signs.
  func start(on line: PulseLine, every interval: Double, naming name: SilenceNaming?) {
    let thread = Thread { [self] in
      line.blockSignals()
      live(on: line, every: interval, naming: name)
      isDone.signal()
    }
    thread.name = "pulse"
    thread.start()
  }

  private var sign: Sign {
    Sign([
      phase.load(ordering: .relaxed), job.load(ordering: .relaxed), trial.load(ordering: .relaxed),
      step.load(ordering: .relaxed),
    ])
  }

  /// Until the main thread ends it, or MPI fails: then rank 0 misses it.
  private func live(on line: PulseLine, every interval: Double, naming name: SilenceNaming?) {
    var next = Deadline.seconds(0)
    var look = ContinuousClock.now
    do throws(MPIError) {
      while !isOver.load(ordering: .relaxed) {
        // Time in which this process itself stood still is nobody's silence.
        let gap = look.secondsUntilNow
        if gap > 1 { silence.withLock { $0.heard += .seconds(gap) } }
        look = .now
        while let word = try line.receiveWord() { hear(word) }
        if next.hasPassed {
          try line.send(sign)
          next = .seconds(interval)
        }
        if let name { watchController(name) }
        usleep(Self.microsecondsBetweenLooks)
      }
    } catch {
      if let name { name.warn("the signs of life of this rank end: \(error)") }
    }
  }

  private func hear(_ word: PulseWord) {
    silence.withLock { silence in
      silence.heard = .now
      silence.isNamed = false
      if case .alive(let sign) = word { silence.sign = sign }
    }
    guard case .ended(let number, let why) = word else { return }
    ended.withLock { $0[number] = why }
    attempt.withLock { attempt in
      if let attempt, attempt.number == number { attempt.cancellation.cancel(because: why) }
    }
  }

  private func watchController(_ name: SilenceNaming) {
    let words: String? = silence.withLock { silence in
      let seconds = silence.heard.secondsUntilNow
      guard seconds > name.seconds, !silence.isNamed, !silence.isOver else { return nil }
      silence.isNamed = true
      return "rank 0 (the controller, on \(name.host)) is silent for \(Int(seconds)) s; \(silence.sign.text)."
    }
    if let words { name.warn(words) }
  }
}

/// How a rank says that rank 0 is silent.
struct SilenceNaming: Sendable {
  /// Of silence.
  var seconds: Double
  /// Rank 0's.
  var host: String
  var warn: @Sendable (String) -> Void
}
