import Search

/// What rank 0 tells a rank.
enum Instruction: Codable, Equatable, Sendable {
  /// To every rank of the lease.
  case work(Lease)
  /// Send a state that is in this rank's memory to another root, a rank of the world. The ticket, the number of the
  /// attempt that needs it, comes back in the header.
  case sendState(StateKey, to: Int, ticket: Int)
  /// Whoever was told to send the state for this ticket is gone: read the checkpoint.
  case senderLost(ticket: Int)
  /// Forget these states.
  case release([StateKey])
  /// To a root: save the unfinished job and stop.
  case stop
  /// The end. Where ranks were lost, those that are left end without the meeting of all that finalizes MPI; on their
  /// own nodes they end what is left of the lost ones.
  case leave(isWhole: Bool, lost: [Int])
}

/// What a rank tells rank 0. What belongs to a job bears the number of its attempt.
enum Notice: Codable, Sendable {
  /// Once: the rank is there, and waits for work.
  case here
  case released(attempt: Int, stateBytes: Int, seconds: Double)
  case reported(attempt: Int, JobReport)
  /// The job is not done, and waits again.
  case stopped(attempt: Int)
  /// A state of the job on its way is durable.
  case saved(attempt: Int)
  /// The job cannot start, because its origin cannot be read; the group is idle.
  case stateLost(attempt: Int, LostState)
  case faulted(attempt: Int, Fault)
  /// This rank cannot go on, and so the run cannot.
  case failed(TunerError)
  /// The last one: all that this rank had to save is durable.
  case left
}

/// What follows when training was interrupted.
enum Interruption: UInt8, Sendable {
  /// Nothing: train on.
  case proceed
  /// Take a snapshot for a mid-job checkpoint, and train on.
  case checkpoint
  /// Take a snapshot, and stop.
  case stop
}
