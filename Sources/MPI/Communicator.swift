import CMPI

/// A set of ranks that can speak with each other, and the one owner of its MPI handle: freed when this value
/// and the last request on it are gone. One thread uses it; different threads may use different ones.
///
/// Every wait has a deadline: the one given to the call, else `patience` seconds from the call. After a
/// time-out the communicator is of no more use, and the buffers of the call must stay alive until the process
/// ends.
public struct Communicator: ~Copyable {
  let state: CommunicatorState

  /// How many seconds a call waits that is given no deadline.
  public var patience: Double

  init(_ state: CommunicatorState, patience: Double) {
    self.state = state
    self.patience = patience
  }

  /// This process's number here.
  public var rank: Rank { state.rank }
  /// The number of ranks.
  public var size: Int { state.size }
  /// As errors call it.
  public var name: String { state.name }
  /// The host of each rank, by `MPI_Get_processor_name`.
  public var hosts: [String] { state.hosts }
  /// Whether each rank that works here has a core of its host to itself, so that a waiting one keeps it for
  /// about a millisecond before it lets others run. At first: whether the host has a core for each rank of
  /// the job on it. Duplicates and groups take it over.
  public var hasOwnCores: Bool {
    get { state.hasOwnCore }
    nonmutating set { state.hasOwnCore = newValue }
  }
  /// True on the first rank.
  public var isRoot: Bool { state.rank == .root }
  /// False after a time-out: nothing more can be done with it, and it is not freed.
  public var isIntact: Bool { state.isIntact }
  /// All ranks, in order.
  public var ranks: [Rank] { (0..<state.size).map { Rank($0) } }

  /// Answers ranks that ask, after a time-out, who is still there. Waiting does so by itself; a rank that
  /// computes for long may call it at a good moment. Local. MPI 3.1 §3.8.1, `MPI_Iprobe`.
  public borrowing func answerRollCalls() throws(MPIError) { try state.answerRollCalls() }

  /// Ends every wait here, and on what is made from this one from now on, as soon as it says so.
  public var cancellation: Cancellation? {
    get { state.cancellation }
    nonmutating set { state.cancellation = newValue }
  }

  /// Leaves the handle to be freed when MPI is finalized: for a communicator on which others may still send
  /// when its owner here is done. MPI 3.1 §6.4.3 wants all messages received before `MPI_Comm_free`.
  public mutating func leaveToFinalize() { state.isOurs = false }

  /// Calls `body` with the address of the `MPI_Comm`, for code that uses MPI by itself. The handle lives as
  /// long as this value; errors on it are returned. Such code takes no turns with this module's threads: with
  /// several of them, MPI must be initialized for `multiple`.
  public borrowing func withHandle<Result, Failure: Error>(
    _ body: (UnsafeRawPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var handle = state.raw.handle
    return try body(&handle)
  }

  /// The deadline of a call that was given none.
  func deadline(_ given: Deadline?) -> Deadline { given ?? .seconds(patience) }
}

@available(*, unavailable)
extension Communicator: Sendable {}

// MARK: New communicators

extension Communicator {
  /// The same ranks, with messages of their own: for a library or a model that must not meet its caller's
  /// messages. Collective. MPI 3.1 §6.4.2, `MPI_Comm_dup`.
  public borrowing func duplicate(named name: String, deadline: Deadline? = nil) throws(MPIError)
    -> Communicator
  {
    try barrier(deadline: deadline)
    var raw = cmpi_comm_null()
    try check("MPI_Comm_dup", MPI_Comm_dup(state.raw.handle, &raw.handle), on: state)
    return try owner(of: raw, named: name, hosts: hosts)
  }

  /// A communicator of some of the ranks, in the order given, made by them alone: the others need not call,
  /// and can compute meanwhile. Collective over `ranks`, which must hold the caller and be the same on all of
  /// them; `tag` keeps groups apart that are made at the same time. MPI 3.1 §6.4.2, `MPI_Comm_create_group`.
  public borrowing func makeGroup(
    of ranks: [Rank], tag: Tag, named name: String, deadline: Deadline? = nil
  ) throws(MPIError) -> Communicator {
    guard ranks.contains(rank), Set(ranks).count == ranks.count, ranks.allSatisfy({ self.has($0) }) else {
      throw .invalid(
        function: "MPI_Comm_create_group", expected: "distinct ranks below \(size), \(rank) among them",
        found: "\(ranks.map(\.rawValue))", remedy: "Call it on the members of the group alone.")
    }
    try state.assemble(ranks, deadline: self.deadline(deadline))
    var all = cmpi_group_null()
    var some = cmpi_group_null()
    var raw = cmpi_comm_null()
    let members = ranks.map { CInt($0.rawValue) }
    try check("MPI_Comm_group", MPI_Comm_group(state.raw.handle, &all.handle), on: state)
    defer { _ = inTurn { MPI_Group_free(&all.handle) } }
    try check(
      "MPI_Group_incl", MPI_Group_incl(all.handle, CInt(members.count), members, &some.handle), on: state)
    defer { _ = inTurn { MPI_Group_free(&some.handle) } }
    try check(
      "MPI_Comm_create_group",
      MPI_Comm_create_group(state.raw.handle, some.handle, CInt(tag.rawValue), &raw.handle), on: state)
    return try owner(of: raw, named: name, hosts: ranks.map { state.host(of: $0) })
  }

  /// The ranks that share this rank's memory, in the order of their ranks here. Collective. MPI 3.1 §6.4.2,
  /// `MPI_Comm_split_type` with `MPI_COMM_TYPE_SHARED`.
  public borrowing func splitByNode(deadline: Deadline? = nil) throws(MPIError) -> Communicator {
    try barrier(deadline: deadline)
    var raw = cmpi_comm_null()
    try check(
      "MPI_Comm_split_type",
      MPI_Comm_split_type(
        state.raw.handle, cmpi_comm_type_shared(), CInt(rank.rawValue), cmpi_info_null(), &raw.handle),
      on: state)
    let node = try owner(of: raw, named: "the node's part of \(name)", hosts: [])
    node.state.hosts = Array(repeating: state.host(of: rank), count: node.size)
    return node
  }

  func has(_ rank: Rank) -> Bool { (0..<size).contains(rank.rawValue) }

  private borrowing func owner(of raw: cmpi_comm, named name: String, hosts: [String]) throws(MPIError)
    -> Communicator
  {
    let new = try CommunicatorState(raw, name: name, isOurs: true)
    new.hosts = hosts
    new.hasOwnCore = state.hasOwnCore
    new.cancellation = state.cancellation
    return Communicator(new, patience: patience)
  }
}
