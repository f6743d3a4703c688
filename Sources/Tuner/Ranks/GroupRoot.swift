import MPI
import Search
import Training

/// What the root of a group does beside training: hears rank 0, sends states to other roots, keeps reached
/// states, shows that it lives. Served between steps and in every wait.
final class GroupRoot {
  let mailbox: Mailbox
  let options: WorkerOptions
  /// Reached states, for clones and resumes, until rank 0 lets them go.
  var residents: [StateKey: Snapshot] = [:]
  private(set) var assignments: [(assignment: Assignment, peer: Rank?)] = []
  private(set) var isStopRequested = false
  private(set) var isLeaving = false
  /// Asked to save and stop, alone or with the whole run.
  var mustStop: Bool { isStopRequested || isLeaving }
  /// True when rank 0 is not heard of: nobody is left to report to.
  private(set) var isControllerSilent = false
  /// States that will not come.
  var lostTickets: Set<Int> = []
  /// What went wrong in a moment that could not throw.
  private(set) var failure: TunerError?
  var heartbeat: Heartbeat
  private var nextHeartbeat = Deadline.seconds(0)
  private var lastWord = ContinuousClock.now
  private static let controller = Rank.root

  init(_ mailbox: Mailbox, _ group: GroupID, _ options: WorkerOptions) {
    self.mailbox = mailbox
    self.options = options
    heartbeat = Heartbeat(group: group, job: nil, trial: nil, phase: .idle, steps: 0)
  }

  func nextAssignment() -> (assignment: Assignment, peer: Rank?)? {
    assignments.isEmpty ? nil : assignments.removeFirst()
  }

  func send(_ notice: Notice) throws(TunerError) {
    try mailbox.send(notice, to: Self.controller, Mailbox.Channel.notice)
  }

  /// Called when a stop has been answered.
  func stopWasAnswered() { isStopRequested = false }

  /// Does everything that has come up. Never waits.
  func serve() throws(TunerError) {
    while let (instruction, _) = try mailbox.receive(
      Instruction.self, from: Self.controller, Mailbox.Channel.instruction)
    {
      lastWord = .now
      try follow(instruction)
    }
    try mailbox.progress()
    try beat()
    if heartbeat.phase == .idle { try checkController() }
  }

  /// As `serve`, where nothing can be thrown. Between two steps of training.
  func serveAfterStep() {
    heartbeat.steps += 1
    if failure != nil { return }
    do throws(TunerError) { try serve() } catch { failure = error }
  }

  private func follow(_ instruction: Instruction) throws(TunerError) {
    switch instruction {
    case .assign(let assignment, let peer): assignments.append((assignment, peer.map { Rank($0) }))
    case .sendState(let key, let root, let ticket):
      try mailbox.startSending(residents[key], ticket: ticket, to: Rank(root))
    case .peerLost(let ticket): lostTickets.insert(ticket)
    case .release(let keys): for key in keys { residents[key] = nil }
    case .stop: isStopRequested = true
    case .wait: break
    case .leave: isLeaving = true
    }
  }

  /// At once when the phase changes.
  func enter(_ phase: Heartbeat.Phase, _ job: Job?) throws(TunerError) {
    heartbeat.phase = phase
    if heartbeat.job != job?.id { heartbeat.steps = 0 }
    heartbeat.job = job?.id
    heartbeat.trial = job?.trial
    nextHeartbeat = .seconds(0)
    try beat()
  }

  private func beat() throws(TunerError) {
    guard nextHeartbeat.hasPassed else { return }
    let interval = options.secondsBetweenHeartbeats * (heartbeat.phase == .idle ? 10 : 1)
    nextHeartbeat = .seconds(interval)
    try send(.alive(heartbeat))
  }

  /// Rank 0 gives a sign of life to whoever waits; without one it is dead.
  private func checkController() throws(TunerError) {
    guard lastWord.secondsUntilNow > options.secondsWithoutWord else { return }
    isControllerSilent = true
    throw TunerError(
      .system, subject: mailbox.place(of: Self.controller),
      expected: "a word within \(Int(options.secondsWithoutWord)) s",
      found: "silence", remedy: "Look at that host; the same command goes on from the journal.")
  }
}
