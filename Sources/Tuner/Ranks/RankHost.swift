import MPI
import Search
import Training

/// A rank of an MPI job, as the attempts on it see it: hears rank 0, sends states to other roots, keeps reached states,
/// reports what becomes durable. Served between steps and in every wait.
final class RankHost: ExecutionHost {
  let mailbox: Mailbox
  let options: WorkerOptions
  private let pulse: Pulse
  private var openFiles: JobFiles?
  private var leases: [Lease] = []
  private var lease: Lease?
  private var job: Job? { lease?.job }
  /// Whether the state that was sent for the lease was waited for.
  private var isFetched = false
  /// Reached states, for clones and resumes, until rank 0 lets them go.
  private(set) var copies: [StateKey: Snapshot] = [:]
  private var saves = SaveQueue()
  private var isStopRequested = false
  private(set) var isLeaving = false
  private(set) var departure = Departure.whole
  private(set) var failure: Fault?
  /// States that will not come.
  private var lostTickets: Set<Int> = []
  private let fetch: StateFetch

  private static let controller = Rank.root

  init(_ mailbox: Mailbox, _ pulse: Pulse, _ options: WorkerOptions) {
    self.mailbox = mailbox
    self.pulse = pulse
    self.options = options
    fetch = StateFetch(mailbox, options)
  }

  /// Where rank 0 is gone, what is reached is saved at once: nobody will ask for it.
  var mustStop: Bool { isStopRequested || isLeaving || isControllerLost }
  var isControllerLost: Bool { pulse.controllerLoss != nil }
  var isPaused: Bool { false }
  var reachedStatesUnderWay: Int { saves.reachedCount }
  var hasSavesUnderWay: Bool { !saves.isEmpty }
  var nextLease: Lease? { leases.isEmpty ? nil : leases.removeFirst() }

  /// Opens the run directory for a rank that leads a group, before it leads one.
  func lead() throws(TunerError) {
    if openFiles == nil { openFiles = try JobFiles(options) }
  }

  var files: JobFiles {
    guard let openFiles else { preconditionFailure("only a root that leads has files") }
    return openFiles
  }

  func begin(_ lease: Lease) {
    self.lease = lease
    (failure, isFetched) = (nil, false)
    pulse.enter(.starting, job)
  }

  /// Waits for the next lease; a stop that came too late for this one was answered by its report.
  func end() {
    if let lease, lease.sender != nil, !isFetched, Rank(lease.ranks[0]) == mailbox.communicator.rank {
      fetch.abandon(lease.attempt.number)
    }
    lease = nil
    isStopRequested = false
    pulse.enter(.idle, nil)
  }

  func enter(_ phase: Phase) { pulse.enter(phase, job) }

  func stepIsDone() {
    pulse.stepIsDone()
    do throws(TunerError) { try serve() } catch { fail(Fault(.defect, error)) }
  }

  /// Rank 0 is gone: what does not get to the disk now, never will.
  func stopWaitingForRoom() { openFiles?.stopWaitingForRoom() }

  func fail(_ fault: Fault) { failure = failure ?? fault }

  func origin(of lease: Lease) throws(TunerError) -> JobOrigin {
    if lease.assignment.mayHaveMidJobCheckpoint, let found = try files.found(of: lease.job) {
      return .found(found)
    }
    switch lease.assignment.source {
    case .fresh: return .found(.fresh)
    case .resident(let state):
      if let copy = copies[state.key] { return .found(JobStart(copy, of: state, isCopy: true)) }
      return try files.read(state)
    case .checkpoint(let state): return try files.read(state)
    case .peer(_, let state):
      if let sender = lease.sender, let copy = try receive(lease.attempt.number, from: Rank(sender)) {
        return .found(JobStart(copy, of: state, isCopy: true))
      }
      return try files.read(state)
    }
  }

  private func receive(_ ticket: Int, from sender: Rank) throws(TunerError) -> Snapshot? {
    isFetched = true
    return try fetch.receive(
      ticket, from: sender, isLost: { lostTickets.remove(ticket) != nil },
      meanwhile: { () throws(TunerError) in try serve() })
  }

  var expectsLateStates: Bool { fetch.expectsLateStates }

  /// Takes and forgets states that come too late, so that their senders can forget them, too.
  func discardLateStates() throws(TunerError) {
    try fetch.discardLateStates { () throws(TunerError) in try serve() }
  }

  func keep(_ state: Snapshot, as key: StateKey) { copies[key] = state }

  func follow(_ save: SaveUnderWay) { saves.append(save) }

  // MARK: Mail

  func send(_ notice: Notice) throws(TunerError) {
    try mailbox.send(notice, to: Self.controller, Mailbox.Channel.notice)
  }

  func serve() throws(TunerError) {
    if isControllerLost { stopWaitingForRoom() }
    while let (instruction, _) = try mailbox.receive(
      Instruction.self, from: Self.controller, Mailbox.Channel.instruction)
    {
      try follow(instruction)
    }
    try mailbox.progress()
    for notice in savesNotices() { try send(notice) }
  }

  /// While rank 0 is lost: looks after the saves alone. What fails on the way to rank 0 is of no account.
  func followSaves() {
    stopWaitingForRoom()
    for notice in savesNotices() { try? send(notice) }
    pulse.enter(hasSavesUnderWay ? .saving : .idle, nil)
  }

  private func savesNotices() -> [Notice] {
    guard !saves.isEmpty else { return [] }
    let (notices, fault) = saves.notices(by: files, for: job)
    if let fault { fail(fault) }
    return notices
  }

  private func follow(_ instruction: Instruction) throws(TunerError) {
    switch instruction {
    case .work(let lease): leases.append(lease)
    case .sendState(let key, let root, let ticket):
      try mailbox.startSending(copies[key], ticket: ticket, to: Rank(root))
    case .senderLost(let ticket): lostTickets.insert(ticket)
    case .release(let keys): for key in keys { copies[key] = nil }
    case .stop:
      isStopRequested = true
      openFiles?.stopWaitingForRoom()
    case .leave(let isWhole, let lost):
      isLeaving = true
      openFiles?.stopWaitingForRoom()
      departure =
        isWhole
        ? .whole
        : .incomplete(
          controller: pulse.controllerProcess,
          lost: pulse.processes(of: lost.filter { $0 != mailbox.communicator.rank.rawValue }))
      pulse.controllerHasEnded()
    }
  }
}
