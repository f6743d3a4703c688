public import Search

/// What the controller wants done. The records of a batch of commands are written before the other commands
/// of the batch are carried out, which then happens in their order; those that destroy or conclude something
/// (`needsDurableRecords`) wait until the records are durable.
public enum Command: Equatable, Sendable {
  case append(Record)
  case assign(Assignment)
  /// The group may forget these states. Sent after every assignment that takes them from there.
  case release([StateKey], group: GroupID)
  /// Answered by `Event.populationSaved`.
  case savePopulation(Population)
  /// Relative to the run directory. A file that is not there any more is no error: a killed session may have
  /// deleted it.
  case deleteCheckpoint(String)
  /// Once, when a run goes on: deletes every checkpoint that is neither named here nor belongs to one of
  /// these unfinished jobs (what an earlier session was killed before deleting).
  case sweepCheckpoints(keeping: [String], unfinished: [Job])
  /// Interrupts the group's job: it saves, and answers by `Event.groupStopped`, or by its report if it was
  /// faster.
  case stop(GroupID)
  /// The end: nothing is expected from any group any more.
  case finish(RunSummary)
}

extension Command {
  /// Whether a restart that had forgotten why could not go on: a checkpoint would be gone that the journal
  /// asks for. A job that was given out and is forgotten costs only what was trained meanwhile.
  var needsDurableRecords: Bool {
    switch self {
    case .deleteCheckpoint, .savePopulation, .sweepCheckpoints, .finish: true
    case .append, .assign, .release, .stop: false
    }
  }

  /// Whether what comes after it must not come before it.
  var isBarrier: Bool {
    switch self {
    // A sweep would take what a later job writes for a leftover.
    case .sweepCheckpoints, .finish: true
    case .append, .assign, .release, .stop, .savePopulation, .deleteCheckpoint: false
    }
  }
}
