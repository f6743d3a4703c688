public import Search

/// What happens to the controller. Nothing else changes its state.
public enum Event: Hashable, Sendable {
  /// A group is there, idle, and holds no state. Once for each group and session.
  case groupReady(WorkerGroup)
  /// A group's job has reached its target, and its state is taken: the group is idle again and holds the state in
  /// memory. The report follows when the checkpoint is durable. `stateBytes` is what the state takes there, `seconds`
  /// the time of work in this session.
  case released(GroupID, JobID, stateBytes: Int, seconds: Double)
  /// A group's job is done, and its checkpoint durable. Unless it was released before, the group is idle again and
  /// holds the reached state in memory.
  case reported(JobReport)
  /// A group could not do a job, or not save what it had reached, for a cause that may lie elsewhere than in the
  /// trial. The group is idle again, unless it was released from the job before.
  case faulted(GroupID, JobID, Fault)
  /// A group is gone for the rest of the session, with all that it held in memory.
  case groupLost(GroupID, why: String)
  /// The run should end soon: save, and go on another time.
  case stopRequested(StopReason)
  /// A group was told to stop, has saved its unfinished job, and is idle.
  case groupStopped(GroupID)
  /// A state of a job on its way is durable.
  case midJobSaved(GroupID, JobID)
  /// A group cannot read the state that its job starts from; it is idle again, and the job waits.
  case stateLost(GroupID, LostState)
  /// `population.h5` of this generation is durable in its place.
  case populationSaved(generation: Int)
  /// The time for an orderly stop is over: whoever has not answered is left behind.
  case stopOverdue
}

/// Why a run ends before its study does.
public enum StopReason: Hashable, Codable, Sendable, CustomStringConvertible {
  /// A signal, by name, such as `SIGUSR1`.
  case signal(String)
  /// The end of the allocation or the walltime is near.
  case deadline
  /// The last group is lost; why, in the words of its event.
  case groupsLost(why: String)
  /// The run cannot go on; why, in the error's words.
  case broken(why: String)

  public var description: String {
    switch self {
    case .signal(let name): "\(name) received"
    case .deadline: "the deadline is near"
    case .groupsLost(let why): "the last group of ranks is lost: \(why)"
    case .broken(let why): why
    }
  }
}
