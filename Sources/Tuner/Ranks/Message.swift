public import Search

/// What rank 0 tells the root of a group.
enum Instruction: Codable, Equatable, Sendable {
  /// The next job. `peer` is the rank, in `control`, of the root that sends the state, when the source is a
  /// peer.
  case assign(Assignment, peer: Int?)
  /// Send a state to another root. The ticket, the number of the job that needs it, comes back in the header.
  case sendState(StateKey, to: Int, ticket: Int)
  /// The group that was told to send the state for this ticket is gone: read the checkpoint.
  case peerLost(ticket: Int)
  case release([StateKey])
  /// Save the unfinished job and stop.
  case stop
  /// A sign of life, so that an idle root can tell a long wait from a dead controller.
  case wait
  /// The end.
  case leave
}

/// What the root of a group tells rank 0.
enum Notice: Codable, Sendable {
  case ready(WorkerGroup)
  case reported(JobReport)
  case stopped(GroupID)
  /// A state of the job on its way is durable.
  case saved(GroupID)
  /// The job cannot start, because its origin cannot be read; the group is idle.
  case stateLost(GroupID, LostState)
  case alive(Heartbeat)
  /// The group cannot work any more: one of its ranks is gone, or does not answer.
  case broken(GroupID, why: String)
  /// The run cannot go on.
  case failed(GroupID, Failure)

  /// A `TunerError` on its way to rank 0.
  struct Failure: Codable, Sendable {
    var kind: String, subject: String, expected: String, found: String, remedy: String

    init(_ error: TunerError) {
      kind = error.kind.rawValue
      (subject, expected, found, remedy) = (error.subject, error.expected, error.found, error.remedy)
    }

    var error: TunerError {
      TunerError(
        TunerError.Kind(rawValue: kind) ?? .defect, subject: subject, expected: expected, found: found,
        remedy: remedy)
    }
  }
}

/// A group's sign of life.
public struct Heartbeat: Codable, Equatable, Sendable {
  public var group: GroupID
  /// The job at work; nil when the group is idle.
  public var job: JobID?
  public var trial: TrialID?
  /// What the root does: `idle`, `training`, `measuring` ...
  public var phase: Phase
  /// Optimizer steps of this job, in this session.
  public var steps: Int

  public enum Phase: String, Codable, Sendable {
    case idle, training, measuring
    case fetching = "fetching a state"
    case starting = "making the trainer"
    case saving = "saving a checkpoint"
  }
}

/// What the root of a group tells the other members.
enum GroupOrder: Codable, Equatable, Sendable {
  /// Make the trainer, and restore it when the job does not start from fresh weights. A job whose target was
  /// reached in an earlier session is not trained.
  case work(Job, isRestored: Bool, isReached: Bool)
  case wait
  case leave
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
