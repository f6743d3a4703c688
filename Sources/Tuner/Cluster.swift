public import Search

/// Groups of ranks and the file system they share: starts, waits and moves; decides nothing. The real one is
/// `MPICluster`; `SimulatedCluster` has a virtual clock. All methods are called on rank 0.
public protocol Cluster: ~Copyable {
  /// Seconds since 1970, or since the start on a virtual clock; never less than before (`SessionClock`).
  var now: Double { get }

  /// The events that have come, in the order in which they came; empty when none came within `seconds`.
  /// Returns as soon as there is one.
  mutating func nextEvents(within seconds: Double) throws(TunerError) -> [Event]

  /// Gives an idle group its next job. With `.peer`, also tells the other group to send the state.
  mutating func assign(_ assignment: Assignment) throws(TunerError)

  /// Lets a group forget states.
  mutating func release(_ states: [StateKey], on group: GroupID) throws(TunerError)

  /// Asks a busy group to save its unfinished job and to stop.
  mutating func stop(_ group: GroupID) throws(TunerError)

  /// Replaces `population.h5`, durably; `Event.populationSaved` follows.
  mutating func save(_ population: Population) throws(TunerError)

  /// Deletes a file, relative to the run directory; a file that is not there is no error.
  mutating func deleteCheckpoint(_ path: String) throws(TunerError)

  /// Deletes all checkpoints but these and what belongs to these unfinished jobs.
  mutating func sweepCheckpoints(keeping: [String], unfinished: [Job]) throws(TunerError)

  /// Sends every group home. No other call follows.
  mutating func shutDown() throws(TunerError)
}
