import MPI
import Search
import Training

/// States on their way from another root. Memory is only ever a faster copy, so whatever does not come in time is read
/// from its checkpoint.
final class StateFetch {
  private let mailbox: Mailbox
  private let options: WorkerOptions
  /// Tickets of states that came too late or not at all.
  private var abandoned: Set<Int> = []
  /// States that came while another one was waited for.
  private var early: [Int: Snapshot?] = [:]

  init(_ mailbox: Mailbox, _ options: WorkerOptions) {
    self.mailbox = mailbox
    self.options = options
  }

  /// The state that a peer was told to send; nil when it has none, or none comes in time.
  ///
  /// - Parameters:
  ///   - isLost: whether the sender is gone.
  ///   - serve: called while waiting.
  func receive(
    _ ticket: Int, from peer: Rank, isLost: () -> Bool, meanwhile serve: () throws(TunerError) -> Void
  ) throws(TunerError) -> Snapshot? {
    if let snapshot = early.removeValue(forKey: ticket) { return snapshot }
    let deadline = Deadline.seconds(options.secondsForPeer)
    var backOff = BackOff()
    while !deadline.hasPassed, !isLost() {
      if let arrival = try nextArrival(from: peer, meanwhile: serve) {
        if arrival.ticket == ticket { return arrival.snapshot }
        keep(arrival)
        continue
      }
      try serve()
      backOff.pause()
    }
    abandoned.insert(ticket)
    return nil
  }

  /// A state that is on its way is not needed.
  func abandon(_ ticket: Int) {
    if early.removeValue(forKey: ticket) == nil { abandoned.insert(ticket) }
  }

  /// Whether a state may come that nobody waits for.
  var expectsLateStates: Bool { !abandoned.isEmpty }

  /// Takes and forgets states that come too late, so that their senders can forget them, too.
  func discardLateStates(meanwhile serve: () throws(TunerError) -> Void) throws(TunerError) {
    if abandoned.isEmpty { return }
    if let arrival = try nextArrival(from: nil, meanwhile: serve) { keep(arrival) }
  }

  private func keep(_ arrival: (ticket: Int, snapshot: Snapshot?)) {
    if abandoned.remove(arrival.ticket) == nil { early[arrival.ticket] = .some(arrival.snapshot) }
  }

  /// A state whose blocks do not come behind its header is one that does not come: its sender is gone.
  private func nextArrival(
    from peer: Rank?, meanwhile serve: () throws(TunerError) -> Void
  ) throws(TunerError) -> (ticket: Int, snapshot: Snapshot?)? {
    try mailbox.receiveState(from: peer, deadline: .seconds(options.secondsForPeer), meanwhile: serve)
  }
}
