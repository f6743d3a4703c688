import Foundation
import MPI
import Search
import Synchronization

/// A rank's sign of life: a thread of its own counts, once a second, in memory that the ranks of its node
/// share, beside what the main one last wrote down; one of them tells rank 0 of all. So a rank that only
/// takes long is never missed. The same thread hears what cannot wait until the main one listens: that the
/// ranks it waits for will not come.
final class Pulse: Sendable {
  private let line: PulseLine
  /// The attempt at work, and the end of its waits; and of attempts that rank 0 has ended why.
  private let attempt = Mutex<(number: Int, cancellation: Cancellation)?>(nil)
  private let ended = Mutex<[Int: String]>([:])
  private let silence = Mutex(Silence())
  private let isOver = Atomic<Bool>(false)
  private let isDone = DispatchSemaphore(value: 0)

  /// How long rank 0 has not been heard of.
  private struct Silence {
    var heard = ContinuousClock.now
    var word = ControllerWord(rawValue: 0)
    var isNamed = false
    var isOver = false
    /// Nil as long as there is hope.
    var loss: ControllerLoss?
  }

  static let microsecondsBetweenLooks: UInt32 = 50_000

  init(_ line: PulseLine) {
    self.line = line
    if let process = RankProcess.current { line.node.introduce(process) }
    line.node.enter(.idle, nil)
  }

  // MARK: The main thread's side

  func enter(_ phase: Phase, _ work: Job?) { line.node.enter(phase, work) }
  func stepIsDone() { line.node.stepIsDone() }

  /// An attempt begins, whose waits end when rank 0 says so.
  func begin(_ number: Int, cancelledBy cancellation: Cancellation) {
    attempt.withLock { $0 = (number, cancellation) }
    // The word may have been faster.
    if let why = ended.withLock({ $0[number] }) { cancellation.cancel(because: why) }
  }

  /// Rank 0 has ended the run: its silence from now on means nothing.
  func controllerHasEnded() { silence.withLock { $0.isOver = true } }

  /// Seconds since rank 0 was last heard of; 0 once it has ended the run.
  var secondsOfSilence: Double { silence.withLock { $0.isOver ? 0 : $0.heard.secondsUntilNow } }

  /// How rank 0 is lost; nil while it is not, and again when it is heard of.
  var controllerLoss: ControllerLoss? { silence.withLock { $0.isOver ? nil : $0.loss } }

  /// Whether all other ranks of this node have nothing to save, as far as they say.
  var isRestOfNodeIdle: Bool { line.node.areOthersIdle }

  /// Whether ranks that train are out of sight, on other nodes.
  var areRanksElsewhere: Bool { line.node.members.count < line.size - 1 }

  /// Of those of these ranks that are of this node.
  func processes(of ranks: [Int]) -> [RankProcess] { line.node.processes(of: ranks) }

  /// Rank 0's; nil where this rank does not see it.
  var controllerProcess: RankProcess? {
    line.node.controllerProcess.flatMap { $0.isVisible ? $0 : nil }
  }

  func stop() {
    isOver.store(true, ordering: .relaxed)
    isDone.wait()
  }

  // MARK: The other thread's side

  /// Begins to give signs.
  ///
  /// - Parameter patience: with rank 0's silence.
  func start(every interval: Double, naming name: SilenceNaming?, _ patience: ControllerPatience) {
    let thread = Thread { [self] in
      line.blockSignals()
      live(every: interval, naming: name, patience)
      isDone.signal()
    }
    thread.name = "pulse"
    thread.start()
  }

  /// Until the main thread ends it, or MPI fails: then rank 0 misses it.
  private func live(every interval: Double, naming name: SilenceNaming?, _ patience: ControllerPatience) {
    var next = Deadline.seconds(0)
    var look = ContinuousClock.now
    var controller = ControllerWatch(patience)
    var watch = NodeWatch(line.node, every: interval, since: look)
    var looks = 0
    do throws(MPIError) {
      while !isOver.load(ordering: .relaxed) {
        // Time in which this process itself stood still is nobody's silence.
        excuse(since: look)
        look = .now
        while let word = try line.receiveWord() { hear(word) }
        hear(line.node.controllerWord)
        watch.look(at: look)
        if next.hasPassed || watch.hasNews {
          if next.hasPassed {
            looks = count(waitsAfter: looks)
            controller.see(line.node.controllerProcess)
          }
          // Where the last messages have not left yet, these are told next time.
          let isTold = watch.mustTell(at: look) ? try line.send(watch.messages()) : true
          if isTold { watch.isTold() }
          if next.hasPassed { next = .seconds(interval) }
        }
        if let name { watchController(name) }
        judge(controller, isDeaf: false)
        usleep(Self.microsecondsBetweenLooks)
      }
    } catch {
      if let name { name.warn("the signs of life of this rank end: \(error)") }
      liveDeaf(controller, since: look)
    }
  }

  /// Without MPI: what others of the node hear of rank 0 is heard, and its process is seen. To hear nothing means
  /// nothing.
  private func liveDeaf(_ controller: ControllerWatch, since instant: ContinuousClock.Instant) {
    var look = instant
    while !isOver.load(ordering: .relaxed) {
      excuse(since: look)
      look = .now
      hear(line.node.controllerWord)
      judge(controller, isDeaf: true)
      usleep(Self.microsecondsBetweenLooks)
    }
  }

  private func excuse(since look: ContinuousClock.Instant) {
    let gap = look.secondsUntilNow
    if gap > 1 { silence.withLock { $0.heard += .seconds(gap) } }
  }

  private func judge(_ controller: ControllerWatch, isDeaf: Bool) {
    let seconds = secondsOfSilence
    let loss = controller.loss(after: seconds, of: line.node.controllerProcess, isDeaf: isDeaf)
    silence.withLock { $0.loss = loss }
    if controller.endsWaits(after: seconds, loss) { endWaits(because: "rank 0 is not heard of any more") }
  }

  /// Counts, and says whether the main thread has waited for others since the last time.
  private func count(waitsAfter looks: Int) -> Int {
    let now = attempt.withLock { $0?.cancellation.lookCount ?? 0 }
    line.node.note(isWaiting: now != looks)
    line.node.count()
    return now
  }

  private func hear(_ word: PulseWord) {
    switch word {
    // For all ranks of the node.
    case .alive(let word): line.node.controllerWord = word
    case .ended(let number, let why):
      ended.withLock { $0[number] = why }
      attempt.withLock { attempt in
        if let attempt, attempt.number == number { attempt.cancellation.cancel(because: why) }
      }
    }
  }

  private func endWaits(because why: String) {
    attempt.withLock { $0?.cancellation.cancel(because: why) }
  }

  private func hear(_ word: ControllerWord) {
    silence.withLock { silence in
      guard word != silence.word else { return }
      silence.word = word
      silence.heard = .now
      silence.isNamed = false
      silence.loss = nil
    }
  }

  private func watchController(_ name: SilenceNaming) {
    let words: String? = silence.withLock { silence in
      let seconds = silence.heard.secondsUntilNow
      guard seconds > name.seconds, !silence.isNamed, !silence.isOver else { return nil }
      silence.isNamed = true
      let state = name.otherHost.map { "not heard of from \($0)" } ?? "silent"
      return "rank 0 (the controller, on \(name.host)) is \(state) for \(Int(seconds)) s; it was "
        + "\(silence.word.phase.words)."
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
  /// This rank's, where it is another one: then the network between them may be what is silent.
  var otherHost: String?
  var warn: @Sendable (String) -> Void
}
