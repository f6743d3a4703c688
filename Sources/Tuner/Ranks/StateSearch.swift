import MPI
import Search
import Training

/// Where a group's root finds the state that a job starts from: memory is only ever a faster copy, so
/// whatever is not found there, or does not come in time, is read from its checkpoint.
final class StateSearch {
  private let root: GroupRoot
  private let files: JobFiles
  /// Tickets of states that came too late or not at all.
  private var abandoned: Set<Int> = []
  /// States that came while another one was looked for.
  private var early: [Int: Snapshot?] = [:]

  init(_ root: GroupRoot, _ files: JobFiles) {
    self.root = root
    self.files = files
  }

  func start(of assignment: Assignment, peer: Rank?) throws(TunerError) -> JobOrigin {
    try root.enter(.fetching, assignment.job)
    if assignment.mayHaveMidJobCheckpoint, let found = try files.found(of: assignment.job) {
      return .found(found)
    }
    switch assignment.source {
    case .fresh: return .found(.fresh)
    case .resident(let state):
      if let snapshot = root.residents[state.key] { return .found(JobStart(snapshot, of: state)) }
      return try files.read(state)
    case .checkpoint(let state): return try files.read(state)
    case .peer(_, let state):
      let ticket = assignment.job.id.rawValue
      if let peer, let snapshot = try receive(ticket, from: peer) { return .found(JobStart(snapshot, of: state)) }
      return try files.read(state)
    }
  }

  /// The state that a peer was told to send; nil when it has none, or none comes in time.
  private func receive(_ ticket: Int, from peer: Rank) throws(TunerError) -> Snapshot? {
    if let snapshot = early.removeValue(forKey: ticket) { return snapshot }
    let deadline = Deadline.seconds(root.options.secondsForPeer)
    var backOff = BackOff()
    while !deadline.hasPassed, root.lostTickets.remove(ticket) == nil {
      if let arrival = try nextArrival(from: peer) {
        if arrival.ticket == ticket { return arrival.snapshot }
        keep(arrival)
        continue
      }
      try root.serve()
      backOff.pause()
    }
    abandoned.insert(ticket)
    return nil
  }

  /// Takes and forgets states that come too late, so that their senders can forget them, too.
  func discardLateStates() throws(TunerError) {
    if abandoned.isEmpty { return }
    if let arrival = try nextArrival(from: nil) { keep(arrival) }
  }

  private func keep(_ arrival: (ticket: Int, snapshot: Snapshot?)) {
    if abandoned.remove(arrival.ticket) == nil { early[arrival.ticket] = .some(arrival.snapshot) }
  }

  private func nextArrival(from peer: Rank?) throws(TunerError) -> (ticket: Int, snapshot: Snapshot?)? {
    let deadline = Deadline.seconds(root.options.patience)
    return try root.mailbox.receiveState(from: peer, deadline: deadline) { () throws(TunerError) in
      try root.serve()
    }
  }
}
