import MPI

/// Brings the ranks of a lease together: makes their communicator, and keeps it as long as the next lease names the
/// same ranks.
final class GroupMaker {
  /// All ranks but the controller's, for the meetings of those that come together.
  private let workers: Communicator
  private let patience: Double
  private var newest: TrialGroup?

  /// Collective over all ranks but the first.
  init(_ world: borrowing Communicator, _ options: WorkerOptions) throws(TunerError) {
    let rank = world.rank.rawValue
    patience = options.patience
    do throws(MPIError) {
      var workers = try world.makeGroup(
        of: Array(world.ranks.dropFirst()), tag: Tag(0), named: "the ranks that train")
      workers.leaveToFinalize()
      // The controller sleeps nearly always: it needs no core.
      workers.hasOwnCores =
        world.hosts.indices.count { $0 > 0 && world.hosts[$0] == world.hosts[rank] } <= coresOnHost()
      self.workers = workers
    } catch {
      throw TunerError(error, "joining the other ranks")
    }
  }

  /// The group of a lease. Collective over its ranks.
  ///
  /// - Parameter watch: told what ends the waits of the group's ranks, before any of them waits.
  func group(
    for lease: Lease, watch: (Cancellation) -> Void
  ) throws(JobFailure) -> TrialGroup {
    let id = lease.assignment.group
    if let newest, newest.ranks == lease.ranks, newest.id == id {
      watch(newest.cancellation)
      return newest
    }
    newest = nil
    let cancellation = Cancellation()
    watch(cancellation)
    workers.cancellation = cancellation
    defer { workers.cancellation = nil }
    do throws(MPIError) {
      var communicator = try workers.makeGroup(
        of: lease.ranks.map { Rank($0 - 1) }, tag: Tag(1 + lease.attempt.number % 16_000), named: "\(id)",
        deadline: .seconds(patience))
      communicator.patience = patience
      communicator.leaveToFinalize()
      let group = TrialGroup(id, ranks: lease.ranks, communicator, cancellation)
      newest = group
      return group
    } catch {
      throw .fault(.peers(of: id, "\(error)"))
    }
  }

  /// The newest group's communicator is of no more use.
  func forget() { newest = nil }
}
